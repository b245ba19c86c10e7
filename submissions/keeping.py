"""Equal bytes are kept once for all: who deletes them waits for who is about to refer to them."""

from collections.abc import Iterable
from typing import Final

from django.db import connection, transaction

from submissions.files import drop_stored, is_kept
from submissions.models import SubmissionFile, TaskPredictions

# Among PostgreSQL's advisory locks of this database; any number that nothing else takes.
_LOCK: Final = 0x1BE5F11E


class FilesGone(Exception):
    """A file was deleted between its storing and the row that was to name it: store it again."""


def hold_files(sha256s: Iterable[str]) -> None:
    """Let nobody delete these files until the caller's transaction ends; call inside it.

    Raises:
        FilesGone: if one is not there any more.
    """
    _lock("pg_advisory_xact_lock_shared")
    if any(not is_kept(sha256) for sha256 in sha256s):
        raise FilesGone


def drop_unreferenced(sha256s: set[str]) -> None:
    """Delete those of the files that no submission has."""
    with transaction.atomic():
        _lock("pg_advisory_xact_lock")
        kept = {
            *SubmissionFile.objects.filter(sha256__in=sha256s).values_list("sha256", flat=True),
            *TaskPredictions.objects.filter(sha256__in=sha256s).values_list("sha256", flat=True),
        }
        for sha256 in sha256s - kept:
            drop_stored(sha256)


def _lock(function: str) -> None:
    """Those who refer to files let each other pass; who deletes some is alone.

    On SQLite every transaction that writes is alone from its beginning.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {function}(%s)", [_LOCK])
