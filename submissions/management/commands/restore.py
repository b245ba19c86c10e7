"""Brings a backup back into this site's database and files."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm

from submissions.restore import CannotRestore, restore_backup
from submissions.verify import find_breaks


class Command(BaseCommand):
    help = (
        "Restore what `backup` wrote, after checking every hash of it.  Refuses a site that has "
        "people or submissions.  Stop the workers and the web first."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path)
        parser.add_argument(
            "--replace", action="store_true", help="delete the rows that are here first"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        folder: Path = options["folder"]
        try:
            with tqdm(desc="files", unit="file", disable=None) as bar:
                manifest = restore_backup(
                    folder, is_replacing=options["replace"], on_file=bar.update
                )
        except CannotRestore as error:
            raise CommandError(str(error)) from error
        rows = sum(manifest.rows.values())
        self.stdout.write(f"{rows} rows and {len(manifest.files)} files of {manifest.made_at}")
        breaks = list(find_breaks())
        for each in breaks:
            self.stdout.write(f"{each.code}: {each.where}: {each.what}")
        if breaks:
            raise CommandError(f"restored, with {len(breaks)} breaks that the backup had")
        self.stdout.write("everything holds")
