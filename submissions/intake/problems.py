"""What can be wrong with an upload, in words for the person who sent it."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from reprlib import Repr
from typing import Literal, NamedTuple, NoReturn

from submissions.intake.catalogue import CATALOGUE

FOUND_CHARS = 80
Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong: where, what was found, what belongs there, and what to do."""

    code: str
    file: str
    line: int | None
    found: str
    expected: str
    fix: str
    severity: Severity = "error"

    def as_dict(self) -> dict[str, str | int | None]:
        """The problem as JSON-friendly values."""
        return asdict(self)


class Refused(Exception):
    """An upload that is not taken.  `total` may exceed the problems that are listed."""

    def __init__(self, problems: Iterable[Problem], total: int | None = None) -> None:
        self.problems = tuple(problems)
        self.total = len(self.problems) if total is None else total
        super().__init__(f"{self.total} problem(s): " + ", ".join(self.codes))

    @property
    def codes(self) -> list[str]:
        """The distinct codes, in the order in which they were met."""
        return list(dict.fromkeys(problem.code for problem in self.problems))


class Unreadable(Refused):
    """The files themselves could not be read as predictions."""


class Place(NamedTuple):
    """A file as its sender knows it, and a line counted from 1 where there is one."""

    file: str
    line: int | None = None


class StopFile(Exception):
    """The rest of this file cannot be read; the problem has been noted."""


class StopUpload(Exception):
    """A limit of the whole upload is reached; the problem has been noted."""


class ProblemList:
    """Gathers problems: the first `shown` of each severity in full, a count of the errors."""

    def __init__(self, shown: int) -> None:
        self._shown = shown
        self._errors: list[Problem] = []
        self._warnings: list[Problem] = []
        self.total = 0

    def error(self, code: str, place: Place, found: str, **details: object) -> None:
        """Note something for which the upload is refused.

        Details fill the catalogue's texts.  A function among them is called only if the problem
        is listed: a hostile upload can have 100,000 problems that are costly to explain.
        """
        self.total += 1
        if len(self._errors) < self._shown:
            self._errors.append(_problem(code, place, found, "error", details))

    def warn(self, code: str, place: Place, found: str, **details: object) -> None:
        """Note something that the sender should know, though the upload is taken."""
        if len(self._warnings) < self._shown:
            self._warnings.append(_problem(code, place, found, "warning", details))

    @property
    def warnings(self) -> tuple[Problem, ...]:
        """The warnings so far, files in order of mention, then by line."""
        return _in_reading_order(self._warnings)

    def refuse_if_any(self, refusal: type[Refused]) -> None:
        """Raise `refusal` with every error so far; do nothing when there is none."""
        if self.total:
            self.refuse(refusal)

    def refuse(self, refusal: type[Refused]) -> NoReturn:
        """Raise `refusal` with every error so far."""
        raise refusal(_in_reading_order(self._errors), self.total)


def _problem(
    code: str, place: Place, found: str, severity: Severity, details: dict[str, object]
) -> Problem:
    entry = CATALOGUE[code]
    words = {key: value() if callable(value) else value for key, value in details.items()}
    return Problem(
        code=code,
        file=place.file,
        line=place.line,
        found=found,
        expected=entry.expected.format(**words),
        fix=entry.fix.format(**words),
        severity=severity,
    )


def _in_reading_order(problems: list[Problem]) -> tuple[Problem, ...]:
    order: dict[str, int] = {}
    for problem in problems:
        order.setdefault(problem.file, len(order))
    return tuple(sorted(problems, key=lambda problem: (order[problem.file], problem.line or 0)))


def shorten(text: str, chars: int = FOUND_CHARS) -> str:
    """The start of `text`, at most `chars` long, with everything that does not print escaped."""
    shown = "".join(
        letter if letter.isprintable() else letter.encode("unicode_escape").decode("ascii")
        for letter in text[: chars + 1]
    )
    return shown if len(shown) <= chars and len(text) <= chars else shown[: chars - 1] + "…"


_REPR = Repr()
_REPR.maxlevel, _REPR.maxlist, _REPR.maxdict, _REPR.maxstring, _REPR.maxlong = 2, 4, 4, 40, 40


def describe(value: object) -> str:
    """A JSON value in a few printable words; safe for values of any size and depth."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return shorten(f'the text "{value[:FOUND_CHARS]}"')
    kind = "the number"
    if isinstance(value, dict | list):
        kind = "the object" if isinstance(value, dict) else "the list"
    return shorten(f"{kind} {_REPR.repr(value)}")
