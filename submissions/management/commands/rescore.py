"""Queues submissions to be scored again; what is shown stays until the new scores are complete."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from submissions.models import Evaluation, Submission
from submissions.record import queue_evaluation


class Command(BaseCommand):
    help = "Queue submissions to be scored again, by id or all whose latest evaluation failed."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("ids", nargs="*", help="the ids that the submissions' pages show")
        parser.add_argument("--failed", action="store_true", help="all that failed last time")

    def handle(self, *_args: Any, **options: Any) -> None:
        if bool(options["ids"]) == options["failed"]:
            raise CommandError("name submissions by their ids, or give --failed")
        submissions = _failed() if options["failed"] else _named(options["ids"])
        for submission in submissions:
            if any(evaluation.is_open for evaluation in submission.evaluations.all()):
                self.stdout.write(f"{submission.public_id}: waits or runs already")
                continue
            with transaction.atomic():
                queue_evaluation(submission, now=timezone.now())
            self.stdout.write(f"{submission.public_id}: queued")


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
