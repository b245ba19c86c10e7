"""Makes a checkout ready to serve: database, reported rows, an offline release, static files."""

import hashlib
import json
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandParser

from submissions.models import Release, ReportedScore

# Folders of packages whose pages or scripts this site does not serve; compressing them takes most
# of a first start.
UNUSED_STATIC = ["rest_framework", "django_htmx"]

# What a new portal can score without any data of the benchmark's authors: twelve tasks, short
# contexts, in a second or two.
OFFLINE_NAME = "offline-mini"
OFFLINE: dict[str, Any] = {
    "name": OFFLINE_NAME,
    "title": "Offline mini",
    "tokens": "4k",
    "per_task": 8,
    "seed": 2026,
    "samples": True,
}


class Command(BaseCommand):
    help = "Migrate, load the reported rows, collect static files; does only what is needed."

    def add_arguments(self, parser: CommandParser) -> None:
        part = parser.add_mutually_exclusive_group()
        part.add_argument(
            "--skip-static", action="store_true", help="the image has its static files"
        )
        part.add_argument(
            "--only-static", action="store_true", help="needs no database: while an image is built"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        if not options["only_static"]:
            _prepare_data()
        if not options["skip_static"]:
            _collect_static()


def _prepare_data() -> None:
    call_command("migrate", interactive=False, verbosity=0)
    if not ReportedScore.objects.exists():
        call_command("load_reported", verbosity=0)
    if settings.OFFLINE_RELEASE and not Release.objects.filter(name=OFFLINE_NAME).exists():
        call_command("generate_release", **OFFLINE, verbosity=0)


def _collect_static() -> None:
    stamp = Path(settings.STATIC_ROOT) / "collected.sha256"
    wanted = _static_sha256()
    if not stamp.is_file() or stamp.read_text() != wanted:
        call_command(
            "collectstatic",
            interactive=False,
            clear=True,
            verbosity=0,
            ignore_patterns=UNUSED_STATIC,
        )
        stamp.write_text(wanted)


def _static_sha256() -> str:
    """Changes when any static file does: compressing them all takes seconds."""
    seen = []
    for finder in get_finders():
        for path, storage in finder.list([]):
            stat = Path(storage.path(path)).stat()
            seen.append([path, stat.st_size, stat.st_mtime_ns])
    return hashlib.sha256(json.dumps(sorted(seen)).encode()).hexdigest()
