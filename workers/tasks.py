"""Celery's doors: each translates a message and makes one call."""

import logging
import os
import socket

from billiard.exceptions import SoftTimeLimitExceeded
from celery import shared_task
from django.utils import timezone

from submissions import queue, record
from submissions.limits import EVALUATION_SECONDS
from submissions.models import Failure
from submissions.ranking import read_board, store_intervals
from workers.evaluate import EvaluationFailed, evaluate_submission
from workers.heartbeat import keep_lease

logger = logging.getLogger(__name__)


def _worker_name() -> str:
    return f"{socket.gethostname()}:{os.getpid()}"


@shared_task(
    name="workers.evaluate",
    acks_late=True,
    ignore_result=True,
    soft_time_limit=EVALUATION_SECONDS,
    time_limit=EVALUATION_SECONDS + 60,
)
def evaluate(*, evaluation_id: int, **_later: object) -> None:
    """Score one queued evaluation.  Safe to deliver twice: only one claim succeeds."""
    evaluation = record.claim_evaluation(evaluation_id, worker=_worker_name(), now=timezone.now())
    if evaluation is None:
        logger.info("evaluation %s is not waiting; leaving it", evaluation_id)
        return
    try:
        with keep_lease(evaluation):
            scores = evaluate_submission(evaluation.submission)
    except EvaluationFailed as error:
        record.record_failure(
            evaluation, failure=error.failure, reason=error.reason, now=timezone.now()
        )
    except SoftTimeLimitExceeded:
        reason = f"it ran for more than {EVALUATION_SECONDS} seconds"
        record.record_failure(
            evaluation, failure=Failure.TIMEOUT, reason=reason, now=timezone.now()
        )
    except Exception as error:
        reason = f"{type(error).__name__} while scoring"
        record.record_failure(
            evaluation, failure=Failure.INTERNAL, reason=reason, now=timezone.now()
        )
        raise
    else:
        if not record.record_scores(evaluation, scores=scores, now=timezone.now()):
            logger.warning("evaluation %s was given to another worker", evaluation_id)


@shared_task(name="workers.rank", acks_late=True, ignore_result=True)
def rank(*, board: str, scorer: str, **_later: object) -> None:
    """Bring a board's intervals up to date.  Safe to deliver twice: the later one finds none."""
    # The one task that needs numpy and scipy; a worker that only scores never loads them.
    from workers.rank import find_intervals  # noqa: PLC0415

    ranked = read_board(board, scorer)
    if ranked is None:
        return
    if store_intervals(ranked, find_intervals(ranked), now=timezone.now()):
        queue.enqueue_ranking(board, scorer)


@shared_task(name="workers.sweep", ignore_result=True)
def sweep() -> None:
    """Give the work of silent workers to others, and announce what was never announced."""
    if announced := record.sweep(now=timezone.now()):
        logger.info("announced %s evaluations again", announced)
