"""The hatch to the machine room: names Celery's tasks and imports none of them."""

import logging

from celery import current_app, signature
from django.db import transaction
from django.utils import timezone

from submissions.models import Evaluation

logger = logging.getLogger(__name__)

EVALUATE_TASK = "workers.evaluate"


def enqueue_evaluation(evaluation_id: int) -> None:
    """Tell the workers of an evaluation once its row is committed.

    The row is the truth and this only a nudge: a broker that is down costs a log line, and the
    sweep announces the evaluation later.
    """
    transaction.on_commit(lambda: announce(evaluation_id), robust=True)


def announce(evaluation_id: int) -> bool:
    """Nudge the workers now and note when.  False if the broker could not be reached."""
    try:
        signature(
            EVALUATE_TASK, kwargs={"evaluation_id": evaluation_id}, app=current_app
        ).apply_async()
    except Exception as error:  # noqa: BLE001  kombu raises whatever its transport raises.
        logger.warning("evaluation %s waits for the broker: %s", evaluation_id, error)
        return False
    Evaluation.objects.filter(pk=evaluation_id).update(announced_at=timezone.now())
    return True


def evaluate_here(evaluation_id: int) -> None:
    """Evaluate in this process, for commands that wait for the result; a claim like any other."""
    current_app.tasks[EVALUATE_TASK].apply(kwargs={"evaluation_id": evaluation_id}, throw=True)


def open_evaluations() -> int:
    """How many evaluations wait or run."""
    return Evaluation.objects.filter(
        status__in=[Evaluation.Status.QUEUED, Evaluation.Status.RUNNING]
    ).count()
