"""Imports the authors' published predictions and scores them."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from tqdm import tqdm

from scoring import SUITES
from submissions.intake import Refused
from submissions.published import UnreadablePublished, import_published


class Command(BaseCommand):
    help = "Import <model>/preds_<task>.jsonl as published by the authors.  Idempotent."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path, help="the authors' results folder")
        parser.add_argument("--suite", default=settings.DEFAULT_SUITE, choices=list(SUITES))

    def handle(self, *_args: Any, **options: Any) -> None:
        folder: Path = options["folder"]
        if not folder.is_dir():
            raise CommandError(f"{folder} is no folder")
        try:
            with tqdm(desc="models", unit="model") as bar:
                submitted = import_published(
                    folder,
                    SUITES[options["suite"]],
                    now=timezone.now,
                    on_model=lambda _slug: bar.update(),
                )
        except UnreadablePublished as error:
            raise CommandError(str(error)) from error
        except Refused as error:
            raise CommandError("\n".join(str(problem) for problem in error.problems)) from error
        for submission, is_new in submitted:
            state = "submitted" if is_new else "was here already"
            self.stdout.write(f"{submission.model}: {state}, on release {submission.release.name}")
