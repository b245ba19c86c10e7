"""The data set's own files, contexts and all: here where they were imported, else from the bucket.

They are large and read at any place, so a machine reads a file of its own: the one that was
imported or generated on it or, where content is kept in a bucket, a copy that it fetches once.
"""

import shutil
import tempfile
from collections.abc import Iterable
from pathlib import Path

from django.conf import settings
from django.core.files.storage import FileSystemStorage, storages

from submissions.files import CHUNK_BYTES, DamagedFile, open_stored, store_stream
from submissions.models import ItemSet


def are_files_shared() -> bool:
    """Whether content is kept where other machines reach it."""
    return not isinstance(storages["content"], FileSystemStorage)


def keep_sources(paths: Iterable[str]) -> None:
    """Let other machines have files that a release is made of; nothing where all is on this one."""
    if are_files_shared():
        for path in paths:
            if path:
                with Path(path).open("rb") as stream:
                    store_stream(stream)


def source_file(item_set: ItemSet) -> Path:
    """An item set's file on this machine.

    Raises:
        DamagedFile: if it is neither here nor in the bucket, or not as it was stored.
    """
    imported = Path(item_set.source_path)
    if item_set.source_path and imported.is_file():
        return imported
    if not item_set.source_sha256 or not are_files_shared():
        raise DamagedFile(item_set.source_sha256, f"missing; it was at {imported}")
    kept = Path(settings.STATE_DIR) / "sources" / item_set.source_sha256
    if not kept.is_file():
        _fetch(item_set.source_sha256, kept)
    return kept


def _fetch(sha256: str, target: Path) -> None:
    """Copy a file out of the bucket: whole, or not at all."""
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (
        open_stored(sha256) as stream,
        tempfile.NamedTemporaryFile(dir=target.parent, delete=False) as draft,
    ):
        try:
            shutil.copyfileobj(stream, draft, CHUNK_BYTES)
            draft.flush()
            Path(draft.name).replace(target)
        except BaseException:
            Path(draft.name).unlink(missing_ok=True)
            raise
