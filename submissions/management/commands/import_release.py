"""Imports a folder of the dataset's JSONL files as a release."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from scoring import SUITES
from submissions.management.release_import import import_folder


class Command(BaseCommand):
    help = "Import a folder of <task>.jsonl files as a release.  Idempotent."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path, help="holds <task>.jsonl for each task")
        parser.add_argument("--name", required=True, help="the release's name, a slug")
        parser.add_argument("--title", default="", help="what people read; default: the name")
        parser.add_argument("--suite", default=settings.DEFAULT_SUITE, choices=list(SUITES))
        parser.add_argument("--board", default="", help="the board it is ranked on")
        parser.add_argument(
            "--labels-only", action="store_true", help='rows are {"id", "answer"}, no contexts'
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        if not options["folder"].is_dir():
            raise CommandError(f"{options['folder']} is no folder")
        import_folder(self, options)
