"""The published predictions: what is known of them comes out again."""

import numpy as np
import pytest

from scoring.statistics import (
    ItemSet,
    MissingTasks,
    ModelScores,
    bounds,
    covariance,
    derive_seed,
    macro,
    pair,
    paired_bootstrap,
    paired_macro,
    sign_flip,
)
from tests.data import TASKS
from tests.statistics.make import means_of, published, variances_of

pytestmark = pytest.mark.needs_data

# Pairs of tasks and models near enough that a p is neither 0 nor 1, and one that is not.
CLOSE = [
    ("gpt4", "kimi", ("longbook_choice_eng", "longdialogue_qa_eng")),
    ("kimi", "yarn-mistral", ("longdialogue_qa_eng", "code_debug", "code_run")),
    ("chatglm3", "yarn-mistral", ("passkey", "longdialogue_qa_eng")),
    ("chatglm3", "kimi", tuple(task for task in TASKS if task != "longbook_qa_chn")),
]


def test_a_missing_task_gives_bounds_and_never_a_macro() -> None:
    yarn = means_of(published("yarn-mistral"))

    naive = float(np.mean(list(yarn.values())))
    found = bounds(yarn, tasks=TASKS)

    # The mean of eleven tasks would stand above Yi-6B-200K's 22.9 % of twelve.
    assert naive == pytest.approx(0.2298, abs=1e-4)
    assert (found.low, found.high) == pytest.approx((0.2106, 0.2940), abs=1e-4)
    with pytest.raises(MissingTasks, match="math_calc"):
        macro(yarn, variances_of(published("yarn-mistral")), tasks=TASKS)
    with pytest.raises(MissingTasks, match="math_calc"):
        covariance([published("gpt4"), published("yarn-mistral")], tasks=TASKS)


@pytest.mark.parametrize(
    ("name", "value", "se"),
    [("gpt4", 0.4568, 0.0053), ("kimi", 0.3466, 0.0047), ("chatglm3", 0.1732, 0.0031)],
)
def test_macro_averages(name: str, value: float, se: float) -> None:
    one = published(name)

    found = macro(means_of(one), variances_of(one), tasks=TASKS)

    assert (found.value, found.se) == pytest.approx((value, se), abs=1e-4)


@pytest.mark.parametrize(("left", "right", "tasks"), CLOSE)
def test_formula_bootstrap_and_permutation_agree(
    left: str, right: str, tasks: tuple[str, ...]
) -> None:
    pairing = pair(published(left), published(right), tasks=tasks)
    seed = derive_seed(left, right)

    closed = paired_macro(pairing)
    drawn = paired_bootstrap(pairing, seed=seed)
    flipped = sign_flip(pairing, seed=seed)

    assert pairing.left_out == ()
    assert drawn.se == pytest.approx(closed.se, rel=0.03)
    assert drawn.interval.low == pytest.approx(closed.interval.low, abs=0.12 * closed.se)
    assert drawn.interval.high == pytest.approx(closed.interval.high, abs=0.12 * closed.se)
    assert drawn.p == pytest.approx(closed.p, abs=0.02)
    assert flipped.p == pytest.approx(closed.p, abs=0.03)


@pytest.mark.parametrize("other", ["kimi", "chatglm3", "yarn-mistral"])
def test_gpt4s_key_values_are_paired_with_nobodys(other: str) -> None:
    ours, theirs = published("gpt4"), published(other)

    found = pair(ours, theirs, tasks=TASKS)

    assert "kv_retrieval" in found.left_out
    assert "kv_retrieval" not in {one.task for one in found.tasks}
    assert "kv_retrieval" not in paired_macro(found).tasks


def test_gpt4s_key_values_add_no_covariance() -> None:
    two = [published("gpt4"), published("kimi")]
    as_if = [
        ModelScores(one.key, one.scores, {**one.item_sets, "kv_retrieval": ItemSet("alike")})
        for one in two
    ]

    apart = covariance(two, tasks=["kv_retrieval"]).values
    wrongly = covariance(as_if, tasks=["kv_retrieval"]).values

    assert apart[0, 1] == 0.0
    assert wrongly[0, 1] != 0.0
    assert np.diagonal(apart) == pytest.approx(np.diagonal(wrongly))
