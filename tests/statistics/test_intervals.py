"""Intervals of one task: worked numbers, the edges, and what may not enter."""

import numpy as np
import pytest
from scipy.stats import binom, binomtest  # type: ignore[import-untyped]

from scoring.statistics import Interval, pooled_design_effect, task_interval, wilson
from tests.statistics.make import answers


@pytest.mark.parametrize(("k", "n"), [(1, 50), (49, 50), (120, 229), (589, 590), (0, 590)])
def test_wilson_is_scipys(k: int, n: int) -> None:
    theirs = binomtest(k, n).proportion_ci(method="wilson")

    ours = wilson(k, n)

    assert (ours.low, ours.high) == pytest.approx((theirs.low, theirs.high), abs=1e-12)


def test_wilson_ends_exactly_at_nothing_and_all() -> None:
    nothing = [wilson(0, n, confidence=0.9) for n in range(1, 1000)]
    everything = [wilson(n, n, confidence=0.9) for n in range(1, 1000)]

    assert {one.low for one in nothing} == {0.0}
    assert {one.high for one in everything} == {1.0}
    assert all(0.0 < one.high < 1.0 for one in nothing)


def test_all_right_of_590_leaves_two_thirds_of_a_point() -> None:
    assert wilson(590, 590).low == pytest.approx(0.99353, abs=1e-5)


@pytest.mark.parametrize(
    ("k", "n"), [(-1, 5), (6, 5), (0, 0), (float("nan"), 5), (1, float("inf"))]
)
def test_no_proportion_is_refused(k: float, n: float) -> None:
    with pytest.raises(ValueError, match=r"proportion|NaN"):
        wilson(k, n)


@pytest.mark.parametrize("confidence", [0.0, 1.0, 95.0])
def test_a_confidence_in_percent_is_refused(confidence: float) -> None:
    with pytest.raises(ValueError, match="confidence"):
        wilson(1, 2, confidence=confidence)


def test_binary_scores_get_wilson_with_or_without_strata() -> None:
    scores = answers(60, p=0.3, seed=1)

    plain = task_interval(scores, is_binary=True)

    assert plain == wilson(float(scores.sum()), 60)
    assert task_interval(scores, is_binary=True, strata=[i % 3 for i in range(60)]) == plain


def test_contexts_that_answer_alike_widen_the_interval() -> None:
    scores = np.repeat(answers(40, p=0.4, seed=2), 5)
    contexts = [i // 5 for i in range(200)]

    plain = task_interval(scores, is_binary=True)
    clustered = task_interval(scores, is_binary=True, clusters=contexts)

    assert clustered.high - clustered.low > 2 * (plain.high - plain.low)
    assert clustered.low == pytest.approx(wilson(scores.sum() / 5, 40).low, abs=0.02)


def test_nothing_right_in_clusters_counts_contexts_or_the_pooled_effect() -> None:
    scores, contexts = np.zeros(100), [i // 4 for i in range(100)]

    alone = task_interval(scores, is_binary=True, clusters=contexts)
    pooled = task_interval(scores, is_binary=True, clusters=contexts, design_effect=1.0)

    assert alone.low == pooled.low == 0.0
    assert alone.high == pytest.approx(2.064**2 / (25 + 2.064**2), abs=1e-4)
    assert pooled.high == pytest.approx(2.064**2 / (100 + 2.064**2), abs=1e-4)


def test_one_context_or_one_fraction_says_nothing() -> None:
    assert task_interval([0.2, 0.4], is_binary=False, clusters=["a", "a"]) == Interval(0.0, 1.0)
    assert task_interval([0.2], is_binary=False) == Interval(0.0, 1.0)


def test_fractions_in_the_middle_get_students_interval() -> None:
    scores = np.random.default_rng(3).beta(3, 5, size=200)
    half = 1.97196 * scores.std(ddof=1) / np.sqrt(200)

    found = task_interval(scores, is_binary=False)

    assert found.low == pytest.approx(scores.mean() - half, abs=4e-4)
    assert found.high == pytest.approx(scores.mean() + half, abs=4e-4)


def test_fractions_that_are_all_alike_still_have_an_interval() -> None:
    found = task_interval([0.5] * 50, is_binary=False)

    assert found.high - found.low > 0.2


@pytest.mark.parametrize("bad", [float("nan"), float("inf"), -0.1, 1.1])
@pytest.mark.parametrize("is_binary", [True, False])
def test_what_is_no_fraction_is_refused(bad: float, is_binary: bool) -> None:
    with pytest.raises(ValueError, match="scores"):
        task_interval([0.0, bad], is_binary=is_binary)


def test_binary_means_binary() -> None:
    with pytest.raises(ValueError, match="binary"):
        task_interval([0.0, 0.5], is_binary=True)


def test_the_pooled_design_effect_is_the_size_of_contexts_that_answer_alike() -> None:
    models = [np.repeat(answers(200, p=0.5, seed=seed), 3) for seed in range(8)]

    found = pooled_design_effect(models, clusters=[i // 3 for i in range(600)])

    assert found == pytest.approx(3 * 200 / 199)
    assert pooled_design_effect([np.ones(4)], clusters=[1, 1, 2, 2]) is None


@pytest.mark.parametrize(("n", "p"), [(50, 0.02), (590, 0.999), (229, 0.67)])
def test_wilson_covers_at_the_edges(n: int, p: float) -> None:
    intervals = [task_interval([1.0] * k + [0.0] * (n - k), is_binary=True) for k in range(n + 1)]

    covered = sum(
        float(binom.pmf(k, n, p)) for k, one in enumerate(intervals) if one.low <= p <= one.high
    )

    assert covered >= 0.92
