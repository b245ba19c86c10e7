"""The difference of two models, in closed form: over all tasks, and on one."""

from dataclasses import dataclass
from math import inf, sqrt

import numpy as np
from numpy.typing import ArrayLike

from scoring.statistics.checks import Labels, check_level, finite, score_list
from scoring.statistics.distributions import (
    coin_at_most,
    normal_quantile,
    two_sided_p,
    two_sided_t,
    two_sided_z,
)
from scoring.statistics.intervals import Interval
from scoring.statistics.pairing import Pairing, check_pairing, differences, pair_deviates_variance
from scoring.statistics.variance import deviates


@dataclass(frozen=True, slots=True)
class PairedDifference:
    """a - b as fractions, over `tasks`; `left_out` could not be paired."""

    difference: float
    se: float
    interval: Interval
    p: float
    tasks: tuple[str, ...]
    left_out: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TaskDifference:
    """a - b on one task as a fraction; `b` and `c` count examples that only a, only b got right.

    They are None where scores are not binary.  `p` is McNemar's where that holds.
    """

    difference: float
    se: float
    interval: Interval
    p: float
    b: int | None
    c: int | None


def paired_macro(pairing: Pairing, *, confidence: float = 0.95) -> PairedDifference:
    """D = mean over the paired tasks of (a - b), with SE_D = sqrt(C_aa + C_bb - 2 C_ab).

    z = D / SE_D, p = 2 (1 - Phi(|z|)), interval D -/+ z_{conf} SE_D, kept in [-1, 1].  Where SE_D
    is 0, equal means give p = 1 and different means p = 0.

    Args:
        pairing: From `pair`; only its paired tasks count, 1/T' each.
        confidence: Between 0 and 1.

    Raises: MissingTasks where nothing could be paired.
    """
    pairs = check_pairing(pairing)
    difference = float(np.mean([differences(one).mean() for one in pairs]))
    variance = sum(
        pair_deviates_variance(
            deviates(np.vstack([one.a, one.b]), clusters=one.clusters, strata=one.strata)
        )
        for one in pairs
    )
    se = sqrt(variance) / len(pairs)
    half = two_sided_z(check_level(confidence)) * se
    return PairedDifference(
        difference,
        se,
        Interval(difference - half, difference + half).clipped(-1.0, 1.0),
        two_sided_p(_ratio(difference, se)),
        tuple(one.task for one in pairs),
        pairing.left_out,
    )


def paired_task(
    scores_a: ArrayLike,
    scores_b: ArrayLike,
    *,
    is_binary: bool,
    clusters: Labels | None = None,
    strata: Labels | None = None,
    confidence: float = 0.95,
) -> TaskDifference:
    """The difference of two models on one task, over the same n examples.

    - binary without clusters: p is exact McNemar's; the interval is Agresti and Min's,
      with half an example added to each of the four outcomes: d = (b - c)/(n + 2) -/+
      z sqrt((b + c + 1)/(n + 2) - d^2) / sqrt(n + 2), so that it never has length 0;
    - otherwise D -/+ t SE_D and t's p, with G - 1 degrees of freedom for G contexts, else n - 1.

    Args:
        scores_a: Fractions, shape (n,).
        scores_b: Fractions of the same examples, shape (n,).
        is_binary: Whether every score is 0 or 1.
        clusters: The context of each example, where contexts repeat.
        strata: The sub-condition of each example.
        confidence: Between 0 and 1.

    Raises: ValueError for NaN, or lengths that do not fit.

    Source: McNemar, Psychometrika 12 (1947), 153-157; Agresti and Min, Statistics in Medicine
    24 (2005), 729-740.
    """
    a, b = score_list(scores_a), score_list(scores_b)
    if a.size != b.size:
        raise ValueError(f"{a.size} scores cannot be paired with {b.size}.")
    if is_binary and not np.isin((a, b), (0.0, 1.0)).all():
        raise ValueError("A binary score is 0 or 1.")
    difference = float((a - b).mean())
    rows = deviates(np.vstack([a, b]), clusters=clusters, strata=strata)
    se = sqrt(pair_deviates_variance(rows))
    freedom = (a.size if clusters is None else len(set(clusters))) - 1
    only_a, only_b = int((a > b).sum()), int((a < b).sum())
    check_level(confidence)
    if is_binary and clusters is None:
        interval = _agresti_min(only_a, only_b, n=a.size, confidence=confidence)
        return TaskDifference(difference, se, interval, mcnemar(only_a, only_b), b=only_a, c=only_b)
    half = two_sided_t(confidence, degrees_of_freedom=freedom) * se if freedom else 2.0
    return TaskDifference(
        difference,
        se,
        Interval(difference - half, difference + half).clipped(-1.0, 1.0),
        two_sided_p(_ratio(difference, se), degrees_of_freedom=freedom) if freedom else 1.0,
        b=only_a if is_binary else None,
        c=only_b if is_binary else None,
    )


def mcnemar(b: int, c: int) -> float:
    """Exact p of the discordant counts: min(1, 2 P(Bin(b + c, 1/2) <= min(b, c))).

    Args:
        b: Examples that only the one got right.
        c: Examples that only the other got right.

    Raises: ValueError for negative counts.

    Source: McNemar, Psychometrika 12 (1947), 153-157, with the binomial's own tail.
    """
    if b < 0 or c < 0:
        raise ValueError("Counts are not negative.")
    return min(1.0, 2 * coin_at_most(min(b, c), n=b + c)) if b + c else 1.0


def minimum_detectable_difference(se: float, *, power: float = 0.8, alpha: float = 0.05) -> float:
    """The smallest true difference that is found with that power: (z_{1-alpha/2} + z_power) SE.

    Args:
        se: Standard error of the difference, a fraction.
        power: Chance to find it, above alpha and below 1.
        alpha: Two-sided level.

    Source: Cohen, Statistical Power Analysis, 2nd ed., section 2.4, in its normal form.
    """
    finite(se, what="standard error")
    if se < 0:
        raise ValueError("A standard error is not negative.")
    check_level(alpha)
    return (two_sided_z(1 - alpha) + normal_quantile(check_level(power))) * se


def _ratio(difference: float, se: float) -> float:
    """D / SE; where the SE is 0, 0 for equal means and infinity for different ones."""
    if abs(difference) < 1e-12:
        return 0.0
    return difference / se if se > 1e-12 else inf


def _agresti_min(b: int, c: int, *, n: int, confidence: float) -> Interval:
    total = n + 2
    middle = (b - c) / total
    half = two_sided_z(confidence) * sqrt(((b + c + 1) / total - middle**2) / total)
    return Interval(middle - half, middle + half).clipped(-1.0, 1.0)
