"""Every page of the site, from its own list of addresses, and who looks at each.

A page without arguments is found by itself.  One with arguments needs a row in ROWS; a test fails
until it has one.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from django.urls import URLPattern, URLResolver, get_resolver

# Addresses with arguments, by their names in the URLconf; what stands in braces is a Site's.
ROWS: Final[dict[str, tuple[str, ...]]] = {
    "submissions:model": ("/models/gpt4/",),
    "submissions:draft": (),  # Only leads to a step.
    "submissions:draft-model": ("/submit/{draft}/model/",),
    "submissions:draft-protocol": ("/submit/{draft}/protocol/",),
    "submissions:draft-upload": ("/submit/{draft}/upload/",),
    "submissions:draft-review": ("/submit/{draft}/review/",),
    "submissions:submission": ("/s/{kimi}/", "/s/{own}/", "/s/{failed}/", "/s/{withdrawn}/"),
    "submissions:examples": ("/s/{kimi}/examples/longbook_qa_chn/", "/s/{own}/examples/math_calc/"),
    "submissions:organization-models": ("/account/organizations/{organization}/models/",),
    "submissions:docs": ("/docs/scoring/", "/docs/statistics/", "/docs/submission-format/"),
    "accounts:organization": ("/account/organizations/{organization}/",),
    "accounts:invitation": ("/account/invitations/none/", "/account/invitations/{invitation}/"),
    "account_confirm_email": (
        "/accounts/confirm-email/none/",
        "/accounts/confirm-email/{confirmation}/",
    ),
    "account_reset_password_from_key": (
        "/accounts/password/reset/key/1-none/",
        "/accounts/password/reset/key/{reset}/",
    ),
    "mfa_edit_webauthn": ("/accounts/2fa/webauthn/keys/{key}/edit/",),
    "mfa_remove_webauthn": ("/accounts/2fa/webauthn/keys/{key}/remove/",),
    "submissions:board-row": (),  # A part that the board fetches.
    "submissions:file": (),  # A download.
    "language": (),  # Leads back.
    "notices:deliveries": ("/account/notices/webhooks/{webhook}/",),
    "submissions:endpoint": ("/endpoints/{endpoint}/",),
    "submissions:endpoint-change": ("/endpoints/{endpoint}/change/",),
    "submissions:run-new": ("/endpoints/{endpoint}/run/",),
    "submissions:hub-model": ("/hub-models/{hub}/",),
    "submissions:hub-model-run": ("/hub-models/{hub}/run/",),
    "submissions:run": ("/runs/{run}/",),
    "submissions:prompts": (),  # A download.
    "submissions:release": ("/releases/legacy-kimi/", "/releases/mini-4k/"),
    "submissions:contexts": (),  # Downloads, as the next.
    "submissions:sample": (),
    "submissions:series": ("/series/mini/",),
    "submissions:series-model": ("/series/mini/models/gpt4/", "/series/mini/models/{reader}/"),
    # They need somebody else's site.
    "openid_connect_login": (),
    "openid_connect_callback": (),
    "submissions:task": ("/tasks/passkey/", "/tasks/longbook_qa_chn/"),
}
# States of pages that an address alone does not tell.
MORE: Final = (
    "/compare?s={gpt4},{kimi}",
    "/compare/examples?s={gpt4},{kimi}&task=longbook_choice_eng",
    "/leaderboard/?scorer=portal-1",
    "/queue/?mine=1",
    "/nowhere/",
)
# Whose sessions see a page, where it is not its owner's alone: see site_rows.  The first that fits.
SEEN_BY: Final[tuple[tuple[str, tuple[str, ...]], ...]] = (
    (r"/accounts/2fa/authenticate/", ("halfway",)),
    (r"/accounts/3rdparty/signup/", ("newcomer",)),
    (r"/accounts/2fa/(webauthn/)?$", ("owner", "guarded")),
    (
        r"/accounts/2fa/(reauth|totp/de|recovery|webauthn/(reauth|keys))|/account/invitations/\{",
        ("guarded",),
    ),
    (r"/accounts/password/set/", ("guest",)),
    (r"/(accounts/(3rdparty|email)|mine|endpoints|hub-models)/$", ("owner", "guest")),
    (r"/account/(tokens|organizations(/\{organization\})?)/$", ("owner", "guest")),
    (
        r"/accounts/(login|signup|inactive|password/reset|confirm-email|3rdparty/login)|/s/\{w",
        ("",),
    ),
)
# Addresses that only lead to another page of the list.
LEADING: Final = frozenset(
    {"/docs/", "/account/notices/webhooks/", "/accounts/login/code/confirm/"}
)
# Not pages of ours, and what would end the session that looks at the others.
_LEFT_OUT: Final = re.compile(
    r"^(admin/|api/|healthz|readyz|metrics|accounts/(github|social)/|accounts/.*(/download|webauthn/login)/$)"
    r"|\.(jsonl?|svg|png|xml|txt|atom)\$?$|^\^leaderboard\\\."
)


@dataclass(frozen=True, slots=True)
class Visit:
    """A page, what a Site fills in still in braces, and whose session sees it: "" is nobody's."""

    path: str
    who: str


@dataclass(frozen=True, slots=True)
class Address:
    """An entry of the URLconf."""

    name: str
    route: str
    pattern: URLPattern

    @property
    def has_arguments(self) -> bool:
        """Whether the route alone is no address."""
        return "<" in self.route or "(" in self.route


def addresses() -> list[Address]:
    """Every entry of the URLconf that may be a page of ours."""
    found = [one for one in _walk(get_resolver(), "", "") if not _LEFT_OUT.search(one.route)]
    return [one for one in found if not _refuses_get(one)]


def _walk(resolver: URLResolver, route: str, namespace: str) -> Iterator[Address]:
    for one in resolver.url_patterns:
        here = route + str(one.pattern)
        if isinstance(one, URLResolver):
            inner = f"{namespace}{one.namespace}:" if one.namespace else namespace
            yield from _walk(one, here, inner)
        else:
            yield Address(f"{namespace}{one.name or one.callback.__name__}", here, one)


def _refuses_get(address: Address) -> bool:
    """Whether an address only takes forms: by what its decorators keep, the innermost last."""
    view: Any = address.pattern.callback
    while view is not None:
        kept = [cell.cell_contents for cell in getattr(view, "__closure__", None) or ()]
        if ["POST"] in kept or ("POST",) in kept:
            return True
        view = getattr(view, "__wrapped__", None)
    return False


def visits() -> list[Visit]:
    """Every page, once for each of those whom it shows something of their own."""
    return [Visit(path, who) for path in _paths() for who in _seen_by(path)]


def _seen_by(path: str) -> tuple[str, ...]:
    return next((who for pattern, who in SEEN_BY if re.match(pattern, path)), ("owner",))


def _paths() -> list[str]:
    found: list[str] = []
    for one in addresses():
        if one.name in ROWS:
            found += ROWS[one.name]
        elif not one.has_arguments:
            found.append("/" + re.sub(r"[\^?$]", "", one.route))
    return [one for one in dict.fromkeys([*found, *MORE]) if one not in LEADING]
