"""Averages over tasks, and their absence where a task is missing."""

import pytest

from scoring.statistics import (
    MissingTasks,
    bounds,
    chance_adjusted,
    discriminates,
    family_average,
    macro,
    without,
)

TASKS = ("sum", "choice", "find", "key")
MEANS = {"sum": 0.2, "choice": 0.4, "find": 0.6, "key": 1.0}
VARIANCES = {"sum": 0.0004, "choice": 0.0016, "find": 0.0016, "key": 0.0}


def test_macro_by_hand() -> None:
    found = macro(MEANS, VARIANCES, tasks=TASKS)

    assert found.value == pytest.approx(0.55)
    assert found.se == pytest.approx(0.015)
    assert found.interval.low == pytest.approx(0.55 - 1.959964 * 0.015)


def test_weights_count() -> None:
    weights = {"sum": 1.0, "choice": 0.0, "find": 0.0, "key": 0.0}

    found = macro(MEANS, VARIANCES, tasks=TASKS, weights=weights)

    assert (found.value, found.se) == pytest.approx((0.2, 0.02))


def test_weights_that_do_not_add_up_are_refused() -> None:
    with pytest.raises(ValueError, match="add up"):
        macro(MEANS, VARIANCES, tasks=TASKS, weights=dict.fromkeys(TASKS, 0.3))


def test_an_interval_stays_among_fractions() -> None:
    found = macro({"a": 0.99}, {"a": 0.01}, tasks=["a"])

    assert found.interval.high == 1.0


@pytest.mark.parametrize("bad", [float("nan"), float("inf"), -1.0])
def test_no_nan_in_means_or_variances(bad: float) -> None:
    with pytest.raises(ValueError, match=r"NaN|fraction"):
        macro({**MEANS, "sum": bad}, VARIANCES, tasks=TASKS)
    with pytest.raises(ValueError, match=r"NaN|negative"):
        macro(MEANS, {**VARIANCES, "sum": bad}, tasks=TASKS)


def test_no_average_over_missing_tasks() -> None:
    some = {"sum": 0.2, "key": 1.0}
    families = dict.fromkeys(TASKS, "all")

    for average in (
        lambda: macro(some, VARIANCES, tasks=TASKS),
        lambda: family_average(some, families),
        lambda: chance_adjusted(some, dict.fromkeys(TASKS, 0.0)),
        lambda: without(some, "find", tasks=TASKS),
    ):
        with pytest.raises(MissingTasks, match="choice"):
            average()


def test_missing_tasks_leave_bounds() -> None:
    found = bounds({"sum": 0.2, "key": 1.0}, tasks=TASKS)

    assert (found.low, found.high) == pytest.approx((0.3, 0.8))


def test_bounds_of_a_whole_model_are_its_macro() -> None:
    found = bounds(MEANS, tasks=TASKS)

    assert found.low == found.high == pytest.approx(0.55)


def test_a_task_of_another_suite_is_refused() -> None:
    with pytest.raises(ValueError, match="stranger"):
        bounds({"stranger": 1.0}, tasks=TASKS)


def test_families_count_alike() -> None:
    families = {"sum": "En", "choice": "En", "find": "Math", "key": "Retrieve"}

    assert family_average(MEANS, families) == pytest.approx((0.3 + 0.6 + 1.0) / 3)


def test_a_guesser_earns_nothing_and_never_less() -> None:
    chance = {"sum": 0.25, "choice": 0.25, "find": 0.0, "key": 0.0}

    assert chance_adjusted(MEANS, chance) == pytest.approx((0.0 + 0.2 + 0.6 + 1.0) / 4)
    with pytest.raises(ValueError, match="guesser"):
        chance_adjusted(MEANS, {**chance, "key": 1.0})


def test_without_one_task() -> None:
    assert without(MEANS, "key", tasks=TASKS) == pytest.approx(0.4)


def test_a_saturated_task_does_not_discriminate() -> None:
    assert not discriminates([1.0, 0.998, 1.0], [0.0, 4e-6, 0.0])
    assert not discriminates([1.0, 1.0], [0.0, 0.0])
    assert not discriminates([0.5], [0.1])
    assert discriminates([0.1, 0.5, 0.9], [0.001] * 3)
