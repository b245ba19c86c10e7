"""READ: everything that cannot be made again, as one folder that `restore` brings back.

A backup is a folder: `rows.jsonl.gz` with every row of one moment, `files/` with the content that
those rows name, and `manifest.json`, written last, with the hash of each.  A folder without it is
no backup.  Rows go as JSON and not as a database's own dump, so that SQLite's come back in
PostgreSQL and the other way round.

The rows are read in one transaction that sees one moment.  Content never changes and is taken after
them, so whatever they name is there, but for what is deleted meanwhile, which is said.
"""

import gzip
import hashlib
import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime, time
from pathlib import Path
from typing import IO, Any, Final, cast

from django.apps import apps
from django.core import serializers
from django.core.files.storage import storages
from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, models
from django.db.migrations.recorder import MigrationRecorder

from submissions.files import CHUNK_BYTES, stored_names
from submissions.one_moment import one_moment

LAYOUT: Final = 1
ROWS, FILES, MANIFEST = "rows.jsonl.gz", "files", "manifest.json"
# Of the moment only: who is signed in.
_LEFT_OUT: Final = frozenset({"sessions.Session"})
BATCH_ROWS: Final = 500


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup holds; hashes are sha256 as hex."""

    layout: int
    made_at: str
    migrations: dict[str, str]
    rows: dict[str, int]
    rows_sha256: str
    files: dict[str, str]
    missing: list[str]


def kept_models() -> list[type[models.Model]]:
    """Every table whose rows a backup has, those that others refer to first."""
    listed = [
        (config, list(config.get_models(include_auto_created=False)))
        for config in apps.get_app_configs()
    ]
    there = set(connection.introspection.table_names())
    return [
        one
        for one in serializers.sort_dependencies(listed)
        if one._meta.label not in _LEFT_OUT and one._meta.db_table in there
    ]


def write_backup(
    folder: Path, *, now: datetime, on_file: Callable[[], object] = lambda: None
) -> Manifest:
    """Write a backup into a new folder that only its owner reads.

    Raises:
        FileExistsError: if the folder is there.
    """
    folder.mkdir(parents=True, mode=0o700)
    counts: dict[str, int] = {}
    with one_moment():
        migrations = last_migrations()
        with _packed(folder / ROWS) as sink:
            for model in kept_models():
                counts[model._meta.label] = _write_rows(model, sink)
    files, missing = _copy_files(folder / FILES, on_file)
    manifest = Manifest(
        layout=LAYOUT,
        made_at=now.isoformat(),
        migrations=migrations,
        rows=counts,
        rows_sha256=sha256_of(folder / ROWS),
        files=files,
        missing=missing,
    )
    _write_durably(folder / MANIFEST, json.dumps(asdict(manifest), indent=1, sort_keys=True))
    return manifest


def last_migrations() -> dict[str, str]:
    """The last migration of each app: rows fit no other tables."""
    rows = MigrationRecorder.Migration.objects.order_by("app", "name")
    return dict(rows.values_list("app", "name"))


def _write_rows(model: type[models.Model], sink: IO[bytes]) -> int:
    count = 0
    rows = model._base_manager.order_by("pk").iterator(chunk_size=BATCH_ROWS)
    for count, row in enumerate(rows, start=1):  # noqa: B007
        [plain] = serializers.serialize("python", [row])
        sink.write(
            json.dumps(plain, cls=_ToTheMicrosecond, ensure_ascii=False, sort_keys=True).encode()
            + b"\n"
        )
    return count


class _ToTheMicrosecond(DjangoJSONEncoder):
    """Django's own encoder would cut times to milliseconds."""

    def default(self, o: Any) -> Any:
        """What JSON has no shape for."""
        return o.isoformat() if isinstance(o, datetime | time) else super().default(o)


@contextmanager
def _packed(path: Path) -> Iterator[IO[bytes]]:
    with path.open("wb") as kept:
        with gzip.GzipFile(fileobj=kept, mode="wb", compresslevel=4, mtime=0) as packed:
            yield cast("IO[bytes]", packed)
        kept.flush()
        os.fsync(kept.fileno())


def _copy_files(target: Path, on_file: Callable[[], object]) -> tuple[dict[str, str], list[str]]:
    """Content by name, and the names of what went while we copied."""
    files, missing = {}, []
    target.mkdir(mode=0o700)
    for name in stored_names():
        try:
            with storages["content"].open(name, "rb") as stream:
                files[name] = _copy(cast("IO[bytes]", stream), target / name)
        except FileNotFoundError:
            missing.append(name)
        on_file()
    return files, missing


def _copy(stream: IO[bytes], target: Path) -> str:
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    digest = hashlib.sha256()
    with target.open("wb") as kept:
        while chunk := stream.read(CHUNK_BYTES):
            digest.update(chunk)
            kept.write(chunk)
        kept.flush()
        os.fsync(kept.fileno())
    return digest.hexdigest()


def _write_durably(path: Path, text: str) -> None:
    with path.open("w", encoding="utf-8") as kept:
        kept.write(text)
        kept.flush()
        os.fsync(kept.fileno())


def sha256_of(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
