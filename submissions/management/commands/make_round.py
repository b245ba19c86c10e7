"""Makes a round, or moves the end of one that still runs."""

from argparse import ArgumentParser, ArgumentTypeError
from datetime import UTC, datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from submissions.rounds import RoundConflict, save_round


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise ArgumentTypeError(f"{text!r} is no time; write 2026-12-01T12:00") from error
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


class Command(BaseCommand):
    help = "Make a round in which predictions on a release may come in."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("slug", help="its name in addresses")
        parser.add_argument("--opens", type=_moment, required=True, help="2026-12-01T12:00, UTC")
        parser.add_argument("--closes", type=_moment, required=True, help="2026-12-15T12:00, UTC")
        parser.add_argument("--title", default="", help="what people read; default: the slug")
        parser.add_argument(
            "--open-results",
            action="store_true",
            help="show results as they come, instead of scoring all when the round has closed",
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        try:
            round_ = save_round(
                options["slug"],
                title=options["title"] or options["slug"],
                opens_at=options["opens"],
                closes_at=options["closes"],
                is_blind=not options["open_results"],
                now=timezone.now(),
            )
        except RoundConflict as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"round {round_.slug}: {round_.opens_at} to {round_.closes_at}")
