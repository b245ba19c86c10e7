"""Which submission the present work is about, for the lines that it writes into the log."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final

_SUBMISSION: Final[ContextVar[str]] = ContextVar("submission", default="")


def submission_at_work() -> str:
    """Its public id; empty where there is none."""
    return _SUBMISSION.get()


@contextmanager
def work_on(public_id: str) -> Iterator[None]:
    """Let every line that is written meanwhile name the submission."""
    token = _SUBMISSION.set(public_id)
    try:
        yield
    finally:
        _SUBMISSION.reset(token)
