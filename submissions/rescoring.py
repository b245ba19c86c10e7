"""WRITE: one job over many submissions, fed to the workers a few at a time.

The job's rows are the truth: whoever feeds it, a command that watches or the sweep, goes on where
the last one stopped, and a worker that dies loses its evaluation to another as always.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Count

from audit.log import COMMAND, append
from submissions.limits import RESCORE_OPEN
from submissions.models import Evaluation, RescoreItem, RescoreJob, Submission
from submissions.record import OPEN, queue_evaluation


class JobOpen(Exception):
    """Another job over many submissions has not ended yet; carries it."""

    def __init__(self, job: RescoreJob) -> None:
        super().__init__(f"{job} has not ended yet")
        self.job = job


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How many submissions of a job are where."""

    total: int
    scored: int
    failed: int
    open: int

    @property
    def waiting(self) -> int:
        """How many have no evaluation yet."""
        return self.total - self.scored - self.failed - self.open


def start_job(
    submissions: Iterable[Submission], *, title: str, now: datetime, actor: str = COMMAND
) -> RescoreJob:
    """Write down what is to be scored again; the sweep begins with it.

    Raises:
        JobOpen: if there is one that has not ended.
    """
    with transaction.atomic():
        earlier = RescoreJob.objects.select_for_update().filter(finished_at=None).first()
        if earlier is not None:
            raise JobOpen(earlier)
        job = RescoreJob.objects.create(title=title, created_at=now)
        RescoreItem.objects.bulk_create(
            (RescoreItem(job=job, submission=submission) for submission in submissions),
            batch_size=500,
        )
        append("rescore.started", subject=str(job), detail={"title": title}, actor=actor)
    return job


def feed_jobs(*, now: datetime) -> int:
    """Queue evaluations of open jobs until enough wait; end a job that has none left.

    Returns:
        How many were queued.
    """
    return sum(_feed(pk, now) for pk in _open_jobs())


def _open_jobs() -> list[int]:
    return list(RescoreJob.objects.filter(finished_at=None).values_list("pk", flat=True))


def _feed(job_id: int, now: datetime) -> int:
    with transaction.atomic():
        # Whoever else feeds this job waits here, and then finds these items queued.
        job = RescoreJob.objects.select_for_update().get(pk=job_id)
        room = RESCORE_OPEN - job.items.filter(evaluation__status__in=OPEN).count()
        items = list(job.items.filter(evaluation=None).select_related("submission")[:room])
        for item in items:
            item.evaluation = _evaluation(item.submission, now)
        RescoreItem.objects.bulk_update(items, ["evaluation"])
        if room == RESCORE_OPEN and not items and job.finished_at is None:
            job.finished_at = now
            job.save(update_fields=["finished_at"])
    return len(items)


def _evaluation(submission: Submission, now: datetime) -> Evaluation:
    """The one that waits or runs anyway, else a new one."""
    waiting = submission.evaluations.filter(status__in=OPEN).first()
    return waiting or queue_evaluation(submission, now=now, is_urgent=False)


def progress(job: RescoreJob) -> Progress:
    """How far a job has come."""
    rows = job.items.order_by().values_list("evaluation__status").annotate(Count("pk"))
    counts: dict[str | None, int] = dict(rows)
    return Progress(
        total=sum(counts.values()),
        scored=counts.get(Evaluation.Status.DONE, 0),
        failed=counts.get(Evaluation.Status.FAILED, 0),
        open=sum(counts.get(status, 0) for status in OPEN),
    )
