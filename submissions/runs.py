"""WRITE: hosted runs from their stored plan to their end: wait, pause, resume, cancel, finish.

Each change is a guarded UPDATE from the states that it may come from; a change that comes too late
changes nothing and says so.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet

from submissions import queue
from submissions.limits import HUB_PATIENCE, SWEEP_ROWS
from submissions.models import (
    Answer,
    HostedRun,
    RunShard,
)
from submissions.patience import may_be_tried, next_try
from submissions.presence import count_devices
from submissions.tell import tell_run_paused

Status = HostedRun.Status
WORKING: Final = (Status.QUEUED, Status.RUNNING)
OPEN: Final = (*WORKING, Status.PAUSED)
_NO_WAIT: Final[dict[str, None]] = {"away_since": None, "retry_at": None}


@dataclass(frozen=True, slots=True, kw_only=True)
class NewShard:
    """Some examples of a task, grouped by their context, and what asking them costs at most."""

    task: str
    groups: list[list[int]]
    tokens_in_bound: int
    tokens_out_bound: int


def _open(run: HostedRun) -> QuerySet[HostedRun]:
    return HostedRun.objects.filter(pk=run.pk)


def store_plan(run: HostedRun, shards: Sequence[NewShard], *, now: datetime) -> bool:
    """Store a run's shards and let workers take them.  False if that was done before."""
    with transaction.atomic():
        waiting = _open(run).filter(status=Status.QUEUED, planned_at=None)
        if not waiting.update(status=Status.RUNNING, planned_at=now):
            return False
        RunShard.objects.bulk_create(
            [
                RunShard(
                    run=run,
                    number=number,
                    task=shard.task,
                    groups=shard.groups,
                    examples=sum(map(len, shard.groups)),
                    tokens_in_bound=shard.tokens_in_bound,
                    tokens_out_bound=shard.tokens_out_bound,
                )
                for number, shard in enumerate(shards)
            ],
            batch_size=500,
        )
        for _more in range(min(_most_workers(run, now), len(shards)) - 1):
            queue.enqueue_run(run.pk)
    return True


def _most_workers(run: HostedRun, now: datetime) -> int:
    """How many may work on a run at a time."""
    if run.hub_model_id is None:
        return int(settings.RUN_WORKERS)
    return max(1, min(settings.RUN_DEVICES, count_devices(now=now)))


def pause_run(run: HostedRun, *, reason: str) -> bool:
    """Let no worker start anything new; what is being answered is still kept."""
    working = _open(run).filter(status__in=WORKING)
    return bool(working.update(status=Status.PAUSED, reason=reason, **_NO_WAIT))


def wait_for_hub(run: HostedRun, *, reason: str, wait_seconds: float, now: datetime) -> bool:
    """Leave a run alone while the Hugging Face Hub is away, and then have workers try again.

    After `HUB_PATIENCE` it pauses and says why.

    Returns:
        Whether it waits.
    """
    with transaction.atomic():
        row = _open(run).select_for_update().filter(status__in=WORKING).first()
        if row is None:
            return False
        since = row.away_since or now
        again = next_try(since, now=now, patience=HUB_PATIENCE, at_least_seconds=wait_seconds)
        if again is None:
            halt_run(run, reason=reason, now=now)
            return False
        # The sweep announces it when its time has come.
        _open(run).update(away_since=since, retry_at=again, announced_at=None, reason=reason)
    return True


def end_waiting(run: HostedRun) -> None:
    """Note that the Hub gave what a run needs."""
    waiting = _open(run).filter(status__in=WORKING, away_since__isnull=False)
    waiting.update(reason="", **_NO_WAIT)


def is_due(run: HostedRun, *, now: datetime) -> bool:
    """Whether a run waits for nothing but a worker."""
    return _open(run).filter(may_be_tried(now, furthest=HUB_PATIENCE)).exists()


def halt_run(run: HostedRun, *, reason: str, now: datetime) -> bool:
    """Pause a run that cannot go on by itself, and tell its owner."""
    with transaction.atomic():
        paused = pause_run(run, reason=reason)
        if paused:
            tell_run_paused(run, reason=reason, now=now)
    return paused


def resume_run(run: HostedRun) -> bool:
    """Go on where a paused run stopped."""
    with transaction.atomic():
        paused = _open(run).filter(status=Status.PAUSED)
        back = paused.filter(planned_at=None).update(status=Status.QUEUED, reason="")
        back = back or paused.update(status=Status.RUNNING, reason="")
        if back:
            queue.enqueue_run(run.pk)
    return bool(back)


def cancel_run(run: HostedRun, *, reason: str, now: datetime) -> bool:
    """End a run without a submission; workers drop what they are asking."""
    with transaction.atomic():
        ended = (
            _open(run)
            .filter(status__in=OPEN)
            .update(status=Status.CANCELLED, reason=reason, finished_at=now, **_NO_WAIT)
        )
        if ended:
            _drop_leases(run)
    return bool(ended)


def fail_run(run: HostedRun, *, reason: str, now: datetime) -> bool:
    """End a run that cannot have a submission."""
    with transaction.atomic():
        ended = (
            _open(run)
            .filter(status__in=OPEN)
            .update(status=Status.FAILED, reason=reason, finished_at=now, **_NO_WAIT)
        )
        if ended:
            _drop_leases(run)
    return bool(ended)


def _drop_leases(run: HostedRun) -> None:
    # A higher fence: whoever still works on a shard writes nothing more.
    RunShard.objects.filter(run=run).exclude(lease_expires_at=None).update(
        lease_expires_at=None, fence=F("fence") + 1
    )


def next_round(run: HostedRun, *, rounds: int) -> bool:
    """Open the shards of examples without an answer once more, while rounds are left.

    Returns:
        Whether there is something to ask again.
    """
    with transaction.atomic():
        left = _open(run).filter(status=Status.RUNNING, rounds__lt=rounds)
        failed = Answer.objects.filter(run=run, state=Answer.State.ERROR)
        missing = {(row.task, row.position) for row in failed.only("task", "position")}
        if not missing or not left.update(rounds=F("rounds") + 1):
            return False
        for shard in RunShard.objects.filter(run=run, is_done=True):
            positions = {(shard.task, one) for group in shard.groups for one in group}
            if positions & missing:
                RunShard.objects.filter(pk=shard.pk).update(is_done=False)
    return True


def describe_run(run: HostedRun, facts: dict[str, Any]) -> None:
    """Add to a run's environment record what a worker found out."""
    with transaction.atomic():
        row = _open(run).select_for_update().get()
        row.environment = {**row.environment, **facts}
        row.save(update_fields=["environment"])


def finish_run(run: HostedRun, *, submission_id: int, now: datetime) -> bool:
    """Note the submission that a run's answers became."""
    working = _open(run).filter(status__in=OPEN)
    return bool(
        working.update(
            status=Status.FINISHED,
            submission_id=submission_id,
            finished_at=now,
            reason="",
            **_NO_WAIT,
        )
    )


def sweep_runs(*, now: datetime) -> int:
    """Announce runs that nobody, or fewer workers than may, work on.

    Returns:
        How many were announced.
    """
    again = now - timedelta(seconds=settings.ANNOUNCE_AGAIN_SECONDS)
    unannounced = Q(announced_at=None) | Q(announced_at__lt=again)
    # A start announces itself on commit; the sweep gives it one period to do so.
    born = now - timedelta(seconds=settings.SWEEP_SECONDS)
    due = HostedRun.objects.filter(unannounced, status__in=WORKING, created_at__lt=born)
    due = due.filter(may_be_tried(now, furthest=HUB_PATIENCE))
    announced = 0
    for run in due.order_by("announced_at", "pk")[:SWEEP_ROWS]:
        live = RunShard.objects.filter(run=run, lease_expires_at__gt=now)
        if live.values("worker").distinct().count() >= _most_workers(run, now):
            continue
        if run.planned_at and live.exists() and not _unheld(now).filter(run=run).exists():
            continue
        if not queue.announce_run(run.pk):
            break
        announced += 1
    return announced


def _unheld(now: datetime) -> QuerySet[RunShard]:
    """Shards that a worker could take."""
    is_free = Q(lease_expires_at=None) | Q(lease_expires_at__lt=now)
    return RunShard.objects.filter(is_free, is_done=False)


def add_machine(run: HostedRun, machine: str, facts: dict[str, Any]) -> None:
    """Note in a run's environment record what one of its machines is."""
    with transaction.atomic():
        row = _open(run).select_for_update().get()
        known = row.environment.get("machines", {})
        row.environment = {**row.environment, "machines": {**known, machine: facts}}
        row.save(update_fields=["environment"])


def has_work(run: HostedRun, *, now: datetime) -> bool:
    """Whether a worker would find a shard, or the end of a run to write."""
    if run.planned_at is None or _unheld(now).filter(run=run).exists():
        return True
    return not RunShard.objects.filter(run=run, is_done=False).exists()


def others_wait(run: HostedRun, *, now: datetime) -> bool:
    """Whether another run wants a worker of the same kind and has none."""
    held = RunShard.objects.filter(run=OuterRef("pk"), lease_expires_at__gte=now)
    is_alike = Q(hub_model=None) if run.hub_model_id is None else ~Q(hub_model=None)
    waiting = HostedRun.objects.filter(~Exists(held), is_alike, status__in=WORKING)
    waiting = waiting.filter(may_be_tried(now, furthest=HUB_PATIENCE))
    return waiting.exclude(pk=run.pk).exists()


def hand_on(run_id: int, *, now: datetime) -> None:
    """Announce a run again that its worker left with something to do."""
    unheld = _unheld(now).filter(run=run_id, run__status=Status.RUNNING, run__retry_at=None)
    if unheld.exists():
        queue.announce_run(run_id)
