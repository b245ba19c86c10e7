"""Rank intervals: ties, separation, and what moves them."""

import numpy as np
import pytest
from numpy.typing import NDArray

from scoring.statistics import Ranking, RankInterval, rank_intervals, separated_groups
from scoring.statistics.gaps import largest_gaps, square_root


def ranked(means: list[float], spread: NDArray[np.float64] | list[float]) -> list[tuple[int, int]]:
    found = ranking(means, spread)
    return [(one.low, one.high) for one in found.intervals]


def ranking(means: list[float], spread: NDArray[np.float64] | list[float]) -> Ranking:
    return rank_intervals(means, spread, keys=[f"m{i}" for i in range(len(means))], seed=1)


def test_one_model_is_first() -> None:
    found = ranking([0.3], np.array([[0.01]]))

    assert found == Ranking((RankInterval("m0", 1, 1, 1.0),), ("m0",), 0.0)


def test_no_model_has_no_rank() -> None:
    assert ranking([], np.zeros((0, 0))).intervals == ()


def test_models_far_apart_have_one_rank_each() -> None:
    assert ranked([0.1, 0.9, 0.5], 1e-6 * np.eye(3)) == [(3, 3), (1, 1), (2, 2)]


def test_models_close_together_share_every_rank() -> None:
    found = ranking([0.50, 0.51, 0.52], 0.01 * np.eye(3))

    assert [(one.low, one.high) for one in found.intervals] == [(1, 3)] * 3
    assert found.top == ("m0", "m1", "m2")


def test_pairing_separates_what_varies_together() -> None:
    apart, together = 1e-4 * np.eye(2), 1e-4 * np.array([[1, 0.999], [0.999, 1]])

    assert ranked([0.50, 0.51], apart) == [(1, 2), (1, 2)]
    assert ranked([0.50, 0.51], together) == [(2, 2), (1, 1)]


def test_two_models_are_separated_at_two_standard_errors() -> None:
    spread = np.diag([0.5e-4, 0.5e-4])

    assert ranked([0.50, 0.5185], spread) == [(1, 2), (1, 2)]
    assert ranked([0.50, 0.5215], spread) == [(2, 2), (1, 1)]
    assert ranking([0.5, 0.5], spread).critical == pytest.approx(1.96, abs=0.06)


def test_exact_duplicates_tie_and_share_the_chance_to_be_best() -> None:
    found = ranking([0.5, 0.5, 0.1], 1e-6 * np.array([[1, 1, 0], [1, 1, 0], [0, 0, 1]]))

    assert [(one.low, one.high) for one in found.intervals] == [(1, 2), (1, 2), (3, 3)]
    assert [one.p_best for one in found.intervals] == pytest.approx([0.5, 0.5, 0.0], abs=0.03)


def test_without_any_variance_equal_means_tie_and_others_are_separated() -> None:
    found = ranking([1.0, 1.0, 0.0], np.zeros((3, 3)))

    assert [(one.low, one.high) for one in found.intervals] == [(1, 2), (1, 2), (3, 3)]
    assert [one.p_best for one in found.intervals] == [0.5, 0.5, 0.0]


def test_rounding_separates_nobody() -> None:
    assert ranked([0.1 + 0.2, 0.3], np.zeros((2, 2))) == [(1, 2), (1, 2)]


def test_chances_to_be_best_add_up() -> None:
    found = ranking([0.5, 0.51, 0.49, 0.3], 1e-4 * np.eye(4))

    assert sum(one.p_best for one in found.intervals) == pytest.approx(1.0)
    assert found.intervals[1].p_best > found.intervals[0].p_best > found.intervals[3].p_best


def test_neither_names_nor_order_move_a_rank() -> None:
    rng = np.random.default_rng(3)
    root = rng.random((20, 20)) / 100
    means, spread, order = rng.random(20), root @ root.T, rng.permutation(20)
    first = rank_intervals(means, spread, keys=[f"m{i:02}" for i in range(20)], seed=9)

    renamed = rank_intervals(
        means[order], spread[np.ix_(order, order)], keys=[f"z{99 - i}" for i in order], seed=9
    )

    expected = [(first.intervals[i].low, first.intervals[i].high) for i in order]
    assert [(one.low, one.high) for one in renamed.intervals] == expected
    assert renamed.critical == pytest.approx(first.critical, rel=1e-4)


def test_the_same_seed_gives_the_same_ranks() -> None:
    spread = 1e-4 * np.eye(3)

    assert ranking([0.5, 0.51, 0.52], spread) == ranking([0.5, 0.51, 0.52], spread)


def test_variances_alone_take_bonferronis_value() -> None:
    found = ranking([0.5, 0.6, 0.7], [1e-4, 1e-4, 1e-4])
    full = ranking([0.5, 0.6, 0.7], 1e-4 * np.eye(3))

    assert found.critical == pytest.approx(2.394, abs=1e-3)
    assert full.critical < found.critical
    assert ranked([0.5, 0.6, 0.7], [1e-4] * 3) == [(3, 3), (2, 2), (1, 1)]


def test_a_matrix_that_rounding_spoilt_is_mended() -> None:
    spoilt = np.array([[1.0, 1.1], [1.1, 1.0]])

    root = square_root(spoilt)

    assert np.isfinite(root).all()
    assert root @ root.T == pytest.approx(np.full((2, 2), 1.05))
    assert len(ranking([0.1, 0.2], spoilt).intervals) == 2


def test_largest_gaps_are_those_of_the_plain_formula() -> None:
    rng = np.random.default_rng(4)
    root = rng.random((7, 7))
    spread, errors = root @ root.T, rng.standard_normal((7, 600)).astype(np.float32)
    size = np.diagonal(spread)
    se = np.sqrt(size[:, None] + size - 2 * spread) + np.diag([np.inf] * 7)

    found = largest_gaps(errors, spread)

    plain = (np.abs(errors[:, None] - errors[None]) / se[..., None]).max(axis=1)
    assert found == pytest.approx(plain, rel=1e-4)


def test_groups_open_at_an_anchor() -> None:
    means, spread = [0.50, 0.47, 0.60, 0.58, 0.55], 1e-4 * np.eye(5)

    # An anchor holds what is within 3 * sqrt(2) hundredths: 60 holds 58 but not 55.
    assert separated_groups(means, spread, critical=3.0) == [3, 3, 1, 1, 2]


def test_every_group_of_equals_is_one() -> None:
    assert separated_groups([0.5, 0.5], np.zeros((2, 2)), critical=2.0) == [1, 1]
    assert separated_groups([0.5, 0.4], np.zeros((2, 2)), critical=2.0) == [1, 2]


@pytest.mark.parametrize(
    ("means", "spread"),
    [
        ([float("nan"), 0.1], np.eye(2)),
        ([0.1, 0.2], np.array([[float("inf"), 0], [0, 1]])),
        ([0.1, 0.2], np.eye(3)),
        ([0.1, 0.2], -np.eye(2)),
    ],
)
def test_what_does_not_fit_is_refused(means: list[float], spread: NDArray[np.float64]) -> None:
    with pytest.raises(ValueError, match=r"NaN|shape|negative"):
        ranking(means, spread)


def test_a_key_twice_is_refused() -> None:
    with pytest.raises(ValueError, match="twice"):
        rank_intervals([0.1, 0.2], np.eye(2), keys=["a", "a"], seed=1)
