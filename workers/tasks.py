"""Celery's doors: each translates a message and makes one call."""

import logging
import os
import socket
import threading
from datetime import timedelta

from billiard.exceptions import SoftTimeLimitExceeded
from celery import shared_task
from celery.worker import state as worker_state
from django.conf import settings
from django.utils import timezone

from notices.deliver import carry_deliveries
from notices.post import carry_letters
from submissions import queue, record, rescoring, runs
from submissions.about import work_on
from submissions.drafts import announce_trials, clean_drafts
from submissions.files import DamagedFile
from submissions.idempotency import forget_answers
from submissions.intake import Refused
from submissions.limits import EVALUATION_SECONDS, REPORT_SECONDS, STORAGE_PATIENCE, TRIAL_SECONDS
from submissions.models import Failure
from submissions.ranking import (
    read_board,
    read_off_board,
    store_intervals,
    store_off_board,
)
from submissions.reports import due_report, store_report
from submissions.totals import add_totals
from submissions.trials import due_trial, store_failed_trial, store_trial
from submissions.uploads import sweep_uploads
from workers import gpu_worker  # noqa: F401  It waits for a worker's beginning.
from workers.confined import LimitReached
from workers.evaluate import EvaluationFailed, StorageAway, evaluate_submission
from workers.heartbeat import keep_lease
from workers.moves import find_moves

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
        with work_on(evaluation.submission.public_id), keep_lease(evaluation):
            scores = evaluate_submission(evaluation.submission)
    except StorageAway as away:
        logger.warning("evaluation %s waits for the storage: %s", evaluation_id, away.__cause__)
        record.wait_for_storage(evaluation, reason=away.reason, now=timezone.now())
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

    for lone in read_off_board(board, scorer):
        store_off_board(find_intervals(lone))
    ranked = read_board(board, scorer)
    if ranked is None:
        return
    if store_intervals(ranked, find_intervals(ranked), now=timezone.now()):
        queue.enqueue_ranking(board, scorer)


@shared_task(
    name="workers.try_draft",
    acks_late=True,
    ignore_result=True,
    soft_time_limit=TRIAL_SECONDS,
    time_limit=TRIAL_SECONDS + 30,
)
def try_draft(*, draft_id: int, **_later: object) -> None:
    """Find what a draft's files would score.  Safe to deliver twice: only one answer counts."""
    # As above: numpy and scipy.
    from workers.trial import try_files  # noqa: PLC0415

    draft = due_trial(draft_id)
    if draft is None:
        return
    try:
        trials = try_files(draft, now=timezone.now())
    except (Refused, DamagedFile, LimitReached) as error:
        store_failed_trial(draft, str(error))
    except SoftTimeLimitExceeded:
        store_failed_trial(draft, f"it ran for more than {TRIAL_SECONDS} seconds")
    except OSError as error:
        # The storage does not answer: the trial stays due, and the clock announces it again.
        logger.warning("the trial of draft %s waits for the storage: %s", draft_id, error)
        if timezone.now() - draft.updated_at > STORAGE_PATIENCE:
            store_failed_trial(draft, f"the storage gave no file: {type(error).__name__}")
    except Exception as error:
        store_failed_trial(draft, f"{type(error).__name__} while scoring")
        raise
    else:
        store_trial(draft, trials, now=timezone.now())


@shared_task(
    name=queue.REPORT_TASK,
    acks_late=True,
    ignore_result=True,
    soft_time_limit=REPORT_SECONDS,
    time_limit=REPORT_SECONDS + 60,
)
def report_rescore(*, report_id: int, **_later: object) -> None:
    """Find what a re-score would move, and store nothing else.  Safe to deliver twice."""
    report = due_report(report_id)
    if report is None:
        return
    try:
        store_report(report, find_moves(report.board))
    except (EvaluationFailed, SoftTimeLimitExceeded) as error:
        store_report(report, None, failed=str(error) or "it took too long")


@shared_task(name="workers.tidy_drafts", ignore_result=True)
def tidy_drafts() -> None:
    """Ask again for trials that were forgotten, and throw old drafts away."""
    now = timezone.now()
    announce_trials(now=now, again=timedelta(seconds=settings.ANNOUNCE_AGAIN_SECONDS))
    if cleaned := clean_drafts(now=now):
        logger.info("threw %s old drafts away", cleaned)


@shared_task(name="workers.tidy_doors", ignore_result=True)
def tidy_doors() -> None:
    """Forget uploads in parts that have expired, and answers; count what ended in the last hour."""
    now = timezone.now()
    if expired := sweep_uploads(now=now):
        logger.info("%s uploads in parts expired", expired)
    forget_answers(now=now)
    add_totals(now=now)


@shared_task(name="workers.carry", ignore_result=True)
def carry() -> None:
    """Send the mail and make the calls that are due.  Safe at once on several workers."""
    carry_letters(now=timezone.now())
    carry_deliveries(now=timezone.now())


@shared_task(name="workers.sweep", ignore_result=True)
def sweep() -> None:
    """Give the work of silent workers to others, and announce what was never announced."""
    if announced := record.sweep(now=timezone.now()):
        logger.info("announced %s evaluations again", announced)
    if queued := rescoring.feed_jobs(now=timezone.now()):
        logger.info("queued %s evaluations of jobs over many submissions", queued)
    if announced := runs.sweep_runs(now=timezone.now()):
        logger.info("announced %s hosted runs again", announced)


@shared_task(name=queue.GENERATE_TASK, acks_late=True, ignore_result=True)
def generate(*, run_id: int, **_later: object) -> None:
    """Work on a hosted run for a while.  Safe to deliver twice: each shard has one holder."""
    # Asking models needs libraries that a worker that only scores never loads.
    from workers.hosted import work_on_run  # noqa: PLC0415

    worker = f"{_worker_name()}:{threading.get_ident() % 10_000}"
    work_on_run(run_id, worker=worker, is_stopping=_is_stopping)
    runs.hand_on(run_id, now=timezone.now())


@shared_task(name=queue.TRY_TASK, ignore_result=True)
def try_endpoint(*, endpoint_id: int, **_later: object) -> None:
    """Send an endpoint three small prompts."""
    from workers import hosted  # noqa: PLC0415

    hosted.try_endpoint(endpoint_id)


def _is_stopping() -> bool:
    """Whether this worker was asked to come to its end; True in a pool of threads only."""
    # An orderly stop is exit status 0, which is not False.
    signs = [getattr(worker_state, name) for name in ("should_stop", "should_terminate")]
    return any(sign is not None and sign is not False for sign in signs)
