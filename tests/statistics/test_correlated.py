"""Covariance of models: common examples count, others never."""

import numpy as np
import pytest

from scoring.statistics import ItemSet, MissingTasks, correlated, covariance, macro
from tests.statistics.make import SIZES, answers, means_of, model, variances_of, with_sets

TASKS = tuple(SIZES)


def test_the_diagonal_is_the_macros_variance() -> None:
    models = [model("a", seed=1), model("b", seed=2, p=0.8)]

    found = covariance(models, tasks=TASKS).values

    for row, one in enumerate(models):
        se = macro(means_of(one), variances_of(one), tasks=TASKS).se
        assert found[row, row] == pytest.approx(se**2)


def test_one_task_is_numpys_covariance() -> None:
    scores = np.random.default_rng(1).random((3, 40))
    models = [with_sets(str(row), scores[row], ItemSet("same")) for row in range(3)]

    found = covariance(models, tasks=["only"]).values

    assert found == pytest.approx(np.cov(scores) / 40)


def test_other_item_sets_are_never_paired() -> None:
    scores = answers(50, p=0.5, seed=1)
    models = [with_sets("a", scores, ItemSet("one")), with_sets("b", scores, ItemSet("two"))]

    found = covariance(models, tasks=["only"]).values

    assert found[0, 1] == found[1, 0] == 0.0
    assert found[0, 0] > 0.0


def test_sets_that_share_examples_are_paired_over_these() -> None:
    rng = np.random.default_rng(2)
    left, right = rng.random(30), rng.random(30)
    one = ItemSet("one", item_keys=[f"q{i}" for i in range(30)])
    two = ItemSet("two", item_keys=[f"q{i}" for i in range(39, 9, -1)])
    models = [with_sets("a", left, one), with_sets("b", right, two)]

    found = covariance(models, tasks=["only"]).values

    shared = sum((left[i] - left.mean()) * (right[39 - i] - right.mean()) for i in range(10, 30))
    assert found[0, 1] == found[1, 0] == pytest.approx(shared / (30 * 29))


@pytest.mark.parametrize("labels", ["clusters", "strata", "plain"])
def test_the_same_examples_in_another_order_are_the_same_set(labels: str) -> None:
    rng = np.random.default_rng(3)
    scores, order = rng.random((2, 24)), rng.permutation(24)
    marks = [min(i // 5, 4) if i < 23 else "single" for i in range(24)]
    keys = [f"q{i}" for i in range(24)]

    def item_set(name: str, places: list[int]) -> ItemSet:
        marked = [marks[i] for i in places]
        return ItemSet(
            name,
            item_keys=[keys[i] for i in places],
            clusters=marked if labels == "clusters" else None,
            strata=marked if labels == "strata" else None,
        )

    together = [with_sets(str(j), scores[j], item_set("same", list(range(24)))) for j in range(2)]
    apart = [together[0], with_sets("1", scores[1][order], item_set("moved", order.tolist()))]

    expected = covariance(together, tasks=["only"]).values
    assert covariance(apart, tasks=["only"]).values == pytest.approx(expected)


def test_no_eigenvalue_is_negative_whatever_overlaps() -> None:
    rng = np.random.default_rng(4)
    models = []
    for number in range(12):
        chosen = rng.choice(30, size=int(rng.integers(2, 20)), replace=False)
        item_set = ItemSet(f"set {number}", item_keys=[f"q{i}" for i in chosen])
        models.append(with_sets(str(number), rng.integers(0, 2, chosen.size), item_set))

    values = np.linalg.eigvalsh(covariance(models, tasks=["only"]).values)

    assert values.min() > -1e-12


def test_an_item_key_twice_is_refused() -> None:
    one = with_sets("a", [0.0, 1.0], ItemSet("one", item_keys=["q", "q"]))

    with pytest.raises(ValueError, match="twice"):
        covariance([one], tasks=["only"])


def test_lengths_of_one_item_set_are_alike() -> None:
    models = [with_sets("a", [0.0, 1.0], ItemSet("x")), with_sets("b", [0.0], ItemSet("x"))]

    with pytest.raises(ValueError, match="as many"):
        covariance(models, tasks=["only"])


def test_a_model_without_a_task_has_no_covariance() -> None:
    with pytest.raises(MissingTasks, match="find"):
        covariance([with_sets("a", [1.0], ItemSet("x"))], tasks=["only", "find"])


def test_nan_is_refused() -> None:
    with pytest.raises(ValueError, match="NaN"):
        covariance([with_sets("a", [float("nan"), 1.0], ItemSet("x"))], tasks=["only"])


def test_above_the_limit_variances_alone_and_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    models = [model("a", seed=1), model("b", seed=2), model("c", seed=3)]
    full = covariance(models, tasks=TASKS)
    monkeypatch.setattr(correlated, "MAX_MODELS_WITH_COVARIANCE", 2)

    alone = covariance(models, tasks=TASKS)

    assert (full.is_independent, alone.is_independent) == (False, True)
    assert alone.values == pytest.approx(np.diagonal(full.values))


def test_one_example_makes_models_independent_not_alike() -> None:
    models = [with_sets("a", [1.0], ItemSet("x")), with_sets("b", [0.0], ItemSet("x"))]

    assert covariance(models, tasks=["only"]).values == pytest.approx(0.25 * np.eye(2))
