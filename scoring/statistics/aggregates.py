"""One number over the tasks, four ways, and no number where a task is missing."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import ArrayLike

from scoring.statistics.checks import check_level, finite, fractions
from scoring.statistics.distributions import two_sided_z
from scoring.statistics.intervals import Interval


class MissingTasks(ValueError):
    """An average was asked of a model that lacks tasks; `tasks` names them."""

    def __init__(self, tasks: Sequence[str]) -> None:
        super().__init__(f"No average without {', '.join(tasks)}: give bounds instead.")
        self.tasks = tuple(tasks)


@dataclass(frozen=True, slots=True)
class Aggregate:
    """An average of task scores, its standard error and its interval, all fractions."""

    value: float
    se: float
    interval: Interval


def macro(
    means: Mapping[str, float],
    variances: Mapping[str, float],
    *,
    tasks: Sequence[str],
    weights: Mapping[str, float] | None = None,
    confidence: float = 0.95,
) -> Aggregate:
    """M = sum_t w_t s_t with SE = sqrt(sum_t w_t^2 V_t); M -/+ z SE, kept in [0, 1].

    Tasks are drawn apart from each other, so their variances add.  Where every task is at 0
    or 1 the SE is 0: look at the tasks' own intervals then.

    Args:
        means: Task scores, fractions.
        variances: Variances of these means, as `task_variance` gives them.
        tasks: Every task of the suite.
        weights: One a task, adding up to 1; without them, 1/T each.
        confidence: Between 0 and 1.

    Raises: MissingTasks; ValueError for NaN and for weights that do not add up.
    """
    _check_present(means, tasks)
    weight = task_weights(tasks, weights)
    mean = fractions([means[task] for task in tasks], what="task scores")
    variance = finite([variances[task] for task in tasks], what="variances")
    if variance.min() < 0.0:
        raise ValueError("A variance is not negative.")
    value, se = float(weight @ mean), sqrt(float(weight**2 @ variance))
    half = two_sided_z(check_level(confidence)) * se
    return Aggregate(value, se, Interval(value - half, value + half).clipped(0.0, 1.0))


def task_weights(
    tasks: Sequence[str], weights: Mapping[str, float] | None = None
) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """One weight a task, shape (T,), adding up to 1; all alike by default.  Raises: ValueError."""
    if not tasks or len(set(tasks)) != len(tasks):
        raise ValueError("At least one task, and none of them twice.")
    if weights is None:
        return np.full(len(tasks), 1.0 / len(tasks))
    numbers = fractions([weights[task] for task in tasks], what="weights")
    if abs(float(numbers.sum()) - 1.0) > 1e-9:
        raise ValueError("Weights add up to 1.")
    return numbers.reshape(len(tasks))


def family_average(means: Mapping[str, float], families: Mapping[str, str]) -> float:
    """The mean over families of the mean over each family's tasks, a fraction.

    Args:
        means: Task scores, fractions.
        families: The family of every task of the suite.

    Raises: MissingTasks; ValueError for NaN.
    """
    _check_present(means, families)
    grouped: dict[str, list[float]] = {}
    for task, family in families.items():
        grouped.setdefault(family, []).append(means[task])
    return _mean([_mean(values) for values in grouped.values()])


def chance_adjusted(means: Mapping[str, float], chance: Mapping[str, float]) -> float:
    """The mean over tasks of max(0, (s - b) / (1 - b)), b a guesser's score; a fraction.

    Args:
        means: Task scores, fractions.
        chance: b of every task of the suite, 0 where guessing earns nothing.

    Raises: MissingTasks; ValueError for NaN, or chance outside [0, 1).
    """
    _check_present(means, chance)
    if any(not 0.0 <= b < 1.0 for b in chance.values()):
        raise ValueError("A guesser scores at least 0 and less than 1.")
    return _mean([max(0.0, (means[task] - b) / (1 - b)) for task, b in chance.items()])


def without(means: Mapping[str, float], task: str, *, tasks: Sequence[str]) -> float:
    """The mean over every task but one, a fraction.  Raises: MissingTasks; ValueError."""
    rest = [other for other in tasks if other != task]
    _check_present(means, rest)
    return _mean([means[other] for other in rest])


def bounds(
    means: Mapping[str, float],
    *,
    tasks: Sequence[str],
    weights: Mapping[str, float] | None = None,
) -> Interval:
    """What the macro average could be: every missing task at 0, or at 1.

    L = sum over present tasks of w_t s_t; U = L + sum over missing tasks of w_t.

    Raises: ValueError for NaN, or a task that the suite does not have.
    """
    if unknown := [task for task in means if task not in tasks]:
        raise ValueError(f"No task of this suite: {', '.join(unknown)}.")
    weight = dict(zip(tasks, task_weights(tasks, weights), strict=True))
    score = dict(zip(means, fractions(list(means.values()), what="task scores"), strict=True))
    low = sum(float(weight[task] * score[task]) for task in tasks if task in score)
    open_weight = sum(float(weight[task]) for task in tasks if task not in score)
    return Interval(low, min(1.0, low + open_weight))


def discriminates(means: ArrayLike, variances: ArrayLike) -> bool:
    """Whether a task tells the models apart: their spread is at least 4 times their noise.

    Args:
        means: The models' scores on the task, shape (K,).
        variances: Of these means, shape (K,).

    Returns:
        Sample variance of the means >= 4 * mean of the variances; False for fewer than two.
    """
    mean, variance = fractions(means, what="means"), finite(variances, what="variances")
    if mean.size < 2:
        return False
    spread = float(mean.var(ddof=1))
    return spread > 0.0 and spread >= 4 * float(variance.mean())


def _check_present(means: Mapping[str, float], tasks: Collection[str]) -> None:
    if missing := [task for task in tasks if task not in means]:
        raise MissingTasks(missing)


def _mean(values: Sequence[float]) -> float:
    numbers = fractions(values, what="task scores")
    if not numbers.size:
        raise ValueError("An average needs at least one task.")
    return float(numbers.mean())
