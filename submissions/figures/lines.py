"""Reads one column of the board: who has which score on a task, however long the board is."""

from collections import Counter
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import F, Q

from scoring import Suite, Task
from submissions.leaderboard import States
from submissions.models import SCORE_COLUMNS, BoardLine, Part, Submission
from submissions.remembered import cache

_CACHE_SECONDS: Final = 24 * 60 * 60
_COLUMNS: Final = (
    "part",
    "model__name",
    "model__slug",
    "weights",
    "release__name",
    "standing__submission__public_id",
    "standing__submission__current_evaluation_id",
    "standing__intervals",
    "printed",
)
# A line may be shown only while its submission may: asked again, as a leak would be grave.
SHOWN: Final = Q(part=Part.REPORTED) | Q(
    standing__submission__visibility=Submission.Visibility.PUBLIC,
    standing__submission__withdrawn_at=None,
)


@dataclass(frozen=True, slots=True)
class ScoredLine:
    """A row's score on the task, with its 95 % interval where that is known.

    What was only reported has no release, submission and evaluation.
    """

    name: str
    slug: str
    weights: str
    release: str
    public_id: str
    evaluation: int
    score: float
    interval: tuple[float, float] | None
    is_reported: bool


def task_lines(suite: Suite, task: Task, *, states: States, scorer: str) -> tuple[ScoredLine, ...]:
    """All scores on a task under a scorer, the best first, in one query; reported ones, too.

    What the board knows of a version never changes, so a process reads it once.
    """
    state = states.by_scorer.get(scorer)
    if state is None:
        return ()
    key = f"task-lines-{state.pk}-{state.version}-{task.slug}"
    known: tuple[ScoredLine, ...] | None = cache.get(key)
    if known is not None:
        return known
    column = SCORE_COLUMNS[suite.tasks.index(task)]
    rows = list(
        BoardLine.objects.filter(SHOWN, state=state, **{f"{column}__isnull": False})
        .exclude(part=Part.WITHDRAWN)
        .order_by(F(column).desc(), "name_key", "pk")
        .values_list(column, *_COLUMNS)
    )
    # A bound such as "below 5" is no score.
    kept = [row for row in rows if row[1] != Part.REPORTED or _printed(row[-1], task) is not None]
    counts = Counter(row[2] for row in kept)
    found = tuple(_line(row, task, is_alone=counts[row[2]] == 1) for row in kept)
    cache.set(key, found, _CACHE_SECONDS)
    return found


def _printed(printed: dict[str, Any], task: Task) -> float | None:
    value: float | None = printed.get(task.slug, (None, None))[0]
    return value


def _line(row: tuple[Any, ...], task: Task, *, is_alone: bool) -> ScoredLine:
    score, part, name, slug, weights, release, public_id, evaluation, intervals, _ = row
    interval = (intervals or {}).get(task.slug)
    return ScoredLine(
        name=name if is_alone or not release else f"{name} ({release})",
        slug=slug,
        weights=weights,
        release=release or "",
        public_id=public_id or "",
        evaluation=evaluation or 0,
        score=score,
        interval=(interval[0], interval[1]) if interval else None,
        is_reported=part == Part.REPORTED,
    )
