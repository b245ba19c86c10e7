"""Loads the tables that the benchmarks' authors printed."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from scoring import SUITES
from submissions.reported import store_reported


class Command(BaseCommand):
    help = "Load the rows that the authors reported, of every suite.  Idempotent."

    def handle(self, *_args: Any, **_options: Any) -> None:
        for suite in SUITES.values():
            count = store_reported(suite, now=timezone.now())
            self.stdout.write(f"{suite.name}: {count} models as reported by the authors")
