"""One shape for every error of the API: problem details as in RFC 9457."""

from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import set_rollback

from submissions.intake import Refused
from submissions.limits import MIB, UPLOAD_COMPRESSED_BYTES
from submissions.quota import QuotaExceeded, TooManyAtOnce
from submissions.receive import DuplicateUpload

CONTENT_TYPE = "application/problem+json"


class TooLarge(exceptions.APIException):
    """A request whose body is larger than any upload may be; nothing of it was read."""

    status_code = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    default_code = "too-large"
    default_detail = (
        f"An upload has at most {UPLOAD_COMPRESSED_BYTES // MIB} MiB; compress the files."
    )


def problem_details(error: Exception, _context: dict[str, Any]) -> Response | None:
    """Turn an expected error into problem details; the unexpected rises to a 500."""
    if isinstance(error, Refused):
        return _refused(error)
    if isinstance(error, Http404):
        error = exceptions.NotFound()
    elif isinstance(error, PermissionDenied):
        error = exceptions.PermissionDenied()
    if not isinstance(error, exceptions.APIException):
        return None
    set_rollback()
    headers = {}
    if header := getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = header
    if wait := getattr(error, "wait", None):
        headers["Retry-After"] = str(int(wait))
    if isinstance(error, exceptions.ValidationError):
        problems = _field_problems(error.detail)
        body = _body(error.status_code, "invalid", "Some fields are not right.", problems)
    else:
        code = error.get_codes() if isinstance(error.detail, str) else "error"
        body = _body(error.status_code, str(code), str(error.detail), [])
    return Response(body, status=error.status_code, headers=headers, content_type=CONTENT_TYPE)


def _refused(error: Refused) -> Response:
    headers = {}
    code, status = "refused", HTTPStatus.UNPROCESSABLE_ENTITY
    if isinstance(error, QuotaExceeded | TooManyAtOnce):
        code, status = error.codes[0], HTTPStatus.TOO_MANY_REQUESTS
        headers["Retry-After"] = str(error.retry_after_seconds)
    elif isinstance(error, DuplicateUpload):
        code, status = "duplicate-upload", HTTPStatus.CONFLICT
    problems = [problem.as_dict() for problem in error.problems]
    detail = f"The upload was refused: {error.total} problem{'s' if error.total != 1 else ''}."
    body = _body(status, code, detail, problems)
    return Response(body, status=status, headers=headers, content_type=CONTENT_TYPE)


def _body(status: int, code: str, detail: str, problems: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": int(status),
        "code": code,
        "detail": detail,
        "problems": problems,
    }


def _field_problems(detail: Any) -> list[dict[str, Any]]:
    """One entry a field and message."""
    if not isinstance(detail, dict):
        return [{"field": "", "message": str(message)} for message in detail]
    return [
        {"field": name, "message": str(message)}
        for name, messages in detail.items()
        for message in (messages if isinstance(messages, list) else [messages])
    ]
