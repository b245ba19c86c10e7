"""A step of Celery's worker that says every few seconds that the worker lives."""

import logging
import os
import socket
from typing import Any, Final

from celery import bootsteps
from django.db import DatabaseError, connection
from django.utils import timezone

logger = logging.getLogger(__name__)

EVERY_SECONDS: Final = 15.0


class Presence(bootsteps.StartStopStep):
    """Writes the worker's row while it runs, from the worker's main process."""

    requires = ("celery.worker.components:Timer",)

    def start(self, worker: Any) -> None:
        """Say so at once, and then from the worker's own timer."""
        # The machine and the process: several workers of one machine share Celery's name.
        self.worker_name = f"{socket.gethostname()}:{os.getpid()}"
        self.processes = int(worker.concurrency or 1)
        self._say()
        self.timer = worker.timer.call_repeatedly(EVERY_SECONDS, self._say)

    def stop(self, _worker: Any) -> None:
        """Leave no row behind."""
        from submissions.presence import forget_worker  # noqa: PLC0415  Needs loaded models.

        self.timer.cancel()
        try:
            forget_worker(self.worker_name)
        except DatabaseError as error:
            logger.warning("worker %s stays listed until tomorrow: %s", self.worker_name, error)

    @staticmethod
    def _machine() -> dict[str, Any]:
        """What a worker that runs models has; nothing of the others."""
        from workers.machine import known_machine  # noqa: PLC0415  As above.

        found = known_machine()
        return found.announced() if found else {}

    def _say(self) -> None:
        from submissions.presence import see_worker  # noqa: PLC0415  Needs loaded models.

        try:
            see_worker(
                self.worker_name,
                processes=self.processes,
                now=timezone.now(),
                machine=self._machine(),
            )
        except DatabaseError as error:
            logger.warning("worker %s is not seen: %s", self.worker_name, error)
        finally:
            # A child that is forked later must not inherit the connection.
            connection.close()
