"""What runs on a clock goes on when the clock is set back; Celery alone would wait for hours."""

import time
from datetime import datetime
from typing import Any

from celery.beat import PersistentScheduler
from celery.schedules import schedule


class Every(schedule):
    """Every so many seconds; what was last done in the future is due."""

    def is_due(self, last_run_at: datetime) -> Any:
        """Whether to run now, and when to ask again, in seconds."""
        if self.maybe_make_aware(last_run_at) > self.now():
            return True, self.seconds
        return super().is_due(last_run_at)


class SteadyScheduler(PersistentScheduler):
    """Makes its plan anew when the clock was set back.

    The plan is in order of time: what was planned before the jump would stand behind all that is
    planned after it.
    """

    _ticked_at = 0.0

    def tick(self, *args: Any, **kwargs: Any) -> Any:
        """Run what is due; how many seconds to wait."""
        now = time.time()
        if now < self._ticked_at:
            self._heap = None
        self._ticked_at = now
        return super().tick(*args, **kwargs)
