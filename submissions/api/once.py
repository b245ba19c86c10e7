"""Answers a request with an `Idempotency-Key` once, and its repetitions alike."""

import hashlib
import re
from collections.abc import Callable
from datetime import datetime
from typing import Any, Final, cast

import orjson
from django.utils import timezone
from django.utils.datastructures import MultiValueDict
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import User
from submissions import idempotency
from submissions.api.base import ApiView
from submissions.api.problems import CONTENT_TYPE, Problem
from submissions.files import hash_stream

HEADER: Final = "Idempotency-Key"
IDEMPOTENCY_KEY: Final = {
    "in": "header",
    "name": HEADER,
    "schema": {"type": "string", "pattern": r"^[!#-~]{1,255}$"},
    "description": "A name for this request, such as a UUID, for 24 hours: sent again with the "
    "same key, it is answered alike and nothing is made twice.",
    "example": "8e03978e-40d5-43dd-bc93-6894a57f9324",
}
_KEY: Final = re.compile(r'"([!#-~]{1,255})"|([!#-~]{1,255})')
# Another try may end otherwise: these change nothing and are not remembered.
_FLEETING: Final = frozenset({401, 403, 408, 413, 429, 503})


Work = Callable[[datetime | None], Response]
"""Takes when the same request was first begun, where that try died without an answer."""


class MadeOnce(ApiView):
    """An endpoint whose POST goes through `answer_once`."""

    def header_parameters(self, method: str) -> list[dict[str, Any]]:
        """A key for what is made."""
        own = [IDEMPOTENCY_KEY] if method == "POST" else []
        return [*super().header_parameters(method), *own]


def answer_once(view: Any, request: Request, work: Work) -> Response:
    """Carry `work` out, unless this key's request was answered before.

    Raises:
        Problem: if the key is none, belongs to another request, or is being answered.
    """
    key = _key(request)
    if key is None:
        return work(None)
    try:
        claimed = idempotency.claim_key(
            cast(User, request.user), key, _fingerprint(request), now=timezone.now()
        )
    except idempotency.KeyReused as error:
        text = f"This {HEADER} was sent with another request. Choose a new one."
        raise Problem("key-reused", text) from error
    except idempotency.StillRunning as error:
        text = "The first request with this key is being answered. Ask again."
        raise Problem("request-running", text, {"Retry-After": "1"}) from error
    if isinstance(claimed, idempotency.Answer):
        return _again(claimed)
    return _carry_out(view, claimed, work)


def _key(request: Request) -> str | None:
    given = request.headers.get(HEADER)
    if given is None:
        return None
    found = _KEY.fullmatch(given)
    if found is None:
        raise Problem("invalid", f"{HEADER} is 1 to 255 printable characters without spaces.")
    return found[1] or found[2]


def _fingerprint(request: Request) -> str:
    """One hash for what is asked, wherever a multipart body's boundaries lie."""
    digest = hashlib.sha256(f"{request.method} {request.path}\n".encode())
    data = request.data
    fields = dict(data.lists()) if isinstance(data, MultiValueDict) else data
    if isinstance(fields, dict):
        fields = sorted((name, _parts(values)) for name, values in fields.items())
    digest.update(repr(fields).encode("utf-8", "surrogatepass"))
    return digest.hexdigest()


def _parts(values: Any) -> str:
    listed = values if isinstance(values, list) else [values]
    return repr(
        [(one.name, hash_stream(one)[0]) if hasattr(one, "read") else one for one in listed]
    )


def _carry_out(view: Any, claim: idempotency.Claim, work: Work) -> Response:
    try:
        response = work(claim.tried_at)
    except Exception as error:  # noqa: BLE001  What is unexpected rises again below.
        try:
            response = view.handle_exception(error)
        except BaseException:
            idempotency.release_key(claim)
            raise
    if response.status_code in _FLEETING:
        idempotency.release_key(claim)
        return response
    body = JSONRenderer().render(response.data).decode()
    location = response.headers.get("Location", "")
    kind = response.content_type or JSONRenderer.media_type
    answer = idempotency.Answer(response.status_code, kind, body, location)
    idempotency.keep_answer(claim, answer)
    return response


def _again(answer: idempotency.Answer) -> Response:
    kind = CONTENT_TYPE if answer.content_type == CONTENT_TYPE else None
    headers = {"Idempotency-Replayed": "true"}
    if answer.location:
        headers["Location"] = answer.location
    return Response(
        orjson.loads(answer.body), status=answer.status, headers=headers, content_type=kind
    )
