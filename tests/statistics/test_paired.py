"""Differences of two models: by hand, by formula, by resampling."""

import numpy as np
import pytest
from scipy.stats import binomtest, ttest_1samp  # type: ignore[import-untyped]

from scoring.statistics import (
    ItemSet,
    MissingTasks,
    ModelScores,
    covariance,
    mcnemar,
    minimum_detectable_difference,
    pair,
    paired_bootstrap,
    paired_macro,
    paired_task,
    sign_flip,
)
from tests.statistics.make import SIZES, answers, macro_mean, model, with_sets

TASKS = tuple(SIZES)


@pytest.mark.parametrize(("b", "c"), [(0, 0), (0, 5), (1, 9), (7, 7), (30, 12), (300, 250)])
def test_mcnemar_is_scipys_binomial_test(b: int, c: int) -> None:
    theirs = binomtest(b, b + c).pvalue if b + c else 1.0

    assert mcnemar(b, c) == mcnemar(c, b) == pytest.approx(theirs)


def test_negative_counts_are_refused() -> None:
    with pytest.raises(ValueError, match="negative"):
        mcnemar(-1, 2)


def test_a_binary_task_counts_discordant_examples() -> None:
    a = [1.0] * 30 + [0.0] * 70
    b = [1.0] * 20 + [0.0] * 8 + [1.0] * 2 + [0.0] * 70

    found = paired_task(a, b, is_binary=True)

    assert (found.b, found.c) == (8, 0)
    assert found.difference == pytest.approx(0.08)
    assert found.p == pytest.approx(2 / 2**8)
    # (8 - 0)/102 -/+ 1.96 * sqrt((9/102 - (8/102)^2) / 102).
    assert found.interval.low == pytest.approx(0.0784 - 0.0556, abs=1e-4)


def test_equal_answers_still_have_an_interval() -> None:
    scores = answers(100, p=0.5, seed=1)

    found = paired_task(scores, scores, is_binary=True)

    assert (found.difference, found.p, found.b, found.c) == (0.0, 1.0, 0, 0)
    assert found.interval.low < 0.0 < found.interval.high


def test_fractions_are_students_paired_test() -> None:
    rng = np.random.default_rng(2)
    a, b = rng.random(60), rng.random(60)
    theirs = ttest_1samp(a - b, 0.0)

    found = paired_task(a, b, is_binary=False)

    assert found.p == pytest.approx(theirs.pvalue)
    assert found.interval.low == pytest.approx(theirs.confidence_interval().low)
    assert found.b is found.c is None


def test_contexts_are_the_units_where_they_are_known() -> None:
    a, b = np.repeat(answers(30, p=0.7, seed=3), 4), np.repeat(answers(30, p=0.4, seed=4), 4)
    context_gap = a[::4] - b[::4]

    found = paired_task(a, b, is_binary=True, clusters=[i // 4 for i in range(120)])

    assert found.p == pytest.approx(ttest_1samp(context_gap, 0.0).pvalue)
    assert found.p > paired_task(a, b, is_binary=True).p


def test_one_context_says_nothing_of_a_difference() -> None:
    found = paired_task([1.0, 1.0], [0.0, 0.0], is_binary=True, clusters=["x", "x"])

    assert (found.p, found.interval.low, found.interval.high) == (1.0, -1.0, 1.0)


def test_scores_of_other_lengths_are_refused() -> None:
    with pytest.raises(ValueError, match="cannot be paired"):
        paired_task([1.0], [1.0, 0.0], is_binary=True)


@pytest.mark.parametrize("bad", [float("nan"), float("inf")])
def test_nan_is_refused(bad: float) -> None:
    broken = with_sets("a", [bad], ItemSet("x"))

    with pytest.raises(ValueError, match="NaN"):
        paired_task([bad], [1.0], is_binary=False)
    with pytest.raises(ValueError, match="NaN"):
        pair(broken, broken, tasks=["only"])
    with pytest.raises(ValueError, match="NaN"):
        minimum_detectable_difference(bad)


def test_the_closed_form_is_the_covariances() -> None:
    a, b = model("a", seed=1, p=0.6), model("b", seed=2)
    spread = covariance([a, b], tasks=TASKS).values

    found = paired_macro(pair(a, b, tasks=TASKS))

    assert found.difference == pytest.approx(macro_mean(a) - macro_mean(b))
    assert found.se**2 == pytest.approx(spread[0, 0] + spread[1, 1] - 2 * spread[0, 1])
    assert found.interval.low == pytest.approx(found.difference - 1.959964 * found.se)


def test_a_model_does_not_differ_from_itself() -> None:
    pairing = pair(model("a"), model("copy"), tasks=TASKS)

    found = paired_macro(pairing)

    assert (found.difference, found.se, found.p) == (0.0, 0.0, 1.0)
    assert paired_bootstrap(pairing, seed=1, draws=50).p == 1.0
    assert sign_flip(pairing, seed=1, draws=50).p == 1.0


def test_all_right_differs_from_all_wrong() -> None:
    right = ModelScores("a", {"t": np.ones(50)}, {"t": ItemSet("t")})
    wrong = ModelScores("b", {"t": np.zeros(50)}, {"t": ItemSet("t")})

    found = paired_macro(pair(right, wrong, tasks=["t"]))

    assert (found.difference, found.p) == (1.0, 0.0)


def test_other_examples_are_left_out_and_named() -> None:
    a, b = model("a", seed=1), model("b", seed=2)
    moved = ModelScores("b", b.scores, {**b.item_sets, "run": ItemSet("other instances")})

    found = paired_macro(pair(a, moved, tasks=TASKS))

    assert (found.tasks, found.left_out) == (("calc", "find"), ("run",))
    rest = paired_macro(pair(a, b, tasks=["calc", "find"]))
    assert (found.difference, found.se, found.p) == (rest.difference, rest.se, rest.p)


def test_shared_examples_are_found_by_key() -> None:
    a = with_sets("a", [0.1, 0.2, 0.3], ItemSet("x", item_keys=["p", "q", "r"], clusters="uvw"))
    b = with_sets("b", [0.9, 0.8], ItemSet("y", item_keys=["r", "q"]))

    (only,) = pair(a, b, tasks=["only"]).tasks

    assert (only.a.tolist(), only.b.tolist()) == ([0.2, 0.3], [0.8, 0.9])
    assert list(only.clusters or ()) == ["v", "w"]


def test_nothing_in_common_is_no_difference_at_all() -> None:
    pairing = pair(
        with_sets("a", [1.0], ItemSet("x")), with_sets("b", [1.0], ItemSet("y")), tasks=["only"]
    )

    with pytest.raises(MissingTasks, match="only"):
        paired_macro(pairing)


@pytest.mark.parametrize("kind", ["plain", "clusters", "strata"])
def test_formula_bootstrap_and_permutation_agree(kind: str) -> None:
    labels = [i // 4 for i in range(200)]
    item_set = ItemSet(
        "x",
        clusters=labels if kind == "clusters" else None,
        strata=[i // 50 for i in range(200)] if kind == "strata" else None,
    )
    ease = np.repeat(np.random.default_rng(5).random(50), 4)
    rng = np.random.default_rng(8)
    a, b = (with_sets("m", rng.random(200) < ease**power, item_set) for power in (1.0, 1.25))
    pairing = pair(a, b, tasks=["only"])

    closed = paired_macro(pairing)
    drawn = paired_bootstrap(pairing, seed=6)
    flipped = sign_flip(pairing, seed=6)

    assert drawn.se == pytest.approx(closed.se, rel=0.06)
    assert drawn.interval.low == pytest.approx(closed.interval.low, abs=0.3 * closed.se)
    assert drawn.p == pytest.approx(closed.p, abs=0.04)
    assert flipped.p == pytest.approx(closed.p, abs=0.06)
    assert 0.001 < closed.p < 0.9


def test_the_bootstrap_draws_within_strata() -> None:
    item_set = ItemSet("x", strata=["shallow"] * 20 + ["deep"] * 20)
    a = with_sets("a", [1.0] * 20 + [0.0] * 20, item_set)
    b = with_sets("b", [0.0] * 40, item_set)

    found = paired_bootstrap(pair(a, b, tasks=["only"]), seed=1, draws=100)

    assert (found.difference, found.interval.low, found.interval.high) == (0.5, 0.5, 0.5)


def test_a_seed_repeats_its_draws_and_is_told() -> None:
    pairing = pair(model("a", seed=1), model("b", seed=2), tasks=TASKS)

    first = paired_bootstrap(pairing, seed=11, draws=200)

    assert first == paired_bootstrap(pairing, seed=11, draws=200)
    assert first != paired_bootstrap(pairing, seed=12, draws=200)
    assert (first.seed, first.draws) == (11, 200)
    assert sign_flip(pairing, seed=11, draws=200) == sign_flip(pairing, seed=11, draws=200)


def test_swapping_the_models_mirrors_the_bootstrap() -> None:
    a, b = model("a", seed=1), model("b", seed=2)

    one = paired_bootstrap(pair(a, b, tasks=TASKS), seed=3, draws=500)
    other = paired_bootstrap(pair(b, a, tasks=TASKS), seed=3, draws=500)

    assert (one.difference, one.p) == pytest.approx((-other.difference, other.p))
    assert one.interval.low == pytest.approx(-other.interval.high)


def test_the_detectable_difference_is_2_8_standard_errors() -> None:
    assert minimum_detectable_difference(0.0064) == pytest.approx(2.8016 * 0.0064, rel=1e-4)
    with pytest.raises(ValueError, match="negative"):
        minimum_detectable_difference(-0.1)
