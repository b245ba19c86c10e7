"""READ: what waits and what was done, from the rows themselves: the same from any process."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.db.models import Count, DurationField, ExpressionWrapper, F, Min, Q, Sum

from notices.models import Delivery, Letter
from submissions.models import BoardState, Evaluation, HostedRun

# Upper bounds in seconds; scoring the twelve files of a model takes about two.
SCORING_BUCKETS: Final = (0.5, 1.0, 2.0, 5.0, 10.0, 30.0, 60.0, 300.0)


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits in a queue: how much, and for how many seconds its oldest one has."""

    queue: str
    depth: int
    age_seconds: float


@dataclass(frozen=True, slots=True)
class Scoring:
    """How long evaluations took: how many within each bound, how many in all, seconds in all."""

    within: tuple[tuple[float, int], ...]
    count: int
    seconds: float


def waiting(*, now: datetime) -> Iterator[Waiting]:
    """Every queue, also where nothing waits."""
    queued = Evaluation.objects.filter(status=Evaluation.Status.QUEUED)
    yield _waiting("evaluate", queued, "created_at", now)
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


def evaluations() -> dict[str, int]:
    """How many evaluations there are in each state."""
    rows = Evaluation.objects.order_by().values_list("status").annotate(Count("pk"))
    return {str(status): 0 for status in Evaluation.Status} | dict(rows)


def lease_takeovers() -> int:
    """How often an evaluation was given to another worker because one fell silent."""
    again = Evaluation.objects.filter(attempts__gt=1).order_by()
    return int(again.aggregate(takeovers=Sum(F("attempts") - 1))["takeovers"] or 0)


def scoring() -> Scoring:
    """How long evaluations took from their last claim to their scores."""
    took = ExpressionWrapper(F("finished_at") - F("started_at"), output_field=DurationField())
    done = Evaluation.objects.filter(status=Evaluation.Status.DONE).order_by().annotate(took=took)
    bounds = {
        f"within_{at}": Count("pk", filter=Q(took__lte=timedelta(seconds=bound)))
        for at, bound in enumerate(SCORING_BUCKETS)
    }
    found = done.aggregate(count=Count("pk"), seconds=Sum("took"), **bounds)
    within = [(bound, found[f"within_{at}"]) for at, bound in enumerate(SCORING_BUCKETS)]
    seconds = found["seconds"].total_seconds() if found["seconds"] else 0.0
    return Scoring(tuple(within), found["count"], seconds)
