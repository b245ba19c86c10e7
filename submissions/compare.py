"""Reads two to six submissions side by side: how far apart they are, and on which examples."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from scoring import SUITES, Task
from submissions.artefacts import unpack_scores
from submissions.compared import (
    ALPHA,
    Comparison,
    Difference,
    Overall,
    Resampled,
    Side,
    TaskPairing,
    TaskRow,
)
from submissions.matching import ItemFacts, item_facts, match_examples
from submissions.models import ReleaseTask, Standing, Submission, TaskArtefact
from submissions.remembered import cache

if TYPE_CHECKING:
    from scoring.statistics import ModelScores, Pairing

FEWEST: Final = 2
MOST: Final = 6
DRAWS: Final = 10_000
_CACHE_SECONDS: Final = 24 * 60 * 60


@dataclass(frozen=True, slots=True)
class _Run:
    """A submission's per-example scores by task, and which examples they belong to."""

    submission: Submission
    label: str
    scores: Mapping[str, tuple[float, ...]]
    facts: Mapping[str, ItemFacts]


def compare_submissions(
    submissions: Sequence[Submission], *, scorer: str, is_confirmed: bool
) -> Comparison:
    """Compare each later submission with the first.

    Args:
        submissions: FEWEST to MOST of one suite, with model and release; the reader may see them.
        scorer: under which scorer.
        is_confirmed: whether the overall differences are also resampled, which takes a second
            each the first time.
    """
    runs = _read_runs(submissions, scorer)
    tasks = SUITES[submissions[0].release.suite].tasks
    pairs = [_Pair(runs[0], later, tasks) for later in runs[1:]]
    adjusted = _adjust([pair.p_values() for pair in pairs])
    table = [pair.pairings(of_pair) for pair, of_pair in zip(pairs, adjusted, strict=True)]
    rows = tuple(
        TaskRow(
            task.slug,
            task.name,
            task.family,
            tuple(_mean(run.scores.get(task.slug)) for run in runs),
            tuple(column[task.slug] for column in table),
        )
        for task in tasks
    )
    return Comparison(
        sides=_sides(runs, scorer),
        rows=rows,
        overalls=tuple(
            pair.overall(of_pair, scorer=scorer, is_confirmed=is_confirmed)
            for pair, of_pair in zip(pairs, adjusted, strict=True)
        ),
        tests=sum(len(of_pair) for of_pair in adjusted),
        graded=pairs[0].graded() if len(pairs) == 1 else {},
    )


class _Pair:
    """The first submission and a later one, on their way through the statistics."""

    def __init__(self, first: _Run, later: _Run, tasks: Sequence[Task]) -> None:
        from scoring.statistics import TaskDifference, pair, paired_task  # noqa: PLC0415

        self.first, self.later, self.tasks = first, later, tasks
        self.matches = {
            task.slug: match_examples(first.facts.get(task.slug), later.facts.get(task.slug))
            for task in tasks
        }
        common = [task for task in tasks if self.matches[task.slug].is_enough]
        names = [task.slug for task in common]
        # The later one comes first: its lead is positive.
        self.pairing: Pairing = pair(
            self._model(later, common, is_later=True),
            self._model(first, common, is_later=False),
            tasks=names,
        )
        counted = {task.slug for task in tasks if task.metric == "accuracy"}
        self.found: dict[str, TaskDifference] = {
            one.task: paired_task(
                one.a,
                one.b,
                is_binary=one.task in counted and {*one.a, *one.b} <= {0.0, 1.0},
                clusters=one.clusters,
                strata=one.strata,
            )
            for one in self.pairing.tasks
        }

    def _model(self, run: _Run, tasks: Sequence[Task], *, is_later: bool) -> "ModelScores":
        import numpy as np  # noqa: PLC0415

        from scoring.statistics import ItemSet, ModelScores  # noqa: PLC0415

        item_sets = {}
        for task in tasks:
            match, facts = self.matches[task.slug], run.facts[task.slug]
            repeats = bool(facts.contexts) and len(set(facts.contexts)) < len(facts.contexts)
            size, n = task.stratum_examples, len(facts.keys)
            is_stratified = not repeats and size is not None and n % size == 0
            item_sets[task.slug] = ItemSet(
                # Never equal: examples are paired by their keys, and not by their positions.
                key=f"{task.slug} {'later' if is_later else 'first'}",
                item_keys=match.later if is_later else match.first,
                clusters=facts.contexts if repeats else None,
                strata=[at // size for at in range(n)] if is_stratified and size else None,
            )
        scores = {task.slug: np.array(run.scores[task.slug]) for task in tasks}
        return ModelScores(key=run.label, scores=scores, item_sets=item_sets)

    def graded(self) -> dict[str, tuple[tuple[float, float], ...]]:
        """Both scores of each common example, of the tasks that know more than right and wrong."""
        return {
            task.slug: tuple(
                (self.first.scores[task.slug][a], self.later.scores[task.slug][b])
                for a, b in self.matches[task.slug].positions()
            )
            for task in self.tasks
            if task.metric != "accuracy" and task.slug in self.found
        }

    def p_values(self) -> dict[str, float]:
        """The p-value of each task that could be paired."""
        return {task: found.p for task, found in self.found.items()}

    def pairings(self, adjusted: Mapping[str, float]) -> dict[str, TaskPairing]:
        """Every task of the suite, with its difference or with why there is none."""
        from scoring.statistics import minimum_detectable_difference  # noqa: PLC0415

        shown = {}
        for slug, match in self.matches.items():
            found = self.found.get(slug)
            difference = (
                None
                if found is None
                else Difference(
                    value=found.difference,
                    low=found.interval.low,
                    high=found.interval.high,
                    p=found.p,
                    p_adjusted=adjusted[slug],
                    only_later=found.b,
                    only_first=found.c,
                    detectable=minimum_detectable_difference(found.se),
                    n=match.common,
                )
            )
            shown[slug] = TaskPairing(
                difference=difference,
                why="" if difference else match.why,
                common=match.common,
                n_first=len(match.first),
                n_later=len(match.later),
            )
        return shown

    def overall(
        self, adjusted: Mapping[str, float], *, scorer: str, is_confirmed: bool
    ) -> Overall | None:
        """The mean difference over the paired tasks; None where there are none."""
        from scoring.statistics import minimum_detectable_difference, paired_macro  # noqa: PLC0415

        if not self.found:
            return None
        found = paired_macro(self.pairing)
        return Overall(
            first=self.first.label,
            later=self.later.label,
            value=found.difference,
            low=found.interval.low,
            high=found.interval.high,
            p=found.p,
            detectable=minimum_detectable_difference(found.se),
            tasks=tuple(task.name for task in self.tasks if task.slug in self.found),
            left_out=tuple(task.name for task in self.tasks if task.slug not in self.found),
            differing=sum(p < ALPHA for p in adjusted.values()),
            resampled=self._resample(scorer) if is_confirmed else None,
        )

    def _resample(self, scorer: str) -> Resampled:
        """Resample once and remember: the same evaluations give the same draws."""
        from scoring.statistics import derive_seed, paired_bootstrap, sign_flip  # noqa: PLC0415

        both = (self.first.submission, self.later.submission)
        evaluations = "-".join(str(one.current_evaluation_id) for one in both)
        key = f"compare-{scorer}-{evaluations}"
        remembered = cache.get(key)
        if isinstance(remembered, Resampled):
            return remembered
        seed = derive_seed(*sorted(f"{one.public_id} {one.release.name}" for one in both), scorer)
        bootstrap = paired_bootstrap(self.pairing, seed=seed, draws=DRAWS)
        flipped = sign_flip(self.pairing, seed=seed, draws=DRAWS)
        low, high = bootstrap.interval.low, bootstrap.interval.high
        found = Resampled(bootstrap.p, low, high, flipped.p, DRAWS, seed)
        cache.set(key, found, _CACHE_SECONDS)
        return found


def _adjust(p_values: Sequence[Mapping[str, float]]) -> list[dict[str, float]]:
    """Holm's correction over every test of the page."""
    from scoring.statistics import holm  # noqa: PLC0415

    adjusted = iter(holm([p for of_pair in p_values for p in of_pair.values()]))
    return [{task: next(adjusted) for task in of_pair} for of_pair in p_values]


def _mean(scores: Sequence[float] | None) -> float | None:
    return sum(scores) / len(scores) if scores else None


def _read_runs(submissions: Sequence[Submission], scorer: str) -> list[_Run]:
    """Everything of all submissions in two queries, and one for each item set that is new."""
    scores: dict[int, dict[str, tuple[float, ...]]] = {}
    evaluations = {one.current_evaluation_id for one in submissions}
    for evaluation_id, task, data in TaskArtefact.objects.filter(
        result__evaluation__in=evaluations - {None}, result__scorer=scorer
    ).values_list("result__evaluation_id", "result__task", "data"):
        scores.setdefault(evaluation_id, {})[task] = unpack_scores(bytes(data))[0]
    hashes = {
        (release_id, task): sha256
        for release_id, task, sha256 in ReleaseTask.objects.filter(
            release__in={one.release_id for one in submissions}
        ).values_list("release_id", "task", "item_set__sha256")
    }
    return [
        _Run(
            one,
            label,
            found := scores.get(one.current_evaluation_id or 0, {}),
            {task: item_facts(hashes[one.release_id, task]) for task in found},
        )
        for one, label in zip(submissions, _labels(submissions), strict=True)
    ]


def _labels(submissions: Sequence[Submission]) -> list[str]:
    """Each model's name; with the submission's id where names are equal."""
    names = [one.model.name for one in submissions]
    return [
        name if names.count(name) == 1 else f"{name} ({one.public_id})"
        for name, one in zip(names, submissions, strict=True)
    ]


def _sides(runs: Sequence[_Run], scorer: str) -> tuple[Side, ...]:
    standings = {
        standing.submission_id: standing
        for standing in Standing.objects.filter(
            submission__in=[run.submission for run in runs], scorer=scorer
        )
    }
    return tuple(_side(run, standings.get(run.submission.pk)) for run in runs)


def _side(run: _Run, standing: Standing | None) -> Side:
    one = run.submission
    return Side(
        public_id=one.public_id,
        label=run.label,
        organization=one.model.organization,
        release=one.release.name,
        release_title=one.release.title,
        visibility=one.visibility,
        submitted_at=one.created_at,
        is_withdrawn=one.withdrawn_at is not None,
        is_scored=bool(run.scores),
        tasks=len(run.scores),
        average=standing.average if standing else None,
        rank=standing.rank if standing else None,
        rank_low=standing.rank_low if standing else None,
        rank_high=standing.rank_high if standing else None,
    )
