"""Reads an error of the server: problem details as in RFC 9457, or whatever came instead."""

from typing import Any, Final

import httpx2

from ibench.errors import (
    IbenchError,
    NotAllowed,
    NotFound,
    NotSignedIn,
    Problem,
    QuotaUsed,
    Refused,
    Unreachable,
)

_BY_STATUS: Final[dict[int, type[IbenchError]]] = {
    401: NotSignedIn,
    403: NotAllowed,
    404: NotFound,
    410: NotFound,
    429: QuotaUsed,
}
_FIXES: Final = {
    400: "Mend what is named and run the command again.",
    401: "Make a token at {site}/account/tokens/ and run: ibench login",
    403: "Make a token that may do this at {site}/account/tokens/, or ask whoever owns it.",
    404: "Check the id. What is private looks like this to everybody else.",
    409: "Nothing was stored. Look at what is there already before you send it again.",
    410: "It was withdrawn.",
    413: "Compress the files (.gz, .zip) or send fewer tasks at once.",
    422: "Mend the lines that are named and run the command again; nothing was stored.",
    429: "Run the command again then; nothing was stored.",
}
_OURS: Final = (
    "The fault is the server's. Run the same command again in a while; "
    "what is stored is not stored twice."
)


def error_of(answer: httpx2.Response, *, site: str, retry_after_seconds: int | None) -> IbenchError:
    """The error that an answer stands for, with its problems and what to do."""
    status = answer.status_code
    body = _json_object(answer)
    kind = Unreachable if status >= 500 else _BY_STATUS.get(status, Refused)
    message = _text(body, "detail") or _text(body, "title") or f"{site} answered {status}."
    fix = _FIXES.get(status, "").format(site=site) if status < 500 else _OURS
    if retry_after_seconds is not None and status == 429:
        message = f"{message} The next is free in {in_words(retry_after_seconds)}."
    return kind(
        message,
        fix=fix,
        code=_text(body, "code"),
        status=status,
        problems=tuple(_problem(one) for one in _list(body, "problems")),
        retry_after_seconds=retry_after_seconds,
    )


def in_words(seconds: int) -> str:
    """A span as people say it: 40 seconds, 12 minutes, 3 hours."""
    for unit, size in (("hour", 3600), ("minute", 60)):
        if seconds >= 2 * size:
            return f"{round(seconds / size)} {unit}s"
    return f"{seconds} second{'' if seconds == 1 else 's'}"


def _json_object(answer: httpx2.Response) -> dict[str, Any]:
    try:
        body = answer.json()
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


def _text(body: dict[str, Any], key: str) -> str:
    value = body.get(key)
    return value if isinstance(value, str) else ""


def _list(body: dict[str, Any], key: str) -> list[dict[str, Any]]:
    value = body.get(key)
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _problem(body: dict[str, Any]) -> Problem:
    """A problem of a field, or of a line of a file: what was found, what was expected."""
    line = body.get("line")
    message = _text(body, "message")
    found, expected = _text(body, "found"), _text(body, "expected")
    if not message:
        message = f"{found}; expected: {expected}" if expected else found
    if field := _text(body, "field"):
        message = f"{field}: {message}"
    return Problem(
        message=message or _text(body, "code") or "something is not right",
        file=_text(body, "file"),
        line=line if isinstance(line, int) else None,
        fix=_text(body, "fix"),
    )
