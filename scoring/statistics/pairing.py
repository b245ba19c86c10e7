"""Two models side by side: only examples that both answered, and the tasks that have none."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from scoring.statistics.aggregates import MissingTasks
from scoring.statistics.checks import Floats, Labels, score_list
from scoring.statistics.correlated import ItemSet, ModelScores, check_item_keys


@dataclass(frozen=True, slots=True, eq=False)
class TaskPair:
    """One task's scores of two models, each of shape (n,), example beside example."""

    task: str
    a: Floats
    b: Floats
    clusters: Labels | None = None
    strata: Labels | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Pairing:
    """The tasks on which two models can be compared, and those on which they cannot.

    `left_out` are tasks that one of them lacks, or answered over other examples.
    """

    tasks: tuple[TaskPair, ...]
    left_out: tuple[str, ...]


def pair(a: ModelScores, b: ModelScores, *, tasks: Sequence[str]) -> Pairing:
    """Pair two models over their common examples, task by task.

    Equal item-set keys pair example by example.  Different sets pair over equal item keys, and
    without item keys never: position alone says nothing about two different sets.

    Args:
        a: One model.
        b: The other.
        tasks: The tasks to compare on.

    Raises: ValueError for NaN, or lengths that do not fit.
    """
    found = {task: _pair_task(a, b, task) for task in tasks}
    return Pairing(
        tuple(pairs for pairs in found.values() if pairs is not None),
        tuple(task for task, pairs in found.items() if pairs is None),
    )


def check_pairing(pairing: Pairing) -> tuple[TaskPair, ...]:
    """The pairs, of which there must be some.  Raises: MissingTasks."""
    if not pairing.tasks:
        raise MissingTasks(pairing.left_out)
    return pairing.tasks


def _pair_task(a: ModelScores, b: ModelScores, task: str) -> TaskPair | None:
    if task not in a.scores or task not in b.scores:
        return None
    left, right = a.item_sets[task], b.item_sets[task]
    left_scores = score_list(a.scores[task], what=task)
    right_scores = score_list(b.scores[task], what=task)
    if left.key == right.key:
        if left_scores.size != right_scores.size:
            raise ValueError(f"{task}: models of one item set have as many scores as each other.")
        return TaskPair(task, left_scores, right_scores, left.clusters, left.strata)
    left_places = check_item_keys(left, n=left_scores.size)
    right_places = check_item_keys(right, n=right_scores.size)
    shared = [key for key in left_places if key in right_places]
    if not shared:
        return None
    kept = [left_places[key] for key in shared]
    matching = [right_places[key] for key in shared]
    return TaskPair(task, left_scores[kept], right_scores[matching], *_labels(left, kept))


def _labels(item_set: ItemSet, kept: Sequence[int]) -> tuple[Labels | None, Labels | None]:
    clusters, strata = item_set.clusters, item_set.strata
    return (
        None if clusters is None else [clusters[place] for place in kept],
        None if strata is None else [strata[place] for place in kept],
    )


def pair_deviates_variance(deviates_of_both: Floats) -> float:
    """Var(a - b) = sum of (R_a - R_b)^2 over the columns of deviates of shape (2, m)."""
    return float(((deviates_of_both[0] - deviates_of_both[1]) ** 2).sum())


def differences(pairs: TaskPair) -> Floats:
    """a - b by example, shape (n,)."""
    gap: Floats = np.subtract(pairs.a, pairs.b)
    return gap
