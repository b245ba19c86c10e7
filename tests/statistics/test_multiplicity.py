"""Holm, bold cells and seeds."""

import numpy as np
import pytest

from scoring.statistics import bold_cells, derive_seed, holm


def test_holm_by_hand() -> None:
    # Sorted .01 .02 .03 .04, times 4 3 2 1, never falling.
    assert holm([0.04, 0.01, 0.03, 0.02]) == pytest.approx([0.06, 0.04, 0.06, 0.06])
    assert holm([0.001, 0.9, 0.6]) == pytest.approx([0.003, 1.0, 1.0])
    assert holm([]) == []


@pytest.mark.parametrize("bad", [float("nan"), float("inf"), -0.1, 1.2])
def test_holm_refuses_what_is_no_p(bad: float) -> None:
    with pytest.raises(ValueError, match="p-values"):
        holm([0.5, bad])


def test_bold_is_whatever_the_best_does_not_beat() -> None:
    assert bold_cells([0.60, 0.58, 0.40], [0.0004, 0.0004, 0.0004]) == [True, True, False]


def test_holm_over_the_column_keeps_more_cells_bold() -> None:
    alone = bold_cells([0.60, 0.56], [0.00025, 0.00025])
    among = bold_cells([0.60, 0.56, 0.56, 0.56], [0.00025] * 4)

    assert alone == [True, False]
    assert among == [True, True, True, True]


def test_common_examples_separate_more() -> None:
    spread = 4e-4 * np.array([[1, 0.95], [0.95, 1]])

    assert bold_cells([0.60, 0.57], np.diagonal(spread)) == [True, True]
    assert bold_cells([0.60, 0.57], spread) == [True, False]


def test_without_variance_only_equals_are_bold() -> None:
    assert bold_cells([1.0, 1.0, 0.0], [0.0, 0.0, 0.0]) == [True, True, False]
    assert bold_cells([], []) == []
    assert bold_cells([0.2], [0.1]) == [True]


def test_bold_refuses_nan() -> None:
    with pytest.raises(ValueError, match="NaN"):
        bold_cells([0.1, float("nan")], [0.1, 0.1])


def test_a_seed_depends_on_every_part_and_on_where_it_ends() -> None:
    seeds = [derive_seed("ab", "c"), derive_seed("a", "bc"), derive_seed("c", "ab"), derive_seed(1)]

    assert len(set(seeds)) == 4
    assert all(0 <= seed < 2**48 for seed in seeds)
    assert derive_seed("kimi", "chatglm3", 3) == derive_seed("kimi", "chatglm3", "3")


def test_a_seed_stays_what_it_was() -> None:
    assert derive_seed("chatglm3", "kimi") == 19914408702811


def test_a_seed_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="derived"):
        derive_seed()
