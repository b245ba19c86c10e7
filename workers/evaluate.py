"""Stored predictions to task scores; knows nothing of status or queue."""

import zlib

from scoring import SUITES, TaskScore
from scoring.evaluate import evaluate_task
from submissions.files import DamagedFile
from submissions.models import Failure, Submission
from submissions.predictions import read_predictions
from workers.references import answers


class EvaluationFailed(Exception):
    """An evaluation cannot end with scores; carries why, for its row."""

    def __init__(self, failure: Failure, reason: str) -> None:
        super().__init__(reason)
        self.failure = failure
        self.reason = reason


def evaluate_submission(submission: Submission) -> dict[str, dict[str, TaskScore]]:
    """Score every task of a submission with every scorer of its suite.

    Returns:
        Scores by task, then by scorer.

    Raises:
        EvaluationFailed: if a stored file is missing or damaged.
    """
    suite = SUITES[submission.release.suite]
    scores = {}
    for stored in submission.tasks.all():
        try:
            predictions = read_predictions(stored)
        except (DamagedFile, ValueError, OSError, zlib.error) as error:
            raise EvaluationFailed(Failure.STORED_FILE, str(error)) from error
        scores[stored.task] = evaluate_task(
            stored.task,
            predictions=predictions,
            answers=answers(submission.release, stored.task),
            scorers=suite.scorers,
            drop_first_number=submission.drop_first_number,
        )
    return scores
