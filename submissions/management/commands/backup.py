"""Writes every row and every stored file into a folder, with their hashes."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from tqdm import tqdm

from submissions.backup import write_backup


class Command(BaseCommand):
    help = (
        "Write rows of one moment, and the files that they name, into a new folder.  Secrets are "
        "not in it (SECRET_KEY, SEALING_KEYS, seeds of private series): keep them apart."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path, help="a folder that is not there yet")

    def handle(self, *_args: Any, **options: Any) -> None:
        folder: Path = options["folder"]
        try:
            with tqdm(desc="files", unit="file", disable=None) as bar:
                manifest = write_backup(folder, now=timezone.now(), on_file=bar.update)
        except FileExistsError as error:
            raise CommandError(f"{folder} is there already; name a new folder") from error
        rows = sum(manifest.rows.values())
        self.stdout.write(f"{folder}: {rows} rows, {len(manifest.files)} files")
        if manifest.missing:
            self.stdout.write(f"{len(manifest.missing)} files went while they were copied")
