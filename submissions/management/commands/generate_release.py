"""Generates a series of releases from a seed, public or private."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from tqdm import tqdm

from scoring import SUITES
from scoring.lengths import read_length
from scoring.sandbox import TrialFailed
from submissions.generated import CannotRelease, Plan, make_releases
from submissions.models import Round
from submissions.releases import ReleaseConflict


class Command(BaseCommand):
    help = "Generate a release for each length, all of one series.  Idempotent for a given seed."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--name", required=True, help="the series' name, a slug")
        parser.add_argument(
            "--tokens", required=True, help="lengths: 4k or 4k,16k,64k,128k,256k,1m"
        )
        parser.add_argument("--per-task", required=True, type=int, help="how many examples a task")
        secrecy = parser.add_mutually_exclusive_group(required=True)
        secrecy.add_argument("--seed", type=int, help="any whole number; it is published")
        secrecy.add_argument(
            "--private",
            action="store_true",
            help="draw a secret seed; seed and answers stay here until retire_release",
        )
        parser.add_argument("--title", default="", help="what people read; default: the name")
        parser.add_argument(
            "--round", default="", help="the slug of a round, as make_round made it"
        )
        parser.add_argument("--samples", action="store_true", help="write sample predictions too")
        parser.add_argument("--suite", default=settings.DEFAULT_SUITE, choices=list(SUITES))

    def handle(self, *_args: Any, **options: Any) -> None:
        try:
            plan = _plan(options)
            total = len(plan.tokens) * len(plan.suite.slugs)
            quiet = options["verbosity"] == 0
            with tqdm(total=total, desc="tasks", unit="task", disable=quiet) as bar:
                made = make_releases(plan, now=timezone.now(), on_task=lambda _task: bar.update())
        except (CannotRelease, ReleaseConflict, TrialFailed, ValueError) as error:
            raise CommandError(str(error)) from error
        if quiet:
            return
        for release, is_new in made:
            state = "generated" if is_new else "was here already"
            self.stdout.write(f"release {release.name} ({release.sha256[:12]}): {state}")


def _plan(options: dict[str, Any]) -> Plan:
    """What the options ask for.  Raises: CannotRelease, ValueError, for people."""
    tokens = [read_length(part) for part in options["tokens"].split(",")]
    if len(set(tokens)) < len(tokens):
        raise ValueError("--tokens names a length twice")
    if options["per_task"] < 1:
        raise ValueError("--per-task must be at least 1")
    if options["private"] and options["samples"]:
        raise ValueError("--samples would tell answers of a private release")
    round_ = Round.objects.filter(slug=options["round"]).first()
    if options["round"] and round_ is None:
        raise CannotRelease(f"there is no round {options['round']!r}; make_round makes one")
    return Plan(
        name=options["name"],
        suite=SUITES[options["suite"]],
        tokens=tokens,
        per_task=options["per_task"],
        seed=None if options["private"] else options["seed"],
        title=options["title"],
        round=round_,
        with_samples=options["samples"],
    )
