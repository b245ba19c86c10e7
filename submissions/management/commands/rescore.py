"""Queues submissions to be scored again; what is shown stays until the new scores are complete."""

import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone
from tqdm import tqdm

from submissions.models import Evaluation, RescoreJob, Submission
from submissions.record import queue_evaluation
from submissions.rescoring import JobOpen, feed_jobs, progress, start_job

WATCH_SECONDS = 1.0


class Command(BaseCommand):
    help = (
        "Queue submissions to be scored again: by id, all whose latest evaluation failed, or all "
        "there are, as one job that goes on by itself and can be watched."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("ids", nargs="*", help="the ids that the submissions' pages show")
        parser.add_argument("--failed", action="store_true", help="all that failed last time")
        parser.add_argument("--all", action="store_true", help="all, as one job")
        parser.add_argument("--release", default="", help="with --all: only those on this release")
        parser.add_argument("--job", type=int, help="watch a job that was started before")
        parser.add_argument("--no-wait", action="store_true", help="start the job, do not watch it")

    def handle(self, *_args: Any, **options: Any) -> None:
        chosen = [bool(options["ids"]), options["failed"], options["all"], bool(options["job"])]
        if chosen.count(True) != 1:
            raise CommandError("name submissions by their ids, or give --failed, --all or --job")
        if options["release"] and not options["all"]:
            raise CommandError("--release goes with --all")
        if options["all"] or options["job"]:
            job = _started(options["release"]) if options["all"] else _known(options["job"])
            self.stdout.write(f"{job}: {job.items.count()} submissions")
            if not options["no_wait"]:
                self._watch(job)
            return
        for submission in _failed() if options["failed"] else _named(options["ids"]):
            self._queue(submission)

    def _queue(self, submission: Submission) -> None:
        if any(evaluation.is_open for evaluation in submission.evaluations.all()):
            self.stdout.write(f"{submission.public_id}: waits or runs already")
            return
        with transaction.atomic():
            queue_evaluation(submission, now=timezone.now())
        self.stdout.write(f"{submission.public_id}: queued")

    def _watch(self, job: RescoreJob) -> None:
        """Show how far the job has come until it ends; feed it, should nobody else do so."""
        try:
            with tqdm(total=progress(job).total, unit="submission") as bar:
                while not self._step(job, bar):
                    time.sleep(WATCH_SECONDS)
        except KeyboardInterrupt:
            self.stdout.write(f"goes on by itself; watch it with: manage.py rescore --job {job.pk}")
            return
        found = progress(job)
        self.stdout.write(f"{found.scored} scored, {found.failed} failed")

    def _step(self, job: RescoreJob, bar: "tqdm[Any]") -> bool:
        """Whether the job has ended."""
        feed_jobs(now=timezone.now())
        found = progress(job)
        bar.n = found.scored + found.failed
        bar.set_postfix(failed=found.failed, queued=found.open, refresh=True)
        job.refresh_from_db()
        return job.finished_at is not None


def _started(release: str) -> RescoreJob:
    submissions = Submission.objects.filter(withdrawn_at=None).order_by("pk")
    if release:
        submissions = submissions.filter(release__name=release)
    if not submissions.exists():
        raise CommandError(f"no submission on release {release!r}" if release else "no submission")
    title = f"all on {release}" if release else "all"
    try:
        return start_job(submissions.iterator(), title=title, now=timezone.now())
    except JobOpen as error:
        raise CommandError(f"{error}; watch it with --job {error.job.pk}") from error


def _known(number: int) -> RescoreJob:
    job = RescoreJob.objects.filter(pk=number).first()
    if job is None:
        raise CommandError(f"no job {number}")
    return job


def _named(ids: list[str]) -> list[Submission]:
    found = {one.public_id: one for one in Submission.objects.filter(public_id__in=ids)}
    if missing := [one for one in ids if one not in found]:
        raise CommandError(f"no submission with id {', '.join(missing)}")
    return [found[one] for one in ids]


def _failed() -> list[Submission]:
    latest = Evaluation.objects.filter(status=Evaluation.Status.FAILED).select_related("submission")
    return [
        evaluation.submission
        for evaluation in latest
        if evaluation.submission.evaluations.first() == evaluation
    ]
