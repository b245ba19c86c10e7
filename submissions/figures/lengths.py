"""Scores over the length of the context and the depth of the needle, where these are known.

Generated releases tell both of every example.  The authors' data tell neither; but that of the
two needle tasks stand in the order of their depth.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from scoring import Suite, Task
from submissions.artefacts import unpack_scores
from submissions.charts.depths import DepthMap, Examples, depths_by_length, depths_by_model
from submissions.charts.lengths import LengthCurve, LengthSeries, group_by_length
from submissions.figures.lines import ScoredLine
from submissions.models import Example, Standing, Submission, TaskArtefact

MOST_SERIES: Final = 6
# A model's name and slug: names may be equal.
_Model: TypeAlias = tuple[str, str]
# Length in tokens and depth of an example, each None where it is not known.
_Facts: TypeAlias = tuple[int | None, float | None]
_NEEDLES: Final = frozenset({"passkey", "number_string"})


@dataclass(frozen=True, slots=True)
class _Run:
    """A run on a generated release, and the tasks that it has."""

    model: _Model
    evaluation: int
    release: int
    means: frozenset[str]


@dataclass(slots=True)
class Measured:
    """A model's examples of one task on all generated releases, in one order."""

    lengths: list[float] = field(default_factory=list)
    depths: list[float] = field(default_factory=list)
    scores: list[float] = field(default_factory=list)

    def add(self, facts: Sequence[_Facts], scores: Sequence[float]) -> None:
        """Another run's examples; those whose length is not known are left out."""
        for (length, depth), score in zip(facts, scores, strict=False):
            if length is not None:
                self.lengths.append(float(length))
                self.depths.append(-1.0 if depth is None else depth)
                self.scores.append(score)

    @property
    def is_spread(self) -> bool:
        """Whether there is more than one length: else there is no curve."""
        return len(set(self.lengths)) > 1


def read_measured(suite: Suite, task: Task, scorer: str) -> dict[str, Measured]:
    """Each model's examples on the generated releases, those with the most examples first.

    At most MOST_SERIES models, in three queries; one where nobody ran on such a release.
    """
    runs = [run for run in _runs(suite, scorer) if task.slug in run.means]
    if not runs:
        return {}
    facts = _facts([task.slug], {run.release for run in runs})
    scores = _scores([run.evaluation for run in runs], [task.slug], scorer)
    found: dict[_Model, Measured] = defaultdict(Measured)
    for run in runs:
        found[run.model].add(
            facts.get((run.release, task.slug), ()), scores.get((run.evaluation, task.slug), ())
        )
    ordered = sorted(found.items(), key=lambda pair: (-len(pair[1].scores), pair[0]))
    names = Counter(name for name, _slug in found)
    return {
        name if names[name] == 1 else f"{name} ({slug})": one
        for (name, slug), one in ordered[:MOST_SERIES]
    }


def read_families(suite: Suite, scorer: str, *, model_id: int) -> dict[str, Measured]:
    """One model's examples on the generated releases by family of tasks, in three queries.

    One query where it ran on none.
    """
    runs = _runs(suite, scorer, model_id=model_id)
    if not runs:
        return {}
    slugs = suite.slugs
    facts = _facts(slugs, {run.release for run in runs})
    scores = _scores([run.evaluation for run in runs], slugs, scorer)
    found: dict[str, Measured] = defaultdict(Measured)
    for run in runs:
        for task in suite.tasks:
            found[task.family].add(
                facts.get((run.release, task.slug), ()), scores.get((run.evaluation, task.slug), ())
            )
    return dict(found)


def lengths_of(name: str, measured: Mapping[str, Measured]) -> LengthCurve | None:
    """The curve of all that ran on more than one length; `name` says on what.  None if none did."""
    series = tuple(
        LengthSeries(label, group_by_length(one.lengths, one.scores))
        for label, one in measured.items()
        if one.is_spread
    )
    return LengthCurve(name, series) if series else None


def depths_of(
    task: Task, measured: Mapping[str, Measured], lines: Sequence[ScoredLine], scorer: str
) -> DepthMap | None:
    """Depths beside lengths of the model that knows most; else depths of the best on the board.

    None for a task without a needle.
    """
    for name, one in measured.items():
        if one.is_spread and min(one.depths) >= 0.0:
            examples = Examples(one.depths, one.scores)
            return depths_by_length(task.name, name, lengths=one.lengths, examples=examples)
    if task.slug not in _NEEDLES or task.stratum_examples is None:
        return None
    top = [one for one in lines if not one.is_reported][:MOST_SERIES]
    scores = _scores([one.evaluation for one in top], [task.slug], scorer)
    models = {
        one.name: Examples(_in_order(len(of), task.stratum_examples), of)
        for one in top
        if (of := scores.get((one.evaluation, task.slug), ()))
        and len(of) % task.stratum_examples == 0
    }
    return depths_by_model(task.name, models, are_inferred=True) if models else None


def _in_order(n: int, of_each: int) -> list[float]:
    """The depths of n examples that stand in the order of their depth, `of_each` at each."""
    last = max(1, n // of_each - 1)
    return [(at // of_each) / last for at in range(n)]


def _runs(suite: Suite, scorer: str, *, model_id: int | None = None) -> list[_Run]:
    """Every public run on a generated release, from the shortest to the longest."""
    rows = Standing.objects.filter(
        scorer=scorer,
        is_on_board=True,
        submission__release__suite=suite.slug,
        submission__release__length_tokens__isnull=False,
        submission__visibility=Submission.Visibility.PUBLIC,
        submission__withdrawn_at=None,
        submission__current_evaluation__isnull=False,
    ).order_by("submission__release__length_tokens", "submission_id")
    if model_id is not None:
        rows = rows.filter(submission__model=model_id)
    found = rows.values_list(
        "submission__model__name",
        "submission__model__slug",
        "submission__current_evaluation_id",
        "submission__release_id",
        "means",
    )
    return [
        _Run((name, slug), evaluation or 0, release, frozenset(means))
        for name, slug, evaluation, release, means in found
    ]


def _facts(tasks: Sequence[str], releases: Iterable[int]) -> dict[tuple[int, str], list[_Facts]]:
    """Length and depth of each example, by release and task, in the order of its positions."""
    found: dict[tuple[int, str], list[_Facts]] = defaultdict(list)
    rows = Example.objects.filter(
        item_set__release_tasks__release__in=releases, item_set__release_tasks__task__in=tasks
    ).order_by("item_set", "position")
    for release, task, length, depth in rows.values_list(
        "item_set__release_tasks__release",
        "item_set__release_tasks__task",
        "length_tokens",
        "depth",
    ):
        found[release, task].append((length, depth))
    return found


def _scores(
    evaluations: Sequence[int], tasks: Sequence[str], scorer: str
) -> dict[tuple[int, str], tuple[float, ...]]:
    """Scores by evaluation and task, in the order of the examples' positions."""
    rows = TaskArtefact.objects.filter(
        result__evaluation__in=evaluations, result__task__in=tasks, result__scorer=scorer
    )
    return {
        (evaluation, task): unpack_scores(bytes(data))[0]
        for evaluation, task, data in rows.values_list("result__evaluation", "result__task", "data")
    }
