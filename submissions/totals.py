"""How many evaluations have ended and what they took, without reading all of them again.

Once an hour what ended since is added to what was counted before, and only the sum is kept: a
reader adds the last hour's rows to it.  Totals never fall, as counters should not: what was counted
once stays counted, also when its submission is withdrawn.
"""

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import transaction
from django.db.models import Count, DurationField, ExpressionWrapper, F, Q, QuerySet, Sum

from submissions.models import Evaluation, EvaluationTotals

# Upper bounds in seconds; scoring the twelve files of a model takes about two.
SCORING_BUCKETS: Final = (0.5, 1.0, 2.0, 5.0, 10.0, 30.0, 60.0, 300.0)
# An end is written a moment after the time that it notes: what is younger may not all be there.
SETTLED: Final = timedelta(minutes=10)
PERIOD: Final = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """Of evaluations that ended: how many, how often one was taken over, and what scoring took.

    `seconds` and `within` are of those that are done; `within` by the bound's text.
    """

    done: int = 0
    failed: int = 0
    takeovers: int = 0
    seconds: float = 0.0
    within: dict[str, int]

    def plus(self, other: "Totals") -> "Totals":
        """Both together."""
        return Totals(
            done=self.done + other.done,
            failed=self.failed + other.failed,
            takeovers=self.takeovers + other.takeovers,
            seconds=self.seconds + other.seconds,
            within={
                bound: self.within.get(bound, 0) + count for bound, count in other.within.items()
            },
        )


def read_totals() -> Totals:
    """Everything that has ended until now."""
    kept = EvaluationTotals.objects.last()
    return _kept(kept).plus(_counted(_ended(after=kept.until if kept else None)))


def add_totals(*, now: datetime) -> bool:
    """Count what ended since it was counted last.  False if that is less than an hour ago.

    Two at once count the same, each from what it found; the one that is kept is whole.
    """
    kept = EvaluationTotals.objects.last()
    until = now - SETTLED
    if kept is not None and until - kept.until < PERIOD:
        return False
    fresh = _ended(after=kept.until if kept else None).filter(finished_at__lte=until)
    sums = asdict(_kept(kept).plus(_counted(fresh)))
    with transaction.atomic():
        EvaluationTotals.objects.get_or_create(until=until, defaults=sums)
        EvaluationTotals.objects.filter(until__lt=until).delete()
    return True


def _kept(row: EvaluationTotals | None) -> Totals:
    if row is None:
        return Totals(within={})
    names = ("done", "failed", "takeovers", "seconds", "within")
    return Totals(**{name: getattr(row, name) for name in names})


def _ended(*, after: datetime | None) -> QuerySet[Evaluation]:
    if after is None:
        return Evaluation.objects.filter(finished_at__isnull=False)
    return Evaluation.objects.filter(finished_at__gt=after)


def _counted(rows: QuerySet[Evaluation]) -> Totals:
    took = ExpressionWrapper(F("finished_at") - F("started_at"), output_field=DurationField())
    done = Q(status=Evaluation.Status.DONE)
    bounds: dict[str, Any] = {
        f"within_{at}": Count("pk", filter=done & Q(took__lte=timedelta(seconds=bound)))
        for at, bound in enumerate(SCORING_BUCKETS)
    }
    found = (
        rows.order_by()
        .annotate(took=took)
        .aggregate(
            done=Count("pk", filter=done),
            failed=Count("pk", filter=Q(status=Evaluation.Status.FAILED)),
            takeovers=Sum(F("attempts") - 1, filter=Q(attempts__gt=1)),
            seconds=Sum("took", filter=done),
            **bounds,
        )
    )
    return Totals(
        done=found["done"],
        failed=found["failed"],
        takeovers=found["takeovers"] or 0,
        seconds=found["seconds"].total_seconds() if found["seconds"] else 0.0,
        within={str(bound): found[f"within_{at}"] for at, bound in enumerate(SCORING_BUCKETS)},
    )
