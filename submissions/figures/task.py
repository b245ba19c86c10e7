"""The charts of one task: who scores what on it, on which examples, and what became of them."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from django.utils.translation import gettext as _

from scoring import Suite, Task
from submissions.artefacts import unpack_scores
from submissions.charts import Chart
from submissions.charts.difficulty import Difficulty
from submissions.charts.distribution import Distribution, Placed
from submissions.charts.histogram import Histogram
from submissions.charts.outcomes import OutcomePies, Pie
from submissions.figures.lines import ScoredLine, task_lines
from submissions.leaderboard import read_states
from submissions.models import ReleaseTask, TaskArtefact, TaskResult
from submissions.remembered import cache

# How many models' outcomes are drawn, how many have a sign of their own, and over how many the
# difficulty of an example is taken.
MOST_PIES: Final = 6
MOST_SIGNS: Final = 150
MOST_JUDGES: Final = 200
_CACHE_SECONDS: Final = 24 * 60 * 60


@dataclass(frozen=True, slots=True)
class Standings:
    """A task's scores under a scorer, the best first."""

    task: Task
    scorer: str
    lines: tuple[ScoredLine, ...]
    # By release: what equal sets of examples share, and how many examples there are.
    item_sets: Mapping[str, tuple[str, int]]

    @property
    def scored(self) -> list[ScoredLine]:
        """What we scored."""
        return [one for one in self.lines if not one.is_reported]


def task_standings(suite: Suite, task: Task, scorer: str) -> Standings:
    """Everything of a task, in three queries."""
    rows = ReleaseTask.objects.filter(
        release__suite=suite.slug, release__board=suite.slug, task=task.slug
    ).order_by("release_id")
    item_sets = {
        name: (items, n)
        for name, items, n in rows.values_list(
            "release__name", "item_set__items_sha256", "item_set__n"
        )
    }
    states = read_states(suite.slug)
    lines = task_lines(suite, task, states=states, scorer=scorer)
    return Standings(task, scorer, lines, item_sets)


def distribution_of(found: Standings) -> Chart | None:
    """Every score on the task, reported ones too; None where there is none."""
    if not found.lines:
        return None
    if len(found.lines) > MOST_SIGNS:
        return Histogram(found.task.name, tuple(one.score for one in found.lines))
    models = []
    for one in found.lines:
        low, high = one.interval or (None, None)
        models.append(Placed(one.name, one.score, low, high, one.is_reported))
    return Distribution(found.task.name, tuple(models))


def difficulty_of(found: Standings) -> Difficulty | None:
    """The mean score on each example of the set that most rows were run on.

    None where fewer than two rows were: of one model its examples' scores say nothing of them.
    """
    of_set: dict[str, list[ScoredLine]] = defaultdict(list)
    for one in found.scored:
        of_set[found.item_sets[one.release][0]].append(one)
    judges = max(of_set.values(), key=len, default=[])[:MOST_JUDGES]
    if len(judges) < 2:
        return None
    shares = _shares([one.evaluation for one in judges], found.task.slug, found.scorer)
    if not shares:
        return None
    return Difficulty(found.task.name, len(judges), shares, found.task.metric == "accuracy")


def outcomes_of(found: Standings) -> OutcomePies | None:
    """What became of the examples of the best rows; None where there is no row."""
    top = found.scored[:MOST_PIES]
    results = TaskResult.objects.filter(
        evaluation__in=[one.evaluation for one in top], task=found.task.slug, scorer=found.scorer
    )
    counts = dict(results.values_list("evaluation_id", "outcomes"))
    pies = tuple(Pie(one.name, counts[one.evaluation]) for one in top if one.evaluation in counts)
    if not pies:
        return None
    heading = _("What became of the examples of %(task)s") % {"task": found.task.name}
    return OutcomePies(heading, _("Model"), pies)


def _shares(evaluations: Sequence[int], task: str, scorer: str) -> tuple[float, ...]:
    """The mean score on each example.  An evaluation never changes, so it is computed once."""
    named = ",".join(map(str, sorted(evaluations)))
    key = f"difficulty-{task}-{scorer}-{sha256(named.encode()).hexdigest()}"
    known: tuple[float, ...] | None = cache.get(key)
    if known is not None:
        return known
    artefacts = TaskArtefact.objects.filter(
        result__evaluation__in=evaluations, result__task=task, result__scorer=scorer
    ).values_list("data", flat=True)
    sums: list[float] = []
    count = 0
    for data in artefacts.iterator(chunk_size=200):
        scores = unpack_scores(bytes(data))[0]
        sums = [a + b for a, b in zip(sums, scores, strict=True)] if sums else list(scores)
        count += 1
    shares = tuple(total / count for total in sums)
    cache.set(key, shares, _CACHE_SECONDS)
    return shares
