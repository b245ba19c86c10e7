"""The hatch to the machine room: names Celery's tasks and imports none of them."""

import logging

from celery import current_app, signature
from django.db import transaction
from django.utils import timezone

from submissions.limits import GPU_QUEUES
from submissions.models import BoardState, Draft, Evaluation, HostedRun

logger = logging.getLogger(__name__)

EVALUATE_TASK = "workers.evaluate"
RANK_TASK = "workers.rank"
TRIAL_TASK = "workers.try_draft"
GENERATE_TASK = "workers.generate"
REPORT_TASK = "workers.report_rescore"
TRY_TASK = "workers.try_endpoint"
# Whoever asks models waits most of the time: workers of their own, so that no score waits for them.
GENERATE_QUEUE = "generate"
# On Redis, 0 is served first and 9 last: nobody's scores wait for the board's intervals.
SERVED_FIRST, SERVED_BETWEEN, SERVED_LATER, SERVED_LAST = 0, 5, 7, 9


def enqueue_evaluation(evaluation_id: int, *, is_urgent: bool = True) -> None:
    """Tell the workers of an evaluation once its row is committed.

    The row is the truth and this only a nudge: a broker that is down costs a log line, and the
    sweep announces the evaluation later.
    """
    transaction.on_commit(lambda: announce(evaluation_id, is_urgent=is_urgent), robust=True)


def announce(evaluation_id: int, *, is_urgent: bool = True) -> bool:
    """Nudge the workers now and note when.  False if the broker could not be reached.

    What nobody waits for, as in a job over many submissions, is served after new uploads.
    """
    served = SERVED_FIRST if is_urgent else SERVED_LATER
    if not _send(EVALUATE_TASK, served, evaluation_id=evaluation_id):
        return False
    Evaluation.objects.filter(pk=evaluation_id).update(announced_at=timezone.now())
    return True


def enqueue_ranking(board: str, scorer: str) -> None:
    """Tell the workers that a board's intervals are out of date, once the change is committed."""
    transaction.on_commit(lambda: announce_ranking(board, scorer), robust=True)


def announce_ranking(board: str, scorer: str) -> bool:
    """Nudge the workers now and note when.  False if the broker could not be reached."""
    if not _send(RANK_TASK, SERVED_LAST, board=board, scorer=scorer):
        return False
    BoardState.objects.filter(board=board, scorer=scorer).update(announced_at=timezone.now())
    return True


def enqueue_report(report_id: int) -> None:
    """Ask the workers what a re-score would move, once it is committed."""
    transaction.on_commit(
        lambda: _send(REPORT_TASK, SERVED_BETWEEN, report_id=report_id), robust=True
    )


def enqueue_trial(draft_id: int) -> None:
    """Ask the workers what a draft would score, once it is committed."""
    transaction.on_commit(lambda: announce_trial(draft_id), robust=True)


def announce_trial(draft_id: int) -> bool:
    """Nudge the workers now and note when.  False if the broker could not be reached."""
    if not _send(TRIAL_TASK, SERVED_BETWEEN, draft_id=draft_id):
        return False
    Draft.objects.filter(pk=draft_id).update(announced_at=timezone.now())
    return True


def enqueue_run(run_id: int) -> None:
    """Tell the workers of a hosted run, once its change is committed."""
    transaction.on_commit(lambda: announce_run(run_id), robust=True)


def queue_for(needed_bytes: int | None) -> str:
    """Whose workers take a run: those that ask servers, or those with so much memory."""
    if needed_bytes is None:
        return GENERATE_QUEUE
    fitting = [name for name, gib in GPU_QUEUES.items() if needed_bytes <= gib * 1024**3]
    return fitting[0] if fitting else next(reversed(GPU_QUEUES))


def announce_run(run_id: int) -> bool:
    """Nudge the workers now and note when.  False if the broker could not be reached."""
    needed = HostedRun.objects.filter(pk=run_id).values_list("hub_model__needed_bytes", flat=True)
    served = queue_for(needed.first())
    if not _send(GENERATE_TASK, SERVED_LAST, served, run_id=run_id):
        return False
    HostedRun.objects.filter(pk=run_id).update(announced_at=timezone.now())
    return True


def enqueue_try(endpoint_id: int) -> None:
    """Have a worker try an endpoint, once its change is committed; a lost nudge is asked again."""
    transaction.on_commit(
        lambda: _send(TRY_TASK, SERVED_FIRST, GENERATE_QUEUE, endpoint_id=endpoint_id), robust=True
    )


def _send(task: str, priority: int, queue: str | None = None, **arguments: object) -> bool:
    try:
        message = signature(task, kwargs=arguments, app=current_app)
        if queue is not None:
            message.set(queue=queue)
        message.apply_async(priority=priority)
    except Exception as error:  # noqa: BLE001  kombu raises whatever its transport raises.
        logger.warning("%s of %s waits for the broker: %s", task, arguments, error)
        return False
    return True


def evaluate_here(evaluation_id: int) -> None:
    """Evaluate in this process, for commands that wait for the result; a claim like any other."""
    current_app.tasks[EVALUATE_TASK].apply(kwargs={"evaluation_id": evaluation_id}, throw=True)


def open_evaluations() -> int:
    """How many evaluations wait or run."""
    return Evaluation.objects.filter(
        status__in=[Evaluation.Status.QUEUED, Evaluation.Status.RUNNING]
    ).count()
