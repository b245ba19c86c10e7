"""Between which two places a model's rank lies, and who may be the best."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from scoring.statistics.checks import Floats, check_level, finite
from scoring.statistics.distributions import normal_quantile
from scoring.statistics.gaps import NO_GAP, draw_errors, gap_errors, largest_gaps


@dataclass(frozen=True, slots=True)
class RankInterval:
    """The best and the worst rank (1 is best) that the scores allow, and P(best)."""

    key: str
    low: int
    high: int
    p_best: float


@dataclass(frozen=True, slots=True)
class Ranking:
    """The rank intervals in the order given, and what is shared by all of them.

    `top` are the keys with low == 1.  `critical` is the simultaneous critical value, in
    standard errors of a difference, for statements about all pairs at once.
    """

    intervals: tuple[RankInterval, ...]
    top: tuple[str, ...]
    critical: float


def rank_intervals(
    means: ArrayLike,
    covariance: ArrayLike,
    *,
    keys: Sequence[str],
    seed: int,
    draws: int = 5_000,
    confidence: float = 0.95,
) -> Ranking:
    """Two-sided rank intervals: each covers its model's true rank with the confidence.

    Errors Z ~ N(0, C) are drawn B times.  c_j is the quantile of max_k |Z_j - Z_k| / se_jk with
    se_jk = sqrt(C_jj + C_kk - 2 C_jk), and then
    low_j = 1 + #{k: M_k - M_j > c_j se_jk}, high_j = K - #{k: M_j - M_k > c_j se_jk}.
    P(best)_j is the share of draws in which M_j + Z_j is largest, shared evenly by equals.

    Where se_jk is 0 the two differ on no example, or are all at 0 or 1: equal means tie then,
    and different means are separated.  Variances alone, shape (K,), stand for independent
    errors and take Bonferroni's c = z_{1 - alpha / 2(K-1)}, which is a little wider.  Models are
    drawn in the order of their means, so neither their names nor their order move a rank.

    Args:
        means: Macro averages, shape (K,).
        covariance: Of these, shape (K, K), or variances, shape (K,).
        keys: K different names.
        seed: Of the draws; show it.
        draws: B.
        confidence: Of each model's interval by itself.

    Raises: ValueError for NaN, shapes that do not fit, or a key twice.

    Source: Mogstad, Romano, Shaikh and Wilhelm, Review of Economic Studies 91 (2024), 476-518,
    marginal confidence sets.
    """
    mean, spread = check_models(means, covariance)
    if len(keys) != mean.size or len(set(keys)) != len(keys):
        raise ValueError("One key a model, and none of them twice.")
    if draws < 1:
        raise ValueError("At least one draw.")
    check_level(confidence)
    order = np.lexsort((np.asarray(keys), _variances(spread), -mean))
    spread = spread[order] if spread.ndim == 1 else spread[np.ix_(order, order)]
    rng = np.random.default_rng(seed)
    critical, simultaneous, p_best = _critical(
        mean[order], spread, rng=rng, draws=draws, confidence=confidence
    )
    low, high = _places(mean[order], spread, critical)
    place = np.argsort(order)
    intervals = tuple(
        RankInterval(key, int(low[at]), int(high[at]), float(p_best[at]))
        for key, at in zip(keys, place, strict=True)
    )
    top = tuple(interval.key for interval in intervals if interval.low == 1)
    return Ranking(intervals, top, simultaneous)


def separated_groups(means: ArrayLike, covariance: ArrayLike, *, critical: float) -> list[int]:
    """Group numbers 1, 2, ... of models, in the order given.

    A group opens at the best model that is left, its anchor, and takes in the next ones while
    they are not separated from the anchor: M_anchor - M_k <= critical * se.

    Args:
        means: Macro averages, shape (K,).
        covariance: Shape (K, K), or (K,).
        critical: `Ranking.critical`, which holds for all pairs at once.

    Raises: ValueError for NaN or shapes that do not fit.
    """
    mean, spread = check_models(means, covariance)
    finite(critical, what="critical value")
    groups = [0] * mean.size
    number, anchor = 0, -1
    for model in np.argsort(-mean, kind="stable"):
        gap = mean[anchor] - mean[model]
        if anchor < 0 or gap > NO_GAP + critical * gap_errors(spread, anchor)[model]:
            number, anchor = number + 1, int(model)
        groups[model] = number
    return groups


def check_models(means: ArrayLike, covariance: ArrayLike) -> tuple[Floats, Floats]:
    """Means (K,) and their covariance (K, K) or variances (K,).  Raises: ValueError."""
    mean, spread = finite(means, what="means"), finite(covariance, what="covariance")
    if mean.ndim != 1 or spread.shape not in {mean.shape, (mean.size, mean.size)}:
        raise ValueError("Means have shape (K,), their covariance (K, K), or variances (K,).")
    if mean.size and _variances(spread).min() < 0.0:
        raise ValueError("A variance is not negative.")
    return mean, spread


def _variances(spread: Floats) -> Floats:
    return spread if spread.ndim == 1 else np.diagonal(spread)


def _critical(
    mean: Floats, spread: Floats, *, rng: np.random.Generator, draws: int, confidence: float
) -> tuple[Floats, float, Floats]:
    """Critical values (K,), the simultaneous one, and P(best) (K,); models best first."""
    models = mean.size
    if models < 2:
        return np.zeros(models), 0.0, np.ones(models)
    errors = draw_errors(spread, rng=rng, draws=draws)
    p_best = _share_of_wins(mean, errors)
    if spread.ndim == 1:
        alpha = (1 - confidence) / 2
        each = normal_quantile(1 - alpha / (models - 1))
        every = normal_quantile(1 - alpha * 2 / (models * (models - 1)))
        return np.full(models, each), every, p_best
    gaps = largest_gaps(errors, spread)
    each_of = np.quantile(gaps, confidence, axis=1, method="higher").astype(np.float64)
    every = float(np.quantile(gaps.max(axis=0), confidence, method="higher"))
    return each_of, every, p_best


def _share_of_wins(mean: Floats, errors: NDArray[np.float32]) -> Floats:
    wins = np.zeros(mean.size)
    for start in range(0, errors.shape[1], 500):
        drawn = mean[:, np.newaxis] + errors[:, start : start + 500]
        is_best = drawn >= drawn.max(axis=0) - NO_GAP
        wins += (is_best / is_best.sum(axis=0)).sum(axis=1)
    share: Floats = wins / errors.shape[1]
    return share


def _places(
    mean: Floats, spread: Floats, critical: Floats
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    low = np.ones(mean.size, dtype=np.intp)
    high = np.full(mean.size, mean.size, dtype=np.intp)
    for model in range(mean.size):
        margin = NO_GAP + critical[model] * gap_errors(spread, model)
        low[model] += np.count_nonzero(mean - mean[model] > margin)
        high[model] -= np.count_nonzero(mean[model] - mean > margin)
    return low, high
