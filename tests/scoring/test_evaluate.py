"""A task's mean, scores and outcomes, and the work that scorers share."""

import pytest

from scoring import SCORERS, Outcome
from scoring.evaluate import evaluate_task
from scoring.types import Rule, Scorer

ALL = list(SCORERS.values())


def test_a_missing_prediction_counts_and_is_worth_nothing() -> None:
    score = evaluate_task(
        "passkey", predictions=["71432", None], answers=["71432", "71433"], scorers=ALL
    )["portal-1"]

    assert (score.task, score.scorer) == ("passkey", "portal-1")
    assert (score.n, score.answered, score.mean, score.scores) == (2, 1, 0.5, (1.0, 0.0))
    assert score.outcomes == (Outcome.RIGHT, Outcome.MISSING)


def test_the_mean_is_a_plain_sum_from_left_to_right() -> None:
    scorer = Scorer("x", "", "", "", {"t": Rule(lambda prediction, _: float(prediction))})

    score = evaluate_task("t", predictions=["0.1"] * 10, answers=[0] * 10, scorers=[scorer])["x"]

    assert score.mean == 0.9999999999999999 / 10


def test_scorers_that_share_a_measure_share_its_work() -> None:
    calls = []

    def measure(prediction: str, _: object) -> float:
        calls.append(prediction)
        return 1.0

    scorers = [Scorer(name, "", "", "", {"t": Rule(measure)}) for name in ("a", "b", "c")]
    scores = evaluate_task("t", predictions=["x", "y"], answers=[1, 2], scorers=scorers)

    assert calls == ["x", "y"]
    assert list(scores) == ["a", "b", "c"]


def test_summaries_are_measured_once_for_all_scorers() -> None:
    measures = {scorer.rules["longbook_sum_eng"].measure for scorer in ALL}

    assert len(measures) == 1


@pytest.mark.parametrize(
    ("scorer", "declared", "undeclared"),
    [("official-2024-06", 1.0, 0.0), ("official-2024-09", 1.0, 0.0), ("portal-1", 1.0, 1.0)],
)
def test_an_echo_is_dropped_where_it_is_declared(
    scorer: str, declared: float, undeclared: float
) -> None:
    def mean(*, drop_first_number: bool) -> float:
        return evaluate_task(
            "math_calc",
            predictions=["76, 79, 59"],
            answers=[[79, 59]],
            scorers=ALL,
            drop_first_number=drop_first_number,
        )[scorer].mean

    assert (mean(drop_first_number=True), mean(drop_first_number=False)) == (declared, undeclared)


def test_no_answers_and_odd_lengths_are_refused() -> None:
    with pytest.raises(ValueError, match="without answers"):
        evaluate_task("passkey", predictions=[], answers=[], scorers=ALL)
    with pytest.raises(ValueError, match="do not fit"):
        evaluate_task("passkey", predictions=["1"], answers=["1", "2"], scorers=ALL)
