"""The hatch to the machine room: names the task that carries notices, and imports none."""

import logging

from celery import current_app, signature
from django.db import transaction

logger = logging.getLogger(__name__)

CARRY_TASK = "workers.carry"
# Whoever is called may be slow: those who ask models wait anyway, and no score waits for them.
NOTICES_QUEUE = "notices"


def nudge_on_commit() -> None:
    """Tell a worker that something is to be carried, once the rows are committed.

    A nudge that is lost costs a few seconds: the clock asks as well.
    """
    transaction.on_commit(_nudge, robust=True)


def _nudge() -> None:
    try:
        signature(CARRY_TASK, app=current_app).apply_async(queue=NOTICES_QUEUE, priority=0)
    except Exception as error:  # noqa: BLE001  kombu raises whatever its transport raises.
        logger.warning("notices wait for the broker: %s", error)
