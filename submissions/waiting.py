"""Reads the queue: who waits where, for about how long, and who works."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from statistics import quantiles
from typing import Any

from django.conf import settings
from django.db.models import F

from submissions.access import Reader, listed_submissions, shared_submissions
from submissions.limits import QUEUE_SHOWN, RECENT_RUNS
from submissions.models import Evaluation, Submission, WorkerSeen
from submissions.presence import GONE_AFTER
from submissions.rounds import sealed

OPEN = (Evaluation.Status.QUEUED, Evaluation.Status.RUNNING)


@dataclass(frozen=True, slots=True)
class Estimate:
    """When half and nine tenths of such waits are over, in seconds from now."""

    p50_seconds: float
    p90_seconds: float


@dataclass(frozen=True, slots=True)
class Waiting:
    """An open evaluation; `submission` is None where the reader may not know whose it is."""

    # From 1 among those that wait; 0 while it is being scored.
    position: int
    status: str
    since: datetime
    submission: Submission | None
    is_mine: bool
    estimate: Estimate | None
    # How long ago its worker last said that it lives; None while it waits.
    heartbeat_seconds: float | None
    # When it is tried again, where its files' storage is away.
    retry_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Worker:
    """A worker, and how long ago it last said that it lives."""

    name: str
    processes: int
    seen_seconds: float
    is_gone: bool
    # What it runs models with; empty for the others.
    machine: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Queue:
    """What is open, in the order in which it is served, and who serves it."""

    waiting: int
    running: int
    mine: int
    rows: tuple[Waiting, ...]
    workers: tuple[Worker, ...]
    # How long one scoring took lately: half, and nine tenths, took at most so many seconds.
    usual: Estimate | None


def read_queue(reader: Reader, *, only_mine: bool, now: datetime) -> Queue:
    """Read the queue as `reader` may see it, in a fixed number of queries."""
    workers = tuple(
        Worker(
            f"{number}",
            one.processes,
            (now - one.seen_at).total_seconds(),
            _is_gone(one, now),
            one.machine,
        )
        for number, one in enumerate(WorkerSeen.objects.order_by("started_at"), start=1)
    )
    processes = sum(one.processes for one in workers if not (one.is_gone or one.machine))
    usual = _usual()
    running = list(Evaluation.objects.filter(status=OPEN[1]).order_by("started_at"))
    # What waits for the end of a blind round stands in nobody's way.
    due = Evaluation.objects.filter(status=OPEN[0]).exclude(sealed("submission", now=now))
    # Neither does what waits for its storage: it comes last.
    order = F("retry_at").asc(nulls_first=True)
    queued = list(due.order_by(order, "created_at", "pk"))
    ids = [one.submission_id for one in (*running, *queued)]
    known = _known(ids, reader)
    mine = set(shared_submissions(reader).filter(pk__in=ids).values_list("pk", flat=True))
    rows = [_running(one, known, mine, now) for one in running]
    rows += [
        _queued(one, place, known, mine, _estimate(usual, place, processes))
        for place, one in enumerate(queued, start=1)
    ]
    shown = [one for one in rows if one.is_mine] if only_mine else rows
    return Queue(
        waiting=len(queued),
        running=len(running),
        mine=len(mine),
        rows=tuple(shown[:QUEUE_SHOWN]),
        workers=workers,
        usual=usual,
    )


def _is_gone(worker: WorkerSeen, now: datetime) -> bool:
    return now - worker.seen_at > GONE_AFTER


def _known(ids: Sequence[int], reader: Reader) -> dict[int, Submission]:
    visible = listed_submissions(reader).filter(pk__in=ids).select_related("model")
    return {one.pk: one for one in visible}


def _running(
    one: Evaluation, known: dict[int, Submission], mine: set[int], now: datetime
) -> Waiting:
    age = None
    if one.lease_expires_at is not None:
        renewed = one.lease_expires_at - timedelta(seconds=settings.LEASE_SECONDS)
        age = max(0.0, (now - renewed).total_seconds())
    since = one.started_at or one.created_at
    is_mine = one.submission_id in mine
    return Waiting(0, one.status, since, known.get(one.submission_id), is_mine, None, age)


def _queued(
    one: Evaluation,
    place: int,
    known: dict[int, Submission],
    mine: set[int],
    estimate: Estimate | None,
) -> Waiting:
    is_mine = one.submission_id in mine
    submission = known.get(one.submission_id)
    expected = None if one.retry_at else estimate
    return Waiting(
        place, one.status, one.created_at, submission, is_mine, expected, None, one.retry_at
    )


def _usual() -> Estimate | None:
    """How long the scorings that ended last took; None before there were two."""
    ended = Evaluation.objects.filter(status=Evaluation.Status.DONE).exclude(started_at=None)
    times = ended.order_by("-finished_at").values_list("started_at", "finished_at")[:RECENT_RUNS]
    seconds = [(end - start).total_seconds() for start, end in times if start and end]
    if len(seconds) < 2:
        return None
    tenths = quantiles(seconds, n=10, method="inclusive")
    return Estimate(tenths[4], tenths[8])


def _estimate(usual: Estimate | None, place: int, processes: int) -> Estimate | None:
    """How long until the one at that place is scored, when so many are scored at once."""
    if usual is None or not processes:
        return None
    rounds = ceil(place / processes)
    return Estimate(usual.p50_seconds * rounds, usual.p90_seconds * rounds)
