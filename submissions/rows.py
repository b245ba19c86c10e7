"""The shapes of the board's rows, as page, API and exports show them."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from scoring import SUITES
from submissions.board_query import BoardQuery, Cursor
from submissions.models import Release

Kind = Literal["scored", "reported", "withdrawn"]


# Not frozen: twelve hundred of them stand on a page, and freezing costs most of making one.
@dataclass(slots=True)
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
    # ranked, incomplete, reported or withdrawn.
    part: str
    model_slug: str
    model_name: str
    organization: str
    weights: str
    licence: str
    parameters: int | None
    context_tokens: int | None
    # run, rescored or reported: who made the figures.
    tier: str
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
    # As Submission.usage: what asking took, where this site asked.
    usage: dict[str, float | None] = field(default_factory=dict)
    release: str | None = None
    submission_id: str | None = None
    submitted_at: datetime | None = None
    withdrawn_at: datetime | None = None

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
    """A page of the rows that a query asks for, and what stands around them.

    `rows` are one part's page, and where they are few all rows of the other parts behind it;
    `counts` says how many rows each part has in all, under the query's filters.
    """

    query: BoardQuery
    rows: tuple[BoardRow, ...]
    counts: dict[str, int]
    # Where the page ends, and where it begins; None at the ends of the list.
    next: Cursor | None = None
    previous: Cursor | None = None
    # What each board of the suite is called, by its address.
    tracks: dict[str, str] = field(default_factory=dict)
    releases: tuple[Release, ...] = ()
    licences: tuple[str, ...] = ()
    notes: tuple[Note, ...] = ()
    # What of the query was not understood, in sentences.
    problems: tuple[str, ...] = ()
    # Where the reported rows come from, and how many stand under another scorer than this.
    reported_source: str = ""
    reported_elsewhere: dict[str, int] = field(default_factory=dict)
    # Rises with every change of the board.
    version: int = 0
    # None until the ranking job has run.
    how_sure: HowSure | None = None

    @property
    def scorer(self) -> str:
        """Whose scores these are."""
        return self.query.scorer

    @property
    def total(self) -> int:
        """How many rows there are, on all pages."""
        return sum(self.counts.values())

    @property
    def ranked(self) -> tuple[BoardRow, ...]:
        """The rows with all tasks."""
        return self._of("ranked")

    @property
    def incomplete(self) -> tuple[BoardRow, ...]:
        """The rows that we scored and that lack a task."""
        return self._of("incomplete")

    @property
    def reported(self) -> tuple[BoardRow, ...]:
        """The rows that nobody scored here."""
        return self._of("reported")

    @property
    def withdrawn(self) -> tuple[BoardRow, ...]:
        """What stood here once, and was withdrawn."""
        return self._of("withdrawn")

    def _of(self, part: str) -> tuple[BoardRow, ...]:
        return tuple(row for row in self.rows if row.part == part)


def name_tracks(suite: str, releases: Sequence[Release]) -> dict[str, str]:
    """The boards of a suite by their addresses, its own first: what each is called.

    A board of one release is called as that is; one that several share keeps its address.
    """
    count = Counter(one.board for one in releases)
    named = {one.board: one.title if count[one.board] == 1 else one.board for one in releases}
    own = {suite: SUITES[suite].name}
    return own | named | own
