"""Stored predictions to task scores; knows nothing of status or queue."""

import gzip
import zlib

from scoring import TaskScore
from submissions.files import DamagedFile
from submissions.models import Failure, Submission, TaskPredictions
from submissions.predictions import read_predictions
from workers.confined import OutOfMemory, OutOfTime, score_task
from workers.references import answers


class EvaluationFailed(Exception):
    """An evaluation cannot end with scores; carries why, for its row."""

    def __init__(self, failure: Failure, reason: str) -> None:
        super().__init__(reason)
        self.failure = failure
        self.reason = reason


class StorageAway(EvaluationFailed):
    """The files cannot be read just now, whatever they are: later they may."""

    def __init__(self, reason: str) -> None:
        super().__init__(Failure.STORAGE_AWAY, reason)


def evaluate_submission(submission: Submission) -> dict[str, dict[str, TaskScore]]:
    """Score every task of a submission with every scorer of its suite.

    Returns:
        Scores by task, then by scorer.

    Raises:
        EvaluationFailed: if a stored file is missing or damaged, or at a limit of time or memory.
        StorageAway: if the storage does not give what it may well have.
    """
    scores = {}
    for stored in submission.tasks.all():
        predictions = _read(stored)
        try:
            scores[stored.task] = score_task(
                submission.release.suite,
                stored.task,
                predictions=predictions,
                answers=answers(submission.release, stored.task),
                drop_first_number=submission.drop_first_number,
            )
        except OutOfTime as error:
            raise EvaluationFailed(Failure.TIMEOUT, str(error)) from error
        except OutOfMemory as error:
            raise EvaluationFailed(Failure.MEMORY, str(error)) from error
    return scores


def _read(stored: TaskPredictions) -> list[str | None]:
    try:
        return read_predictions(stored)
    # What gzip says of bytes is an OSError too.
    except (DamagedFile, ValueError, EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise EvaluationFailed(Failure.STORED_FILE, str(error)) from error
    except OSError as error:
        # Its own words name a path or an address of ours; people read this.
        raise StorageAway(f"the storage gave no file: {type(error).__name__}") from error
