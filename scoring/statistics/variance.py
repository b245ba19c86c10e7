"""How far a task's mean may be off: plain, by shared contexts, or by strata."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import ArrayLike

from scoring.statistics.checks import Floats, Labels, codes, score_list

Method: TypeAlias = Literal["plain", "clusters", "strata"]


@dataclass(frozen=True, slots=True)
class TaskVariance:
    """The variance of a task's mean, in squared fractions, and how it was found.

    `degrees_of_freedom` is G - 1 for G contexts and None elsewhere.  Where `clusters_known` is
    False, examples that share a context may make the true variance larger: say so beside it.
    """

    variance: float
    degrees_of_freedom: int | None
    method: Method
    clusters_known: bool


def task_variance(
    scores: ArrayLike, *, clusters: Labels | None = None, strata: Labels | None = None
) -> TaskVariance:
    """The variance of the mean s of n scores.

    - plain: v / n, v the sample variance;
    - clusters, G of them: G/(G-1) * sum_g (sum_{i in g} (x_i - s))^2 / n^2;
    - strata h of n_h: sum_h (n_h/n)^2 * v_h / n_h.  A stratum of one example has no variance
      of its own and borrows the task's.

    One example, or one context, says nothing of its spread: the largest variance that a mean
    of fractions can have, 1/4, is given then.

    Args:
        scores: Fractions, shape (n,).
        clusters: The context of each example, where contexts repeat.
        strata: The sub-condition of each example, where the set was built by sub-condition.

    Raises: ValueError for no scores, NaN, labels that do not fit, or both kinds of labels.

    Source: Cochran, Sampling Techniques, 3rd ed., sections 5.4 and 9A.2 (clusters taken as
    drawn with replacement).
    """
    numbers = score_list(scores)
    rows = deviates(numbers[np.newaxis, :], clusters=clusters, strata=strata)
    variance = float((rows**2).sum())
    if clusters is not None:
        return TaskVariance(variance, len(set(clusters)) - 1, "clusters", clusters_known=True)
    method: Method = "plain" if strata is None else "strata"
    return TaskVariance(variance, None, method, clusters_known=False)


def deviates(
    scores: Floats, *, clusters: Labels | None = None, strata: Labels | None = None
) -> Floats:
    """Rows whose products are the covariances of K means over the same n examples.

    With R the answer, R @ R.T is the covariance matrix (K, K) of the row means, and so never
    has a negative eigenvalue; its diagonal is what `task_variance` gives.

    Args:
        scores: Fractions, shape (K, n): a row a model, the same examples in each.
        clusters: As in `task_variance`.
        strata: As in `task_variance`.

    Returns:
        Shape (K, m): m = n when plain, G with clusters, n or 2n with strata, K when nothing
        is known of the spread.

    Raises: ValueError for labels that do not fit, or both kinds of labels.
    """
    if clusters is not None and strata is not None:
        raise ValueError("A task has contexts that repeat or strata, not both.")
    if clusters is not None:
        return _by_cluster(scores, clusters)
    if strata is not None:
        return _by_stratum(scores, strata)
    n = scores.shape[1]
    if n == 1:
        return unknown_spread(len(scores))
    rows: Floats = _centred(scores) / np.sqrt(n * (n - 1))
    return rows


def unknown_spread(models: int) -> Floats:
    """Deviates (K, K) of the largest variance, 1/4, in each model apart from the others."""
    spread: Floats = 0.5 * np.eye(models)
    return spread


def _centred(scores: Floats) -> Floats:
    centred: Floats = scores - scores.mean(axis=1, keepdims=True)
    return centred


def _by_cluster(scores: Floats, clusters: Labels) -> Floats:
    n = scores.shape[1]
    sums = group_sums(_centred(scores), codes(clusters, n=n, what="clusters"))
    count = sums.shape[1]
    if count == 1:
        return unknown_spread(len(scores))
    scaled: Floats = sums * (np.sqrt(count / (count - 1)) / n)
    return scaled


def _by_stratum(scores: Floats, strata: Labels) -> Floats:
    n = scores.shape[1]
    if n == 1:
        return unknown_spread(len(scores))
    stratum = codes(strata, n=n, what="strata")
    size = np.bincount(stratum)
    within = scores - (group_sums(scores, stratum) / size)[:, stratum]
    is_single = size == 1
    factor = np.sqrt(size / np.where(is_single, 1, size - 1)) / n
    rows: Floats = within * np.where(is_single, 0.0, factor)[stratum]
    if not is_single.any():
        return rows
    borrowed = _centred(scores) * (np.sqrt(is_single.sum() / (n - 1)) / n)
    return np.hstack([rows, borrowed])


def group_sums(scores: Floats, group: np.ndarray[tuple[int, ...], np.dtype[np.intp]]) -> Floats:
    """Sums over the columns of each group, shape (K, groups); groups are 0, 1, ... in `group`."""
    order = np.argsort(group, kind="stable")
    starts = np.searchsorted(group[order], np.arange(group.max() + 1))
    sums: Floats = np.add.reduceat(scores[:, order], starts, axis=1)
    return sums
