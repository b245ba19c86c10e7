"""Variance of a mean: worked by hand, three ways."""

import numpy as np
import pytest

from scoring.statistics import task_variance

HALF_RIGHT = [1.0, 1.0, 0.0, 0.0]


def test_plain_is_the_sample_variance_over_n() -> None:
    found = task_variance(HALF_RIGHT)

    assert found.variance == pytest.approx((1 / 3) / 4)
    assert (found.method, found.clusters_known, found.degrees_of_freedom) == ("plain", False, None)


def test_clusters_by_hand() -> None:
    # Sums of deviations are 1 and -1: 2/(2-1) * (1 + 1) / 16.
    found = task_variance(HALF_RIGHT, clusters=["a", "a", "b", "b"])

    assert found.variance == pytest.approx(0.25)
    assert (found.method, found.clusters_known, found.degrees_of_freedom) == ("clusters", True, 1)


def test_contexts_of_one_example_are_the_plain_variance() -> None:
    scores = [0.1, 0.7, 0.3, 1.0, 0.0]

    clustered = task_variance(scores, clusters=range(5)).variance

    assert clustered == pytest.approx(task_variance(scores).variance)


def test_strata_by_hand() -> None:
    # Strata {1, 0} and {1, 1, 0}: (2/5)^2 * (1/2)/2 + (3/5)^2 * (1/3)/3.
    found = task_variance([1, 0, 1, 1, 0], strata=["x", "x", "y", "y", "y"])

    assert found.variance == pytest.approx(0.16 * 0.25 + 0.36 / 9)
    assert found.method == "strata"


def test_strata_that_explain_everything_leave_nothing() -> None:
    assert task_variance(HALF_RIGHT, strata=[1, 1, 2, 2]).variance == 0.0


def test_a_stratum_of_one_borrows_the_tasks_variance() -> None:
    # Stratum {1, 0} gives (2/3)^2 * (1/2)/2, the single one (1/3)^2 * v with v = 1/3.
    found = task_variance([1, 0, 1], strata=["x", "x", "alone"])

    assert found.variance == pytest.approx(4 / 9 / 4 + (1 / 9) * (1 / 3))


def test_strata_of_one_each_are_the_plain_variance() -> None:
    scores = [0.1, 0.7, 0.3, 1.0]

    found = task_variance(scores, strata=range(4)).variance

    assert found == pytest.approx(task_variance(scores).variance)


@pytest.mark.parametrize("labels", [{}, {"clusters": ["a"]}, {"strata": ["a"]}])
def test_one_example_has_the_largest_variance_there_is(labels: dict[str, list[str]]) -> None:
    assert task_variance([1.0], clusters=labels.get("clusters"), strata=labels.get("strata")) == (
        task_variance([0.0], clusters=labels.get("clusters"), strata=labels.get("strata"))
    )
    assert task_variance([1.0]).variance == 0.25


def test_two_kinds_of_labels_are_refused() -> None:
    with pytest.raises(ValueError, match="not both"):
        task_variance(HALF_RIGHT, clusters=range(4), strata=range(4))


def test_labels_that_do_not_fit_are_refused() -> None:
    with pytest.raises(ValueError, match="do not fit"):
        task_variance(HALF_RIGHT, clusters=range(3))


@pytest.mark.parametrize("bad", [[], [[0.5]], [float("nan")], [2.0]])
def test_what_is_no_list_of_fractions_is_refused(bad: list[float]) -> None:
    with pytest.raises(ValueError, match="scores"):
        task_variance(bad)


def test_the_formula_is_the_variance_of_repeated_draws() -> None:
    rng = np.random.default_rng(7)
    depth = np.repeat([0.9, 0.5, 0.1], 40)
    draws = (rng.random((3_000, 120)) < depth).astype(float)

    formula = np.mean([task_variance(row, strata=depth.tolist()).variance for row in draws])

    assert formula == pytest.approx(draws.mean(axis=1).var(), rel=0.1)
