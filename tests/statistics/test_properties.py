"""What must not matter does not, and a right answer never hurts."""

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.statistics import (
    Interval,
    ItemSet,
    ModelScores,
    bounds,
    chance_adjusted,
    covariance,
    family_average,
    macro,
    pair,
    paired_macro,
    paired_task,
    rank_intervals,
    task_interval,
    without,
)
from tests.statistics.make import SIZES, macro_mean, means_of, model, variances_of, with_sets

TASKS = tuple(SIZES)
binary = st.lists(st.sampled_from([0.0, 1.0]), min_size=2, max_size=60)
fractions = st.lists(st.floats(0, 1, allow_subnormal=False), min_size=2, max_size=60)


def close(one: Interval, other: Interval) -> bool:
    return (one.low, one.high) == pytest.approx((other.low, other.high), abs=1e-7)


@given(fractions, st.integers(0, 2**32 - 1), st.sampled_from(["plain", "clusters", "strata"]))
def test_the_order_of_examples_changes_no_interval(
    scores: list[float], seed: int, kind: str
) -> None:
    order = np.random.default_rng(seed).permutation(len(scores))
    labels = [i // 3 for i in range(len(scores))]

    def interval(places: Sequence[int]) -> Interval:
        marks = [labels[i] for i in places]
        return task_interval(
            [round(scores[i], 3) for i in places],
            is_binary=False,
            clusters=marks if kind == "clusters" else None,
            strata=marks if kind == "strata" else None,
        )

    assert close(interval(range(len(scores))), interval(order.tolist()))


@given(st.integers(0, 2**32 - 1))
def test_the_order_of_examples_changes_no_difference(seed: int) -> None:
    rng = np.random.default_rng(seed)
    a, b = rng.integers(0, 2, (2, 30)).astype(float)
    order = rng.permutation(30)

    one = paired_task(a, b, is_binary=True)
    moved = paired_task(a[order], b[order], is_binary=True)

    assert (one.b, one.c, one.p) == (moved.b, moved.c, moved.p)
    assert close(one.interval, moved.interval)


def test_an_unrelated_model_changes_no_interval() -> None:
    a, b, stranger = model("a", seed=1, p=0.6), model("b", seed=2), model("stranger", seed=3)
    before = covariance([a, b], tasks=TASKS).values

    after = covariance([a, stranger, b], tasks=TASKS).values

    assert after[np.ix_([0, 2], [0, 2])] == pytest.approx(before, rel=1e-12)


def test_renaming_changes_no_interval() -> None:
    a, b = model("a", seed=1), model("b", seed=2)
    renamed = ModelScores("z", a.scores, a.item_sets)

    assert paired_macro(pair(a, b, tasks=TASKS)) == paired_macro(pair(renamed, b, tasks=TASKS))
    assert covariance([a, b], tasks=TASKS).values.tolist() == (
        covariance([renamed, b], tasks=TASKS).values.tolist()
    )


def test_the_order_of_examples_changes_no_rank() -> None:
    rng = np.random.default_rng(6)
    scores = (rng.random((15, 80)) < rng.random(80)).astype(float)
    found = []
    for order in (np.arange(80), rng.permutation(80)):
        models = [with_sets(f"m{j}", scores[j][order], ItemSet("x")) for j in range(15)]
        spread = covariance(models, tasks=["only"]).values
        means = [macro_mean(one) for one in models]
        found.append(rank_intervals(means, spread, keys=[m.key for m in models], seed=4))

    first, second = found
    assert [(r.low, r.high) for r in first.intervals] == [(r.low, r.high) for r in second.intervals]


@given(binary, st.data())
def test_a_right_answer_lowers_nothing(scores: list[float], data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(scores) - 1))
    better = [*scores[:at], 1.0, *scores[at + 1 :]]

    before, after = (task_interval(x, is_binary=True) for x in (scores, better))

    assert after.low >= before.low
    assert after.high >= before.high


@given(st.integers(0, 2**32 - 1), st.sampled_from(TASKS))
def test_a_right_answer_lowers_no_average(seed: int, task: str) -> None:
    one = model("a", seed=seed)
    scores = one.scores[task].copy()
    scores[int(scores.argmin())] = 1.0
    better = ModelScores("a", {**one.scores, task: scores}, one.item_sets)
    chance = {"calc": 0.25, "run": 0.0, "find": 0.25}
    families = {"calc": "Math", "find": "Math", "run": "Code"}

    before, after = means_of(one), means_of(better)

    assert (
        macro(after, variances_of(better), tasks=TASKS).value
        >= macro(before, variances_of(one), tasks=TASKS).value
    )
    assert family_average(after, families) >= family_average(before, families)
    assert chance_adjusted(after, chance) >= chance_adjusted(before, chance)
    assert without(after, "calc", tasks=TASKS) >= without(before, "calc", tasks=TASKS)
    assert bounds(after, tasks=TASKS).low >= bounds(before, tasks=TASKS).low
