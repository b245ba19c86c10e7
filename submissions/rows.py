"""The shapes of the board's rows, and the order in which they stand."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Literal

from submissions.models import Release

SORTS: Final = ("rank", "name", "average", "date")
# What is best or newest stands on top the first time that somebody sorts by it.
ASCENDING_FIRST: Final = frozenset({"rank", "name"})

Kind = Literal["scored", "reported"]
Sortable = float | str | None


@dataclass(frozen=True, slots=True)
class Cell:
    """A task's score as a fraction, or the bound that it was printed to stay below.

    `note` counts from 1 and names an entry of `Board.notes`.
    """

    value: float | None = None
    below: float | None = None
    note: int | None = None


@dataclass(frozen=True, slots=True)
class Note:
    """Why a cell differs from what the authors printed."""

    number: int
    model_name: str
    task: str
    value: float
    reported: Cell
    explanation: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardRow:
    """A model's line on the board.

    Intervals are 95 % and None or empty until the ranking job has seen the row.  `inseparable`
    are the tasks whose best score this row's cannot be told apart from.
    """

    kind: Kind
    model_slug: str
    model_name: str
    organization: str
    weights: str
    parameters: int | None
    context_tokens: int | None
    provenance: str
    cells: dict[str, Cell]
    tasks: int
    average: float | None = None
    rank: int | None = None
    rank_low: int | None = None
    rank_high: int | None = None
    low: float | None = None
    high: float | None = None
    # What the average would be if every missing task were wrong, or right; None if none is.
    bounds: tuple[float, float] | None = None
    best_probability: float | None = None
    intervals: dict[str, tuple[float, float]] = field(default_factory=dict)
    inseparable: tuple[str, ...] = ()
    other_averages: dict[str, float] = field(default_factory=dict)
    answered: int | None = None
    n: int | None = None
    release: str | None = None
    submission_id: str | None = None
    submitted_at: datetime | None = None

    @property
    def has_rank_interval(self) -> bool:
        """Whether the stored interval belongs to the stored rank: one may be older."""
        low, high = self.rank_low, self.rank_high
        return None not in (self.rank, low, high) and low <= self.rank <= high  # type: ignore[operator]


@dataclass(frozen=True, slots=True)
class HowSure:
    """When and from what the board's intervals were computed; not current: rows changed since."""

    is_current: bool
    computed_at: datetime
    ranked: int
    seed: int
    is_covariance_full: bool
    are_clusters_known: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """Everything that a page needs to show the rows of one scorer."""

    rows: tuple[BoardRow, ...]
    scorer: str
    release: str | None
    releases: tuple[Release, ...]
    sort: str
    descending: bool
    notes: tuple[Note, ...] = ()
    # Where the reported rows come from, and how many stand under another scorer than this.
    reported_source: str = ""
    reported_elsewhere: dict[str, int] = field(default_factory=dict)
    # Rises with every change of the board.
    version: int = 0
    # None until the ranking job has run.
    how_sure: HowSure | None = None

    @property
    def ranked(self) -> tuple[BoardRow, ...]:
        """The rows with all tasks."""
        return tuple(row for row in self.rows if row.rank is not None)

    @property
    def incomplete(self) -> tuple[BoardRow, ...]:
        """The rows that we scored and that lack a task."""
        return tuple(row for row in self.rows if row.kind == "scored" and row.rank is None)

    @property
    def reported(self) -> tuple[BoardRow, ...]:
        """The rows that nobody scored here."""
        return tuple(row for row in self.rows if row.kind == "reported")


def sort_rows(rows: Iterable[BoardRow], *, sort: str, descending: bool) -> list[BoardRow]:
    """Ranked rows, then incomplete ones, then reported ones: in both directions.

    Inside each part a missing value stands last in both directions, and equal ones by name.
    """
    by_name = sorted(rows, key=lambda row: (row.model_name.casefold(), row.release or ""))
    known = [row for row in by_name if sort_value(row, sort) is not None]
    unknown = [row for row in by_name if sort_value(row, sort) is None]
    # Sorting in reverse keeps the order of equals, so that ties stay by name.
    known.sort(key=lambda row: sort_value(row, sort), reverse=descending)  # type: ignore[arg-type, return-value]
    return sorted([*known, *unknown], key=_part)


def sort_value(row: BoardRow, sort: str) -> Sortable:
    """What a row is sorted by; None where it has no such value."""
    if sort == "rank":
        return row.rank
    if sort == "name":
        return row.model_name.casefold()
    if sort == "average":
        return row.average
    if sort == "date":
        return row.submitted_at.timestamp() if row.submitted_at else None
    cell = row.cells[sort]
    # Of a figure that is only known to be small, the small end is what is sure.
    return 0.0 if cell.below is not None else cell.value


def _part(row: BoardRow) -> int:
    if row.kind == "reported":
        return 2
    return 0 if row.rank is not None else 1
