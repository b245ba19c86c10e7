"""Walks rows, files and hashes, and reports every break."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from submissions.verify import find_breaks, find_strangers


class Command(BaseCommand):
    help = (
        "Check releases, stored files, predictions, scores and boards against their hashes and "
        "against each other.  Changes nothing; ends with status 1 where something is broken."
    )

    def handle(self, *_args: Any, **_options: Any) -> None:
        found = 0
        for each in find_breaks():
            found += 1
            self.stdout.write(f"{each.code}: {each.where}: {each.what}")
        strangers = sum(1 for _ in find_strangers())
        if strangers:
            self.stdout.write(f"{strangers} stored files that no row names (harmless)")
        if found:
            raise CommandError(f"{found} breaks")
        self.stdout.write("everything holds")
