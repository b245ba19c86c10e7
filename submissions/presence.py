"""Which workers live: each says so from time to time, and pages read when it last did."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from django.db.models import Q
from django.utils import timezone

from submissions.models import WorkerSeen

# A worker that has said nothing for this long counts as gone, and is forgotten after a day.
GONE_AFTER: Final = timedelta(seconds=60)
_FORGET_AFTER: Final = timedelta(days=1)


def see_worker(
    name: str, *, processes: int, now: datetime, machine: Mapping[str, Any] | None = None
) -> None:
    """Note that a worker lives, and what it has, if it runs models."""
    told = {"processes": processes, "seen_at": now, "machine": dict(machine or {})}
    WorkerSeen.objects.update_or_create(
        name=name, defaults=told, create_defaults={**told, "started_at": now}
    )
    WorkerSeen.objects.filter(seen_at__lt=now - _FORGET_AFTER).delete()


def forget_worker(name: str) -> None:
    """Note that a worker has ended in order."""
    WorkerSeen.objects.filter(name=name).delete()


def live_workers(*, now: datetime) -> set[str]:
    """Names of the workers that have said something lately."""
    seen = WorkerSeen.objects.filter(seen_at__gte=now - GONE_AFTER)
    return set(seen.values_list("name", flat=True))


def machines(*, now: datetime) -> list[dict[str, Any]]:
    """What the workers that run models said of themselves lately."""
    live = WorkerSeen.objects.filter(~Q(machine={}), seen_at__gte=now - GONE_AFTER)
    return list(live.values_list("machine", flat=True))


def largest_memory() -> int:
    """Of all that run models, the memory of the largest's devices together, in bytes; 0: none."""
    return max((int(one.get("memory_bytes", 0)) for one in machines(now=timezone.now())), default=0)


def count_devices(*, now: datetime) -> int:
    """How many devices the workers that run models have."""
    return sum(len(one.get("devices", [])) for one in machines(now=now))
