"""Intervals of one task's score that still hold when nearly everything is right, or wrong."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import ArrayLike

from scoring.statistics.checks import Labels, check_level, finite, score_list
from scoring.statistics.distributions import two_sided_t, two_sided_z
from scoring.statistics.variance import task_variance


@dataclass(frozen=True, slots=True)
class Interval:
    """Both ends, in the unit of what it is about: mostly fractions."""

    low: float
    high: float

    def clipped(self, low: float, high: float) -> "Interval":
        """The part of it between two ends."""
        return Interval(min(max(self.low, low), high), max(min(self.high, high), low))


def wilson(successes: float, n: float, *, confidence: float = 0.95) -> Interval:
    """Wilson's score interval of a proportion p = successes / n.

    ((p + z^2/2n) -/+ z * sqrt(p(1-p)/n + z^2/4n^2)) / (1 + z^2/n); exactly 0 at the low end
    where nothing succeeded, exactly 1 at the high end where everything did.

    Args:
        successes: Between 0 and n; need not be whole, so that a mean of fractions fits.
        n: Examples, or an effective number of them; more than 0.
        confidence: Between 0 and 1.

    Raises: ValueError for other values.

    Source: Wilson, Journal of the American Statistical Association 22 (1927), 209-212.
    """
    finite([successes, n], what="wilson")
    if n <= 0 or not 0 <= successes <= n:
        raise ValueError(f"{successes} of {n} is no proportion.")
    return score_interval(successes / n, n, quantile=two_sided_z(check_level(confidence)))


def score_interval(mean: float, n: float, *, quantile: float) -> Interval:
    """Wilson's formula for any quantile: all m with |mean - m| <= quantile * sqrt(m(1-m)/n)."""
    squared = quantile * quantile / n
    middle = (mean + squared / 2) / (1 + squared)
    half = sqrt(squared * mean * (1 - mean) + squared * squared / 4) / (1 + squared)
    low = 0.0 if mean <= 0.0 else max(0.0, middle - half)
    high = 1.0 if mean >= 1.0 else min(1.0, middle + half)
    return Interval(low, high)


def task_interval(
    scores: ArrayLike,
    *,
    is_binary: bool,
    clusters: Labels | None = None,
    strata: Labels | None = None,
    confidence: float = 0.95,
    design_effect: float | None = None,
) -> Interval:
    """The printed interval of one task's mean s over n scores.

    - binary without clusters, stratified or not: Wilson with n;
    - otherwise Wilson's formula with the effective number n_e = s(1-s) / V, V the variance of
      `task_variance`, and with Student's t (G - 1 degrees of freedom for G contexts, else
      n - 1) for z.  In the middle it is s -/+ t sqrt(V); near 0 and 1 it leans inwards.
      Binary clustered scores count for n at most.
    - where s is 0 or 1, or V is 0, the scores do not tell n_e: it is n / design_effect; without
      a design effect, the number of contexts G, as if each context gave one answer.

    Args:
        scores: Fractions, shape (n,).
        is_binary: Whether every score is 0 or 1.
        clusters: The context of each example, where contexts repeat.
        strata: The sub-condition of each example.
        confidence: Between 0 and 1.
        design_effect: Of other models on these contexts, from `pooled_design_effect`.

    Raises: ValueError for scores that do not fit.

    Source: Korn and Graubard, Survey Methodology 24 (1998), 193-201, for the effective number;
    Dean and Pagano, Journal of Survey Statistics and Methodology 3 (2015), 484-503.
    """
    numbers = score_list(scores)
    if is_binary and not np.isin(numbers, (0.0, 1.0)).all():
        raise ValueError("A binary score is 0 or 1.")
    n, mean = numbers.size, float(numbers.mean())
    if is_binary and clusters is None:
        return wilson(float(numbers.sum()), n, confidence=confidence)
    found = task_variance(numbers, clusters=clusters, strata=strata)
    freedom = n - 1 if found.degrees_of_freedom is None else found.degrees_of_freedom
    if freedom == 0:
        return Interval(0.0, 1.0)
    effective = n / (design_effect or n / (freedom + 1))
    if found.variance > 0.0:
        effective = mean * (1 - mean) / found.variance
    if is_binary:
        effective = min(effective, n)
    quantile = two_sided_t(check_level(confidence), degrees_of_freedom=freedom)
    return score_interval(mean, effective, quantile=quantile)


def pooled_design_effect(
    scores_of_models: Sequence[ArrayLike], *, clusters: Labels
) -> float | None:
    """How many times sharing contexts widens the variance: sum_j V_j / sum_j s_j(1-s_j)/n.

    At least 1, and None where every model has everything right or wrong.

    Args:
        scores_of_models: Scores of each model on these examples, each of shape (n,).
        clusters: The context of each example.

    Source: Kish, Survey Sampling (1965), section 8.2.
    """
    lists = [score_list(scores) for scores in scores_of_models]
    plain = sum(float(x.mean() * (1 - x.mean())) / x.size for x in lists)
    if plain == 0.0:
        return None
    widened = sum(task_variance(x, clusters=clusters).variance for x in lists)
    return max(1.0, widened / plain)
