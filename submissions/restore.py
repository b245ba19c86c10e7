"""WRITE: a backup back into a site: checked whole first, then its files, then every row at once."""

import gzip
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from django.core import serializers
from django.core.files.base import File
from django.core.files.storage import storages
from django.core.management.color import no_style
from django.db import connection, models, transaction

from audit import guard
from submissions.backup import (
    BATCH_ROWS,
    FILES,
    LAYOUT,
    MANIFEST,
    ROWS,
    Manifest,
    kept_models,
    last_migrations,
    sha256_of,
)

# Whose rows make a site somebody's; `manage.py prepare` puts rows into others.
_PEOPLES: Final = frozenset({"accounts.User", "submissions.Submission"})


class CannotRestore(Exception):
    """A backup that is not whole, of another version, or a site that is not empty."""


def read_manifest(folder: Path) -> Manifest:
    """What a backup says of itself, after every hash of it has been checked.

    Raises:
        CannotRestore: if it is not whole, with every file that is not.
    """
    try:
        manifest = Manifest(**json.loads((folder / MANIFEST).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError) as error:
        raise CannotRestore(f"{folder} is no backup, or one that was not finished") from error
    if manifest.layout != LAYOUT:
        raise CannotRestore(f"the backup has layout {manifest.layout}; this version reads {LAYOUT}")
    wanted = {ROWS: manifest.rows_sha256} | {
        f"{FILES}/{name}": sha256 for name, sha256 in manifest.files.items()
    }
    wrong = [name for name, sha256 in wanted.items() if not _has(folder / name, sha256)]
    if wrong:
        shown = ", ".join(wrong[:10])
        raise CannotRestore(f"{len(wrong)} files of the backup are damaged or missing: {shown}")
    return manifest


def _has(path: Path, sha256: str) -> bool:
    try:
        return sha256_of(path) == sha256
    except OSError:
        return False


def restore_backup(folder: Path, *, is_replacing: bool, on_file: Callable[[], object]) -> Manifest:
    """Bring a backup back: its files, then its rows in one transaction.

    Args:
        folder: what `write_backup` wrote.
        is_replacing: delete the rows that are there; else a site that has any is refused.
        on_file: told of each file, for a progress bar.

    Raises:
        CannotRestore: before anything is changed, or with every row as it was.
    """
    manifest = read_manifest(folder)
    if (here := last_migrations()) != manifest.migrations:
        apps_ = sorted(
            app
            for app in here.keys() | manifest.migrations.keys()
            if here.get(app) != manifest.migrations.get(app)
        )
        raise CannotRestore(
            f"the backup's tables are another version's ({', '.join(apps_)}): install the version "
            "that made it, restore, and then upgrade"
        )
    if not is_replacing and (taken := _taken()):
        raise CannotRestore(
            f"this site is not empty: {', '.join(taken)}.  Restore into an empty database, or "
            "give --replace to delete what is here"
        )
    for name in manifest.files:
        with (folder / FILES / name).open("rb") as stream:
            storages["content"].save(name, File(stream))
        on_file()
    with transaction.atomic(), connection.constraint_checks_disabled():
        # The log is replaced as a whole; a failure brings its triggers back with everything else.
        guard.remove(connection)
        _empty_tables()
        _read_rows(folder / ROWS)
        connection.check_constraints()
        guard.install(connection)
        _go_on_counting()
    return manifest


def _taken() -> list[str]:
    """The tables with rows, but for what `manage.py prepare` and migrations put there."""
    people = (one for one in kept_models() if one._meta.label in _PEOPLES)
    return [one._meta.label for one in people if one._base_manager.exists()]


def _tables() -> list[str]:
    found = {one._meta.db_table for one in kept_models()}
    for model in kept_models():
        for field in model._meta.local_many_to_many:
            through = field.remote_field.through
            if through is not None:
                found.add(through._meta.db_table)
    return sorted(found)


def _empty_tables() -> None:
    """All at once: rows of one table may be held by another's."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            names = ", ".join(connection.ops.quote_name(name) for name in _tables())
            cursor.execute(f"TRUNCATE {names} CASCADE")
            return
        for name in _tables():
            cursor.execute(f"DELETE FROM {connection.ops.quote_name(name)}")  # noqa: S608  Ours.


def _read_rows(path: Path) -> None:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        batch: list[Any] = []
        model: type[models.Model] | None = None
        for line in lines:
            [row] = serializers.deserialize("python", [json.loads(line)])
            if type(row.object) is not model or len(batch) >= BATCH_ROWS:
                _store(batch)
                batch, model = [], type(row.object)
            batch.append(row)
        _store(batch)


def _store(batch: list[Any]) -> None:
    if not batch:
        return
    rows = [row.object for row in batch]
    if any(
        getattr(field, "auto_now", False) or getattr(field, "auto_now_add", False)
        for field in type(rows[0])._meta.local_fields
    ):
        # Only a raw write leaves the times that such a field would set.
        for one in rows:
            one.save_base(raw=True, force_insert=True)
    else:
        type(rows[0])._base_manager.bulk_create(rows, batch_size=BATCH_ROWS)
    for row in batch:
        for name, values in (row.m2m_data or {}).items():
            getattr(row.object, name).set(values)


def _go_on_counting() -> None:
    """Let new rows have ids behind the restored ones."""
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        for model in kept_models():
            for statement in connection.ops.sequence_reset_sql(no_style(), [model]):
                cursor.execute(statement)
