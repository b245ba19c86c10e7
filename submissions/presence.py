"""Which workers live: each says so from time to time, and pages read when it last did."""

from datetime import datetime, timedelta
from typing import Final

from submissions.models import WorkerSeen

# A worker that has said nothing for this long counts as gone, and is forgotten after a day.
GONE_AFTER: Final = timedelta(seconds=60)
_FORGET_AFTER: Final = timedelta(days=1)


def see_worker(name: str, *, processes: int, now: datetime) -> None:
    """Note that a worker lives."""
    WorkerSeen.objects.update_or_create(
        name=name,
        defaults={"processes": processes, "seen_at": now},
        create_defaults={"processes": processes, "seen_at": now, "started_at": now},
    )
    WorkerSeen.objects.filter(seen_at__lt=now - _FORGET_AFTER).delete()


def forget_worker(name: str) -> None:
    """Note that a worker has ended in order."""
    WorkerSeen.objects.filter(name=name).delete()
