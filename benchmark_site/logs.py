"""One line for each thing that happened, whoever's text is in it; and what each line belongs to.

The `json` form is for machines: an object a line.  The `line` form is for people.  In neither can a
name that somebody chose begin a line of its own or speak to a terminal.
"""

import logging
import re
import uuid
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any, Final

from celery import current_task
from django.http import HttpRequest, HttpResponse

from submissions.about import submission_at_work

_REQUEST: ContextVar[str] = ContextVar("request_id", default="")
_ID: Final = re.compile(r"[A-Za-z0-9-]{8,64}")
_BELONGING: Final = ("request_id", "job_id", "submission")
# C0 and C1 controls, line separators, and the marks that turn the direction of writing around.
_UNSAFE: Final = re.compile("[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]")


class RequestId:
    """Gives every request an id: the proxy's, if it is one, else a new one."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, with the id in `X-Request-ID` and in every line that is written meanwhile."""
        given = request.headers.get("X-Request-ID", "")
        request_id = given if _ID.fullmatch(given) else uuid.uuid4().hex
        token = _REQUEST.set(request_id)
        try:
            answer = self.get_response(request)
        finally:
            _REQUEST.reset(token)
        answer["X-Request-ID"] = request_id
        return answer


class Belonging(logging.Filter):
    """Adds to each record the request, the job and the submission that it belongs to."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Add what is known; leave out nothing."""
        task: Any = current_task
        record.request_id = _REQUEST.get()
        record.job_id = (task.request.id or "") if task else ""
        record.submission = submission_at_work()
        return True


class OneLine(logging.Formatter):
    """A record for people, its message on one line; a traceback follows on lines of its own."""

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802  Python's name.
        """The line, with what it belongs to at its end."""
        record.message = _UNSAFE.sub(_escaped, record.message)
        known = {name: getattr(record, name, "") for name in _BELONGING}
        belongs = " ".join(f"{name}={value}" for name, value in known.items() if value)
        return super().formatMessage(record) + (f" [{belongs}]" if belongs else "")


def _escaped(found: re.Match[str]) -> str:
    return found[0].encode("unicode_escape").decode()


def logging_settings(*, form: str, level: str) -> dict[str, Any]:
    """Django's LOGGING for a form, `json` or `line`."""
    fields = "{asctime} {levelname} {name} {message} {request_id} {job_id} {submission}"
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "filters": {"belonging": {"()": Belonging}},
        "formatters": {
            "line": {
                "()": OneLine,
                "format": "{asctime} {levelname} {name}: {message}",
                "style": "{",
            },
            "json": {
                "()": "pythonjsonlogger.json.JsonFormatter",
                "format": fields,
                "style": "{",
                "rename_fields": {"asctime": "at", "levelname": "level", "name": "logger"},
                # What a terminal would read stays an escape in JSON, too.
                "json_ensure_ascii": True,
            },
        },
        "handlers": {
            "console": {
                "class": "logging.StreamHandler",
                "formatter": form,
                "filters": ["belonging"],
            }
        },
        "root": {"handlers": ["console"], "level": level},
    }
