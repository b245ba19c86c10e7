"""One shape for every error of the API: problem details as in RFC 9457."""

import logging
from collections.abc import Iterator, Mapping
from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.utils.translation import gettext, ngettext
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import set_rollback

from submissions.api.codes import CODES
from submissions.files import is_unavailable
from submissions.intake import Refused
from submissions.limits import MIB, UPLOAD_COMPRESSED_BYTES
from submissions.problem_words import translated_problem
from submissions.quota import QuotaExceeded, TooManyAtOnce
from submissions.receive import DuplicateUpload

logger = logging.getLogger(__name__)

CONTENT_TYPE = "application/problem+json"
_NOTHING: Mapping[str, str] = {}


class Problem(exceptions.APIException):
    """An expected error by its code, which CODES gives a status."""

    def __init__(self, code: str, detail: str, headers: Mapping[str, str] = _NOTHING) -> None:
        super().__init__(detail, code)
        self.status_code = CODES[code]
        self.headers = headers


class TooLarge(Problem):
    """A request whose body is larger than any upload may be; nothing of it was read."""

    def __init__(self) -> None:
        most = UPLOAD_COMPRESSED_BYTES // MIB
        super().__init__("too-large", f"An upload has at most {most} MiB; compress the files.")


class StorageUnavailable(Problem):
    """Nothing can be kept or read now: a disk is full, a server away.  Nothing was stored."""

    def __init__(self) -> None:
        text = "The site cannot keep data at the moment. Nothing was stored; send it again later."
        super().__init__("storage-unavailable", text, {"Retry-After": "60"})


class Unfit(exceptions.APIException):
    """Fields that are well formed and yet cannot be so: each with what to do."""

    def __init__(self, problems: list[dict[str, Any]]) -> None:
        super().__init__(_sentence(problems), "unfit")
        self.problems = problems
        self.status_code = CODES["unfit"]


def unfit(field: str, message: str) -> Unfit:
    """A field that cannot be so, and what to do."""
    return Unfit([{"field": field, "message": message}])


def problem_details(error: Exception, _context: dict[str, Any]) -> Response | None:
    """Turn an expected error into problem details; the unexpected rises to a 500."""
    if isinstance(error, Refused):
        return _refused(error)
    if is_unavailable(error):
        logger.error("the storage refuses: %s", error, exc_info=error)
        error = StorageUnavailable()
    elif isinstance(error, Http404):
        error = exceptions.NotFound()
    elif isinstance(error, PermissionDenied):
        error = exceptions.PermissionDenied()
    if not isinstance(error, exceptions.APIException):
        return None
    set_rollback()
    if isinstance(error, exceptions.ValidationError):
        problems = _field_problems(error.detail)
        is_well_formed = set(_leaves(error.get_codes())) == {"does_not_exist"}
        code = "not-there" if is_well_formed else "invalid"
        return _problem(code, _sentence(problems), problems, {})
    problems = error.problems if isinstance(error, Unfit) else []
    return _problem(_code(error), str(error.detail), problems, _headers(error))


def _code(error: exceptions.APIException) -> str:
    """The error's code, with dashes as everywhere here."""
    return str(error.get_codes()).replace("_", "-")


def _headers(error: exceptions.APIException) -> dict[str, str]:
    headers = dict(getattr(error, "headers", _NOTHING))
    if header := getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = header
    if wait := getattr(error, "wait", None):
        headers["Retry-After"] = str(int(wait))
    return headers


def _refused(error: Refused) -> Response:
    headers = {}
    code = "refused"
    if isinstance(error, QuotaExceeded | TooManyAtOnce):
        code = error.codes[0]
        headers["Retry-After"] = str(error.retry_after_seconds)
    elif isinstance(error, DuplicateUpload):
        code = "duplicate-upload"
    problems = [translated_problem(problem) for problem in error.problems]
    detail = ngettext(
        "The upload was refused: %(n)s problem.",
        "The upload was refused: %(n)s problems.",
        error.total,
    ) % {"n": error.total}
    return _problem(code, detail, problems, headers)


def _problem(
    code: str, detail: str, problems: list[dict[str, Any]], headers: Mapping[str, str]
) -> Response:
    status = CODES[code]
    body = {
        "type": f"/docs/api/#{code}",
        "title": HTTPStatus(status).phrase if status != 460 else "Checksum Mismatch",
        "status": int(status),
        "code": code,
        "detail": detail,
        "problems": problems,
    }
    return Response(body, status=status, headers=dict(headers), content_type=CONTENT_TYPE)


def _leaves(codes: Any) -> Iterator[str]:
    """Every code in what a validation error carries."""
    if isinstance(codes, dict | list):
        for one in codes.values() if isinstance(codes, dict) else codes:
            yield from _leaves(one)
    else:
        yield str(codes)


def _sentence(problems: list[dict[str, Any]]) -> str:
    names = list(dict.fromkeys(one["field"] for one in problems if one["field"]))
    if not names:
        return gettext("Something is not right.")
    return gettext("Not right: %(fields)s.") % {"fields": ", ".join(names)}


def _field_problems(detail: Any, prefix: str = "") -> list[dict[str, Any]]:
    """One entry a field and message; the parts of a list are fields with a number."""
    if isinstance(detail, dict):
        return [
            problem
            for name, messages in detail.items()
            for problem in _field_problems(messages, f"{prefix}.{name}" if prefix else str(name))
        ]
    if isinstance(detail, list):
        return [problem for one in detail for problem in _field_problems(one, prefix)]
    field = "" if prefix == "non_field_errors" else prefix
    return [{"field": field, "message": str(detail)}]
