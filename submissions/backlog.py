"""READ: what waits and what was done, from the rows themselves: the same from any process."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, F, Min, Q, Sum

from notices.models import Delivery, Letter
from submissions.models import BoardState, Evaluation, HostedRun


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits in a queue: how much, and for how many seconds its oldest one has."""

    queue: str
    depth: int
    age_seconds: float


def waiting(*, now: datetime) -> Iterator[Waiting]:
    """Every queue, also where nothing waits."""
    # What is open has no end: SQLite finds it by that, and not by its status.
    queued = Evaluation.objects.filter(status=Evaluation.Status.QUEUED, finished_at=None)
    # What waits for its storage, no worker more would make sooner.
    yield _waiting("evaluate", queued.filter(retry_at=None), "created_at", now)
    yield _waiting("storage", queued.exclude(retry_at=None), "away_since", now)
    runs = HostedRun.objects.filter(status=HostedRun.Status.QUEUED)
    yield _waiting("generate", runs, "created_at", now)
    letters = Letter.objects.filter(sent_at=None, given_up_at=None, due_at__lte=now)
    yield _waiting("mail", letters, "due_at", now)
    calls = Delivery.objects.filter(delivered_at=None, due_at__lte=now)
    yield _waiting("webhooks", calls, "due_at", now)
    stale = BoardState.objects.filter(computed__lt=F("wanted"))
    yield Waiting("rank", stale.count(), 0.0)


def _waiting(queue: str, rows: Any, since: str, now: datetime) -> Waiting:
    found = rows.order_by().aggregate(depth=Count("pk"), oldest=Min(since))
    age = (now - found["oldest"]).total_seconds() if found["oldest"] else 0.0
    return Waiting(queue, found["depth"], max(0.0, age))


def open_evaluations() -> tuple[dict[str, int], int]:
    """How many evaluations wait and run, and how often those were given to another worker."""
    rows = Evaluation.objects.filter(finished_at=None).order_by()
    states = {Evaluation.Status.QUEUED.value: 0, Evaluation.Status.RUNNING.value: 0}
    takeovers = 0
    again = Sum(F("attempts") - 1, filter=Q(attempts__gt=1))
    counted = rows.values("status").annotate(count=Count("pk"), again=again)
    for status, count, taken_over in counted.values_list("status", "count", "again"):
        states[status] = count
        takeovers += taken_over or 0
    return states, takeovers
