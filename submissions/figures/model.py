"""A model's page: its scores against the field, and what became of its examples."""

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext as _

from scoring import Suite, Task
from submissions.charts import Chart
from submissions.charts.numbers import quantile
from submissions.charts.outcomes import OutcomePies, Pie
from submissions.charts.radar import Band, Radar, Series
from submissions.figures.front import spokes_of
from submissions.figures.lines import SHOWN
from submissions.leaderboard import States
from submissions.models import SCORE_COLUMNS, BoardLine, Part, Standing, Submission, TaskResult
from submissions.remembered import cache

# Quartiles of fewer rows than this are no field.
FEWEST_ROWS: Final = 3
_CACHE_SECONDS: Final = 24 * 60 * 60


@dataclass(frozen=True, slots=True)
class Field:
    """All scores on the board by task, from low to high: what a model is compared with."""

    scores: Mapping[str, tuple[float, ...]]

    def rank(self, task: str, score: float) -> int:
        """The place of a score on a task, 1 for the best; equal scores share it."""
        scores = self.scores[task]
        return 1 + len(scores) - bisect_right(scores, score)


@dataclass(frozen=True, slots=True)
class TaskLine:
    """A model on one task; what is not known is None."""

    task: Task
    score: float | None
    interval: tuple[float, float] | None
    # Among how many rows of the board the rank is.
    rank: int | None
    rows: int
    is_inseparable: bool
    result: TaskResult | None


@dataclass(frozen=True, slots=True)
class Profile:
    """One submission that stands for its model, under one scorer."""

    submission: Submission
    standing: Standing
    lines: tuple[TaskLine, ...]
    field: Field


def shown_standing(
    submissions: Iterable[Submission], scorer: str, *, board: str
) -> tuple[Submission, Standing] | None:
    """The submission that stands for its model: its best row, or the newest one where it has none.

    A row on the board that is named goes before those on others, whose examples are easier or
    harder.

    Args:
        submissions: with their releases and standings fetched, newest first; the reader may see
            them.
        scorer: under which scorer.
        board: where a row is looked for first.
    """
    pairs = [
        (submission, standing)
        for submission in submissions
        for standing in submission.standings.all()
        if standing.scorer == scorer
    ]
    on_board = [pair for pair in pairs if pair[1].is_on_board and pair[0].withdrawn_at is None]
    if on_board:
        return max(
            on_board,
            key=lambda pair: (
                pair[0].release.board == board,
                pair[1].tasks,
                pair[1].average or 0.0,
            ),
        )
    return pairs[0] if pairs else None


def read_profile(
    suite: Suite, submission: Submission, standing: Standing, *, states: States
) -> Profile:
    """A submission's scores beside the field's, in two queries at most."""
    field = read_field(suite, states=states, scorer=standing.scorer)
    results = {
        result.task: result
        for result in TaskResult.objects.filter(
            evaluation=submission.current_evaluation_id, scorer=standing.scorer
        )
    }
    lines = tuple(_line(task, standing, field, results.get(task.slug)) for task in suite.tasks)
    return Profile(submission, standing, lines, field)


def read_field(suite: Suite, *, states: States, scorer: str) -> Field:
    """Every scored row's scores, in one query; a process reads a version of the board once."""
    state = states.by_scorer.get(scorer)
    if state is None:
        return Field({task.slug: () for task in suite.tasks})
    key = f"field-{state.pk}-{state.version}"
    known: Field | None = cache.get(key)
    if known is not None:
        return known
    columns = SCORE_COLUMNS[: len(suite.tasks)]
    rows = list(
        BoardLine.objects.filter(SHOWN, state=state, part__in=(Part.RANKED, Part.INCOMPLETE))
        .order_by()
        .values_list(*columns)
    )
    found = Field(
        {
            task.slug: tuple(sorted(row[at] for row in rows if row[at] is not None))
            for at, task in enumerate(suite.tasks)
        }
    )
    cache.set(key, found, _CACHE_SECONDS)
    return found


def radar_of(profile: Profile, suite: Suite) -> Radar:
    """The model on every task, with the middle half of the field where there is a field."""
    name = profile.submission.model.name
    scores = tuple(line.score for line in profile.lines)
    of_tasks = [profile.field.scores[task.slug] for task in suite.tasks]
    return Radar(
        heading=_("%(name)s against the field") % {"name": name},
        spokes=spokes_of(suite),
        series=(Series(name, scores),),
        band=_band(of_tasks) if min(map(len, of_tasks)) >= FEWEST_ROWS else None,
    )


def outcomes_of(profile: Profile) -> OutcomePies | None:
    """A pie a task; None where nothing was scored."""
    pies = tuple(Pie(line.task.name, line.result.outcomes) for line in profile.lines if line.result)
    return OutcomePies(_("What became of the examples"), _("Task"), pies) if pies else None


def model_charts(profile: Profile | None, suite: Suite) -> dict[str, Chart | None]:
    """Every chart of a model's page."""
    if profile is None:
        return {}
    return {"radar": radar_of(profile, suite), "outcomes": outcomes_of(profile)}


def _band(of_tasks: Sequence[Sequence[float]]) -> Band:
    low, middle, high = (
        tuple(quantile(scores, share) for scores in of_tasks) for share in (0.25, 0.5, 0.75)
    )
    return Band(low, middle, high)


def _line(task: Task, standing: Standing, field: Field, result: TaskResult | None) -> TaskLine:
    score = standing.means.get(task.slug)
    interval = standing.intervals.get(task.slug)
    is_placed = score is not None and standing.is_on_board
    return TaskLine(
        task=task,
        score=score,
        interval=(interval[0], interval[1]) if interval else None,
        rank=field.rank(task.slug, score) if is_placed else None,
        rows=len(field.scores[task.slug]),
        is_inseparable=task.slug in standing.inseparable,
        result=result,
    )
