"""What can go wrong, one class an exit code; each says what to do about it."""

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong with what was sent, and where."""

    message: str
    file: str = ""
    line: int | None = None
    fix: str = ""


class IbenchError(Exception):
    """An expected failure; `fix` says what to do, `problems` name files and lines."""

    exit_code: ClassVar[int] = 3

    def __init__(
        self,
        message: str,
        *,
        fix: str = "",
        code: str = "",
        status: int | None = None,
        problems: tuple[Problem, ...] = (),
        retry_after_seconds: int | None = None,
    ) -> None:
        super().__init__(message)
        self.message, self.fix, self.code, self.status = message, fix, code, status
        self.problems = problems
        self.retry_after_seconds = retry_after_seconds


class Refused(IbenchError):
    """The server understood and said no: mend what it names and send again."""

    exit_code = 3


class NotSignedIn(IbenchError):
    """No token, or one that is revoked or expired."""

    exit_code = 4


class NotAllowed(NotSignedIn):
    """The token is good, but not for this."""


class NotFound(IbenchError):
    """There is no such thing, or it is not open to you."""

    exit_code = 5


class QuotaUsed(IbenchError):
    """Too many submissions or requests; `retry_after_seconds` says when the next is free."""

    exit_code = 6


class Unreachable(IbenchError):
    """The server could not be reached or has a fault of its own: try again."""

    exit_code = 7


class StillOpen(IbenchError):
    """A submission was not scored within the time that was given."""

    exit_code = 8


class BadUsage(IbenchError):
    """What was asked for cannot be sent: a file is missing, no site is named."""

    exit_code = 2
