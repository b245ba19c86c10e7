"""Loads an operator's copy of the authors' prompt file; it is read and never run."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from scoring import PROMPTING
from scoring.prompts import RefusedFile
from submissions.prompt_sets import store_official_prompts


class Command(BaseCommand):
    """Each family of templates in it becomes a prompt set, named by its hash."""

    help = "Offer the prompts of a copy of the authors' src/prompt.py."

    def add_arguments(self, parser: CommandParser) -> None:
        """The file."""
        parser.add_argument("file", type=Path)
        parser.add_argument("--suite", default="infinitebench", choices=sorted(PROMPTING))

    def handle(self, *_args: Any, **options: Any) -> None:
        """Store the families and say which cannot be used, and why."""
        try:
            source = options["file"].read_text(encoding="utf-8")
            sets, unusable = store_official_prompts(options["suite"], source, now=timezone.now())
        except (OSError, UnicodeDecodeError, RefusedFile) as error:
            raise CommandError(str(error)) from error
        for one in sets:
            self.stdout.write(f"offered: {one.name}")
        for family, reason in unusable.items():
            self.stdout.write(f"not offered: {family}: {reason}")
