"""From a board's lines as the database gives them to rows."""

from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

from scoring import Suite
from submissions.board_query import Cursor
from submissions.models import SCORE_COLUMNS, Part, Submission
from submissions.rows import BoardRow, Cell, Kind, Note

_STANDING: Final = (
    "average", "tasks", "answered", "n", "rank", "low", "high", "rank_low", "rank_high",
    "best_probability", "inseparable",
)  # fmt: skip
_SUBMISSION: Final = (
    "public_id", "provenance", "visibility", "created_at", "withdrawn_at",
    "usage",
)  # fmt: skip
_LEAN: Final = (
    "pk", "part", "tier", "printed", "source", "name_key",
    "model__slug", "model__name", "model__organization", "model__weights", "model__licence",
    "model__parameters", "model__context_tokens", "release__name",
    *(f"standing__{name}" for name in _STANDING),
    *(f"standing__submission__{name}" for name in _SUBMISSION),
)  # fmt: skip
_MORE: Final = ("standing__intervals", "standing__other_averages")


def columns(suite: Suite, *, is_whole: bool) -> tuple[str, ...]:
    """What a row is made of; a whole one has intervals and other averages, which a page shows
    only of a row that is opened.
    """
    scores = SCORE_COLUMNS[: len(suite.tasks)]
    return (*_LEAN, *(_MORE if is_whole else ()), *scores)


class Fetched(NamedTuple):
    """A line with what belongs to it; what the standing gives is None on a reported one."""

    pk: int
    part: int
    tier: str
    printed: dict[str, tuple[float | None, float | None]]
    source: str
    name_key: str
    slug: str
    name: str
    organization: str
    weights: str
    licence: str
    parameters: int | None
    context_tokens: int | None
    release: str | None
    average: Any
    tasks: Any
    answered: Any
    n: Any
    rank: Any
    low: Any
    high: Any
    rank_low: Any
    rank_high: Any
    best_probability: Any
    inseparable: Any
    public_id: Any
    provenance: Any
    visibility: Any
    submitted_at: Any
    withdrawn_at: Any
    usage: Any
    intervals: Any
    other_averages: Any
    # In the suite's order.
    scores: tuple[float | None, ...]
    # What the rows are sorted by.
    value: Any

    @property
    def is_shown(self) -> bool:
        """Whether it may be shown.  Asked again: a private row here would be a leak."""
        if self.part == Part.REPORTED:
            return True
        is_withdrawn = self.withdrawn_at is not None
        is_public = self.visibility == Submission.Visibility.PUBLIC
        return is_public and is_withdrawn == (self.part == Part.WITHDRAWN)

    def cursor(self, *, is_before: bool) -> Cursor:
        """The place of this line in the order."""
        value = self.value.isoformat() if hasattr(self.value, "isoformat") else self.value
        return Cursor(value, self.name_key, self.pk, is_before)


def fetched(fields: Sequence[Any], *, is_whole: bool) -> Fetched:
    """A line from what `columns` named and, behind it, what the rows are sorted by."""
    *own, value = fields
    lean = len(_LEAN)
    more = own[lean : lean + len(_MORE)] if is_whole else ({}, {})
    start = lean + len(_MORE) if is_whole else lean
    return Fetched._make([*own[:lean], *more, tuple(own[start:]), value])


class RowMaker:
    """Makes rows of one board, and numbers the cells that differ from the authors' figures."""

    def __init__(self, suite: Suite, scorer: str) -> None:
        self._suite = suite
        table = suite.reported
        # Only where the authors' figures were made by this scorer is a difference worth a word.
        self._is_compared = table is not None and table.scorer == scorer
        self.notes: list[Note] = []

    def row(self, line: Fetched) -> BoardRow:
        """A line as a row of its part."""
        if line.part == Part.REPORTED:
            return self._bare(line, "reported", line.printed)
        if line.part == Part.WITHDRAWN:
            return self._bare(line, "withdrawn", {})
        return self._scored(line)

    def _bare(
        self, line: Fetched, kind: Kind, figures: Mapping[str, tuple[float | None, float | None]]
    ) -> BoardRow:
        cells = {
            task: Cell(*figures[task]) if task in figures else Cell() for task in self._suite.slugs
        }
        return BoardRow(kind=kind, **_identity(line), cells=cells, tasks=len(figures))

    def _scored(self, line: Fetched) -> BoardRow:
        scores = zip(self._suite.slugs, line.scores, strict=True)
        means = {task: score for task, score in scores if score is not None}
        return BoardRow(
            kind="scored",
            **_identity(line),
            cells={
                task: self._cell(line, task, means[task]) if task in means else Cell()
                for task in self._suite.slugs
            },
            tasks=line.tasks,
            average=line.average,
            rank=line.rank,
            rank_low=line.rank_low,
            rank_high=line.rank_high,
            low=line.low,
            high=line.high,
            bounds=_bounds(means, self._suite.slugs) if line.average is None else None,
            best_probability=line.best_probability,
            intervals={task: (low, high) for task, (low, high) in line.intervals.items()},
            inseparable=tuple(line.inseparable),
            other_averages=line.other_averages,
            answered=line.answered,
            n=line.n,
            usage=line.usage,
        )

    def _cell(self, line: Fetched, task: str, value: float) -> Cell:
        """Our cell, with the number of its note where the authors printed something else."""
        if task not in line.printed or not self._is_compared:
            return Cell(value)
        reported = Cell(*line.printed[task])
        if _agree(value, reported):
            return Cell(value)
        number = len(self.notes) + 1
        explanation = self._suite.known_differences.get((line.slug, task), "")
        self.notes.append(Note(number, line.name, task, value, reported, explanation))
        return Cell(value, note=number)


def _agree(value: float, reported: Cell) -> bool:
    """Whether a score is the printed one at the two decimals of percent that were printed."""
    if reported.value is None:
        return reported.below is not None and value < reported.below
    return f"{value * 100:.2f}" == f"{reported.value * 100:.2f}"


def _bounds(means: Mapping[str, float], tasks: Sequence[str]) -> tuple[float, float] | None:
    """Between which ends the average lies whatever the missing tasks would hold.

    As `scoring.statistics.bounds`, which would load numpy into every web process.
    """
    missing = sum(task not in means for task in tasks)
    if not missing:
        return None
    known = sum(means[task] for task in tasks if task in means) / len(tasks)
    return known, min(1.0, known + missing / len(tasks))


def _identity(line: Fetched) -> dict[str, Any]:
    return {
        "part": Part(line.part).label,
        "model_slug": line.slug,
        "model_name": line.name,
        "organization": line.organization,
        "weights": line.weights,
        "licence": line.licence,
        "parameters": line.parameters,
        "context_tokens": line.context_tokens,
        "tier": line.tier,
        "provenance": line.provenance or "reported",
        "release": line.release,
        "submission_id": line.public_id,
        "submitted_at": line.submitted_at,
        "withdrawn_at": line.withdrawn_at,
    }
