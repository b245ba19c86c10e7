"""Retires a private series: its seed and its answers are published."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from submissions.generated import CannotRelease, retire_series


class Command(BaseCommand):
    help = "Publish the seed and the answers of a private series; its round must have closed."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", help="the series' name")

    def handle(self, *_args: Any, **options: Any) -> None:
        try:
            releases = retire_series(options["name"], now=timezone.now())
        except CannotRelease as error:
            raise CommandError(str(error)) from error
        for release in releases:
            self.stdout.write(f"release {release.name}: retired; its seed was {release.seed}")
