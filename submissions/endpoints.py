"""WRITE: endpoints are registered, changed, tried and retired here; their keys come in sealed."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.models import User
from audit.log import COMMAND, append
from outbound import AddressRefused, Rules, pin
from outbound.addresses import Resolver, resolve
from submissions import queue
from submissions.limits import ENDPOINTS_PER_OWNER, TRY_LASTS
from submissions.models import Endpoint
from submissions.sealing import Secret, reseal, seal

# Tied to both ends, because who looks for a pattern finds it in the middle of any text.
# What a header carries as it is.
KEY: Final = r"^[!-~]+\Z"
API_VERSION: Final = r"^[A-Za-z0-9_.-]*\Z"
# An estimate, or a Hugging Face repository at a commit.
TOKENIZER: Final = r"^(estimate-1|[A-Za-z0-9_.-]{1,96}/[A-Za-z0-9_.-]{1,96}@[0-9a-f]{40})\Z"


class EndpointRefused(Exception):
    """An endpoint cannot be registered so; names the field and what to do."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field
        self.message = message


@dataclass(frozen=True, slots=True, kw_only=True)
class EndpointFacts:
    """What its owner says of an endpoint; the key travels beside it."""

    name: str
    base_url: str
    model_name: str
    context_tokens: int
    style: str = Endpoint.Style.OPENAI
    api_version: str = ""
    mode: str = Endpoint.Mode.CHAT
    tokenizer: str = "estimate-1"
    requests_per_minute: int | None = None
    tokens_per_minute: int | None = None
    concurrency: int = 4
    price_in: Decimal = Decimal(0)
    price_out: Decimal = Decimal(0)


def outbound_rules() -> Rules:
    """Which addresses the operator lets us call."""
    return Rules.of(
        is_http_allowed=settings.OUTBOUND_HTTP_ALLOWED, networks=settings.OUTBOUND_NETWORKS
    )


def register_endpoint(
    owner: User,
    facts: EndpointFacts,
    *,
    key: Secret,
    now: datetime,
    resolver: Resolver = resolve,
) -> Endpoint:
    """Store a new endpoint of a person.

    Raises:
        EndpointRefused: for an address that we do not call, a name in use, or one too many.
    """
    _check(facts, resolver)
    draft = Endpoint(owner=owner, created_at=now, sealed_key=seal(key), **_columns(facts))
    with transaction.atomic():
        # One person's endpoints come one after the other, or two at once would pass the limit.
        User.objects.select_for_update().get(pk=owner.pk)
        if Endpoint.objects.filter(owner=owner, retired_at=None).count() >= ENDPOINTS_PER_OWNER:
            text = _("You have %(count)s endpoints; retire one.") % {"count": ENDPOINTS_PER_OWNER}
            raise EndpointRefused("name", text)
        return _save(draft)


def change_endpoint(
    endpoint: Endpoint,
    facts: EndpointFacts,
    *,
    key: Secret | None,
    resolver: Resolver = resolve,
) -> Endpoint:
    """Change what is said of an endpoint; no key leaves the stored one as it is.

    A key goes only where its owner sent it: with another address it must be given again.

    Raises:
        EndpointRefused: as for a new one.
    """
    _check(facts, resolver)
    if facts.base_url != endpoint.base_url and endpoint.sealed_key and key is None:
        raise EndpointRefused("key", _("The address is another one: enter the key for it again."))
    for column, value in _columns(facts).items():
        setattr(endpoint, column, value)
    if key is not None:
        endpoint.sealed_key = seal(key)
    return _save(endpoint)


def _check(facts: EndpointFacts, resolver: Resolver) -> None:
    try:
        pin(facts.base_url, rules=outbound_rules(), resolver=resolver)
    except AddressRefused as error:
        raise EndpointRefused("base_url", error.told(_)) from error
    if "?" in facts.base_url:
        raise EndpointRefused(
            "base_url", _("Leave out the part after ?; an API version has a field.")
        )


def _columns(facts: EndpointFacts) -> dict[str, Any]:
    columns = {name: getattr(facts, name) for name in EndpointFacts.__dataclass_fields__}
    return {**columns, "base_url": facts.base_url.rstrip("/")}


def _save(draft: Endpoint) -> Endpoint:
    try:
        with transaction.atomic():
            draft.save()
    except IntegrityError as error:
        raise EndpointRefused("name", _("You have an endpoint of that name.")) from error
    return draft


def ask_for_try(endpoint: Endpoint, *, now: datetime) -> None:
    """Have a worker send three small prompts; the page shows what comes back.

    Nothing while a try goes on: one endpoint that never answers must not keep every worker.
    """
    going_on = Q(tried_at__gt=now - TRY_LASTS, try_ended_at=None)
    idle = Endpoint.objects.filter(pk=endpoint.pk).exclude(going_on)
    if idle.update(tried_at=now, try_ended_at=None, try_result={}):
        queue.enqueue_try(endpoint.pk)


def record_try(endpoint: Endpoint, *, result: dict[str, Any], now: datetime) -> bool:
    """Keep what a try gave, unless a later one was asked for meanwhile."""
    mine = Endpoint.objects.filter(pk=endpoint.pk, tried_at=endpoint.tried_at)
    return bool(mine.update(try_ended_at=now, try_result=result))


def retire_endpoint(endpoint: Endpoint, *, now: datetime) -> None:
    """Forget an endpoint's key and start no run on it; its past runs stay."""
    Endpoint.objects.filter(pk=endpoint.pk, retired_at=None).update(retired_at=now, sealed_key="")


def reseal_keys() -> int:
    """Seal every stored key with the newest of SEALING_KEYS.

    Returns:
        How many there are.

    Raises:
        SealBroken: if one can be read with none of them; then nothing has changed.
    """
    with transaction.atomic():
        sealed = list(Endpoint.objects.select_for_update().exclude(sealed_key=""))
        for endpoint in sealed:
            endpoint.sealed_key = reseal(endpoint.sealed_key)
        Endpoint.objects.bulk_update(sealed, ["sealed_key"], batch_size=200)
        append("keys.resealed", subject="endpoints", detail={"keys": len(sealed)}, actor=COMMAND)
    return len(sealed)
