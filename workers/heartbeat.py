"""Keeps a claim alive while its work is done."""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.db import DatabaseError, connection
from django.utils import timezone

from submissions import record
from submissions.models import Evaluation

logger = logging.getLogger(__name__)

# Renewals in the time of one lease: three may be missed before it is lost.
BEATS_PER_LEASE = 4


@contextmanager
def keep_lease(evaluation: Evaluation) -> Iterator[None]:
    """Renew the evaluation's lease from a thread until the block ends.

    A lost lease does not stop the block: its result is refused by the fence when recorded.
    """
    stopped = threading.Event()
    thread = threading.Thread(target=_beat, args=(evaluation, stopped), daemon=True)
    thread.start()
    try:
        yield
    finally:
        stopped.set()
        thread.join()


def _beat(evaluation: Evaluation, stopped: threading.Event) -> None:
    try:
        while not stopped.wait(settings.LEASE_SECONDS / BEATS_PER_LEASE):
            try:
                if not record.renew_lease(evaluation, now=timezone.now()):
                    logger.warning("evaluation %s: the lease is lost", evaluation.pk)
                    return
            except DatabaseError as error:
                # The next beat tries again; the lease outlasts three missed ones.
                logger.warning("evaluation %s: no heartbeat: %s", evaluation.pk, error)
                connection.close()
    finally:
        connection.close()
