"""Many comparisons at once: Holm's correction, the cells to print bold, and seeds to show."""

from collections.abc import Sequence
from hashlib import sha256

import numpy as np
from numpy.typing import ArrayLike

from scoring.statistics.checks import check_level, fractions
from scoring.statistics.distributions import normal_tail
from scoring.statistics.gaps import NO_GAP, gap_errors
from scoring.statistics.ranks import check_models


def holm(p_values: ArrayLike) -> list[float]:
    """Holm-adjusted p-values, in the order given.

    With p_(1) <= ... <= p_(m): adjusted_(r) = max_{q <= r} min(1, (m - q + 1) p_(q)).

    Args:
        p_values: Shape (m,), every test of one page.

    Raises: ValueError for NaN or values outside [0, 1].

    Source: Holm, Scandinavian Journal of Statistics 6 (1979), 65-70.
    """
    values = fractions(p_values, what="p-values").reshape(-1)
    order = np.argsort(values, kind="stable")
    factors = np.arange(values.size, 0, -1)
    adjusted = np.empty_like(values)
    adjusted[order] = np.maximum.accumulate(np.minimum(1.0, factors * values[order]))
    return [float(p) for p in adjusted]


def bold_cells(means: ArrayLike, variances: ArrayLike, *, alpha: float = 0.05) -> list[bool]:
    """Which cells of a column are not separable from its best one, the best among them.

    Each other cell is tested one-sided against the best, z = (s_best - s_k) / se, with Holm's
    correction over the column; where se is 0, only equal means are inseparable.

    Args:
        means: The column's scores, shape (K,).
        variances: Of these, shape (K,), or their covariance, shape (K, K), which pairs models
            over common examples and so separates more.
        alpha: Level of the column.

    Raises: ValueError for NaN or shapes that do not fit.

    Source: Holm (1979), and Hsu, Multiple Comparisons (1996), chapter 4, for comparison with the
    best.
    """
    mean, spread = check_models(means, variances)
    check_level(alpha)
    if not mean.size:
        return []
    best = int(mean.argmax())
    error = gap_errors(spread, best)
    others = [model for model in range(mean.size) if model != best]
    tails = [_tail(float(mean[best] - mean[model]), float(error[model])) for model in others]
    is_bold = [True] * mean.size
    for model, p in zip(others, holm(tails), strict=True):
        is_bold[model] = p > alpha
    return is_bold


def derive_seed(*parts: str | int) -> int:
    """A seed of 48 bits from what is compared; the order of the parts counts.

    The first six bytes of SHA-256 over every part's UTF-8 text, each preceded by its length and
    a colon.  It fits a JSON number, so people can be shown it and repeat the draws.

    Args:
        parts: Ids of submissions, of the release and the like; sort them where order is chance.

    Raises: ValueError without parts.
    """
    if not parts:
        raise ValueError("A seed is derived from something.")
    texts: Sequence[bytes] = [str(part).encode() for part in parts]
    digest = sha256(b"".join(b"%d:%s" % (len(text), text) for text in texts)).digest()
    return int.from_bytes(digest[:6], "big")


def _tail(gap: float, error: float) -> float:
    if gap <= NO_GAP:
        return 1.0
    return normal_tail(gap / error) if error > 0.0 else 0.0
