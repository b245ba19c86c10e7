"""Seals every stored endpoint key anew, with the newest of SEALING_KEYS."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from submissions.endpoints import reseal_keys
from submissions.sealing import SealBroken


class Command(BaseCommand):
    """After it, the older SEALING_KEYS can be taken out."""

    help = "Seal every stored endpoint key with the newest of SEALING_KEYS."

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Seal all of them, or none."""
        try:
            count = reseal_keys()
        except SealBroken as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"sealed {count} keys with the newest of SEALING_KEYS")
