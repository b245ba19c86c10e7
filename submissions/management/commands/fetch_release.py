"""Fetches the dataset from the Hugging Face Hub, pinned by commit, and imports it."""

import re
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from scoring import SUITES
from submissions.management.release_import import import_folder

COMMIT = re.compile(r"[0-9a-f]{40}")


class Command(BaseCommand):
    help = "Fetch a release from the Hugging Face Hub at a commit, and import it.  Idempotent."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--revision", required=True, help="the commit: 40 hex digits")
        parser.add_argument("--suite", default=settings.DEFAULT_SUITE, choices=list(SUITES))
        parser.add_argument("--repo", default="", help="another repository of the same files")
        parser.add_argument("--name", default="", help="default: hub- and the commit's start")
        parser.add_argument("--title", default="", help="what people read; default: the name")
        parser.add_argument("--board", default="", help="the board it is ranked on")

    def handle(self, *_args: Any, **options: Any) -> None:
        # The hub's client is heavy, and no other command needs it.
        from huggingface_hub import snapshot_download  # noqa: PLC0415
        from huggingface_hub.errors import HfHubHTTPError  # noqa: PLC0415

        revision = options["revision"]
        if not COMMIT.fullmatch(revision):
            raise CommandError(
                f"--revision {revision!r}: give the commit's 40 hex digits; a branch or tag moves"
            )
        suite = SUITES[options["suite"]]
        repo = options["repo"] or suite.dataset_repo
        try:
            folder = snapshot_download(
                repo,
                repo_type="dataset",
                revision=revision,
                local_dir=settings.STATE_DIR / "releases" / revision,
                allow_patterns=[f"{task}.jsonl" for task in suite.slugs],
            )
        except (HfHubHTTPError, OSError) as error:
            raise CommandError(f"{repo} at {revision} could not be fetched: {error}") from error
        name = options["name"] or f"hub-{revision[:12]}"
        import_folder(
            self,
            {
                **options,
                "folder": Path(folder),
                "name": name,
                "labels_only": False,
                "revision": revision,
            },
        )
