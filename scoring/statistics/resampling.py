"""The same difference without a formula: by resampling examples, and by flipping signs."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from scoring.statistics.checks import Floats, check_level, codes
from scoring.statistics.intervals import Interval
from scoring.statistics.pairing import Pairing, TaskPair, check_pairing, differences
from scoring.statistics.variance import group_sums

_NUMBERS_AT_ONCE = 2_000_000
_ROUNDING = 1e-12


@dataclass(frozen=True, slots=True)
class BootstrapDifference:
    """a - b as fractions with the spread, the interval and the p of resampled examples."""

    difference: float
    se: float
    interval: Interval
    p: float
    draws: int
    seed: int


@dataclass(frozen=True, slots=True)
class SignFlip:
    """a - b as a fraction, and how often random signs bring about as much."""

    difference: float
    p: float
    draws: int
    seed: int


def paired_bootstrap(
    pairing: Pairing, *, seed: int, draws: int = 10_000, confidence: float = 0.95
) -> BootstrapDifference:
    """Percentile bootstrap of D, the mean over the paired tasks of (a - b).

    In each of B draws and each task, examples are drawn with replacement once for both models:
    whole contexts where clusters are known, within each stratum where there are strata.
    p = 2 min((1 + #{D* <= 0}) / (B + 1), (1 + #{D* >= 0}) / (B + 1)), at most 1.

    Args:
        pairing: From `pair`.
        seed: Of the draws; show it.
        draws: B.
        confidence: Between 0 and 1.

    Raises: MissingTasks where nothing could be paired; ValueError.

    Source: Efron and Tibshirani, An Introduction to the Bootstrap (1993), chapters 8 and 13;
    Davison and Hinkley, Bootstrap Methods and their Application (1997), section 4.4, for p.
    """
    pairs = check_pairing(pairing)
    rng = _generator(seed, draws)
    drawn = np.zeros(draws)
    for one in pairs:
        for values, sizes in _units(one):
            share = sizes.sum() / one.a.size / len(pairs)
            drawn += share * _resampled_means(values, sizes, rng=rng, draws=draws)
    tail = (1 - check_level(confidence)) / 2
    low, high = np.quantile(drawn, [tail, 1 - tail])
    below = 1 + np.count_nonzero(drawn <= _ROUNDING)
    above = 1 + np.count_nonzero(drawn >= -_ROUNDING)
    p = min(1.0, 2 * float(min(below, above)) / (draws + 1))
    interval = Interval(float(low), float(high))
    se = float(drawn.std(ddof=1)) if draws > 1 else 0.0
    return BootstrapDifference(_difference(pairs), se, interval, p, draws, seed)


def sign_flip(pairing: Pairing, *, seed: int, draws: int = 10_000) -> SignFlip:
    """Permutation test of "which model is which does not matter".

    In each of B draws every example's difference, every context's where clusters are known,
    keeps or changes its sign: D~ = mean over tasks of (1/n) sum_i e_i (a_i - b_i).
    p = (1 + #{|D~| >= |D|}) / (B + 1).

    Args:
        pairing: From `pair`.
        seed: Of the signs; show it.
        draws: B.

    Raises: MissingTasks where nothing could be paired; ValueError.

    Source: Fisher, The Design of Experiments (1935), section 21; Phipson and Smyth, Statistical
    Applications in Genetics and Molecular Biology 9 (2010), article 39, for the added 1.
    """
    pairs = check_pairing(pairing)
    rng = _generator(seed, draws)
    parts = [
        values / one.a.size / len(pairs)
        for one in pairs
        for values, _ in _units(one, keep_strata=False)
    ]
    units = np.concatenate(parts)
    difference = _difference(pairs)
    reached = 0
    for count in _batches(draws, units.size):
        signs = rng.integers(0, 2, size=(count, units.size), dtype=np.int8)
        flipped = signs.astype(np.float64) @ (2 * units) - units.sum()
        reached += int(np.count_nonzero(np.abs(flipped) >= abs(difference) - _ROUNDING))
    return SignFlip(difference, (1 + reached) / (draws + 1), draws, seed)


def _generator(seed: int, draws: int) -> np.random.Generator:
    if draws < 1:
        raise ValueError("At least one draw.")
    return np.random.default_rng(seed)


def _difference(pairs: tuple[TaskPair, ...]) -> float:
    return float(np.mean([differences(one).mean() for one in pairs]))


def _units(pairs: TaskPair, *, keep_strata: bool = True) -> Iterator[tuple[Floats, Floats]]:
    """What is drawn as one: sums of differences (u,) and their examples (u,), by stratum."""
    gap = differences(pairs)
    if pairs.clusters is not None:
        context = codes(pairs.clusters, n=gap.size, what="clusters")
        yield group_sums(gap[np.newaxis], context)[0], np.bincount(context).astype(np.float64)
    elif pairs.strata is not None and keep_strata:
        stratum = codes(pairs.strata, n=gap.size, what="strata")
        for number in range(int(stratum.max()) + 1):
            values = gap[stratum == number]
            yield values, np.ones(values.size)
    else:
        yield gap, np.ones(gap.size)


def _resampled_means(
    values: Floats, sizes: Floats, *, rng: np.random.Generator, draws: int
) -> Floats:
    """Mean difference of each draw, shape (B,): drawn sums over drawn examples."""
    means = []
    for count in _batches(draws, values.size):
        chosen = rng.integers(0, values.size, size=(count, values.size))
        means.append(values[chosen].sum(axis=1) / sizes[chosen].sum(axis=1))
    return np.concatenate(means)


def _batches(draws: int, width: int) -> Iterator[int]:
    """Counts that add up to the draws, each small enough to keep memory low."""
    at_once = max(1, _NUMBERS_AT_ONCE // max(1, width))
    for start in range(0, draws, at_once):
        yield min(at_once, draws - start)
