"""Predictions beside references, in; the scores of one task under every scorer, out."""

from collections.abc import Sequence

from scoring.types import Json, Judgement, Measure, Outcome, Scorer, TaskScore, judge_with

_MISSING = Judgement(0.0, Outcome.MISSING)


def evaluate_task(
    task_slug: str,
    *,
    predictions: Sequence[str | None],
    answers: Sequence[Json],
    scorers: Sequence[Scorer],
    drop_first_number: bool = False,
) -> dict[str, TaskScore]:
    """Score one task under each scorer; an example without a prediction (None) is worth 0.

    Scorers that share a measure share its work, since a summary takes milliseconds.

    Args:
        task_slug: A task that every one of the scorers has.
        predictions: One an example, in the order of the answers.
        answers: Canonical answers, or references as a predictions file has them.
        scorers: The scorers to apply.
        drop_first_number: Declares that the model repeats the first operand in Math.Calc.

    Raises: UnknownTask; ValueError, where there are no answers or the lengths differ.
    """
    if not answers:
        raise ValueError("A task without answers has no score.")
    if len(predictions) != len(answers):
        raise ValueError(f"{len(predictions)} predictions do not fit {len(answers)} answers.")
    measures = {
        scorer.name: scorer.measure(task_slug, drop_first_number=drop_first_number)
        for scorer in scorers
    }
    judged = {
        measure: _judge_all(measure, predictions, answers)
        for measure in dict.fromkeys(measures.values())
    }
    answered = sum(prediction is not None for prediction in predictions)
    return {
        name: _task_score(task_slug, name, judged[measure], answered)
        for name, measure in measures.items()
    }


def _judge_all(
    measure: Measure, predictions: Sequence[str | None], answers: Sequence[Json]
) -> list[Judgement]:
    return [
        _MISSING if prediction is None else judge_with(measure, prediction, answer)
        for prediction, answer in zip(predictions, answers, strict=True)
    ]


def _task_score(
    task_slug: str, scorer: str, judgements: list[Judgement], answered: int
) -> TaskScore:
    total = 0.0
    for judgement in judgements:
        # Not sum(): from Python 3.12 on it compensates, and the last bit would differ.
        total += judgement.score
    return TaskScore(
        task=task_slug,
        scorer=scorer,
        n=len(judgements),
        answered=answered,
        mean=total / len(judgements),
        scores=tuple(judgement.score for judgement in judgements),
        outcomes=tuple(judgement.outcome for judgement in judgements),
    )
