"""Files kept under the hash of their content: written whole or not at all, verified when read."""

import hashlib
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, BinaryIO, cast

from django.core.files.base import File
from django.core.files.storage import FileSystemStorage, Storage, storages
from django.db import OperationalError
from django.http import UnreadablePostError

CHUNK_BYTES = 1024 * 1024


class DamagedFile(Exception):
    """A stored file is missing, or its bytes do not have the hash that it is filed under."""

    def __init__(self, sha256: str, reason: str) -> None:
        super().__init__(f"file {sha256}: {reason}")
        self.sha256 = sha256
        self.reason = reason


def is_unavailable(error: BaseException) -> bool:
    """Whether what a request does failed because nothing can be kept or read at the moment.

    Of all that a request does, only its files and its rows can fail so: a disk is full, a bucket
    or a database away.  A sender who hung up is none of it.
    """
    return isinstance(error, OSError | OperationalError) and not isinstance(
        error, UnreadablePostError
    )


class ContentStorage(FileSystemStorage):
    """A folder in which a file appears at once and whole, also when the machine loses power."""

    def get_available_name(self, name: str, max_length: int | None = None) -> str:  # noqa: ARG002
        """The name itself: only equal bytes, or a damaged file, can be there already."""
        return name

    def _save(self, name: str, content: File) -> str:  # type: ignore[type-arg]
        target = Path(self.path(name))
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=target.parent, delete=False) as draft:
            try:
                for chunk in content.chunks(CHUNK_BYTES):
                    draft.write(chunk)
                draft.flush()
                os.fsync(draft.fileno())
                Path(draft.name).replace(target)
            except BaseException:
                Path(draft.name).unlink(missing_ok=True)
                raise
        _sync_folder(target.parent)
        return name

    def names(self, prefix: str = "") -> Iterator[str]:
        """Every file's name below a folder; none while it is not there."""
        root = Path(self.path(""))
        for folder, _, files in os.walk(root / prefix):
            for file in files:
                yield str((Path(folder) / file).relative_to(root))


def _sync_folder(folder: Path) -> None:
    """Make a rename in `folder` survive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _storage() -> Storage:
    return storages["content"]


def _name(sha256: str) -> str:
    return f"{sha256[:2]}/{sha256[2:4]}/{sha256}"


def hash_stream(stream: IO[bytes]) -> tuple[str, int]:
    """Return sha256 as hex and the number of bytes of a stream, which is left at its start."""
    digest, size = hashlib.sha256(), 0
    stream.seek(0)
    while chunk := stream.read(CHUNK_BYTES):
        digest.update(chunk)
        size += len(chunk)
    stream.seek(0)
    return digest.hexdigest(), size


def store_stream(stream: IO[bytes]) -> tuple[str, int]:
    """Keep a stream's bytes; storing the same bytes twice keeps them once.

    Returns:
        sha256 as hex, and the size in bytes.
    """
    sha256, size = hash_stream(stream)
    if not _is_whole(sha256):
        _storage().save(_name(sha256), File(stream))
    return sha256, size


def is_kept(sha256: str) -> bool:
    """Whether a file is there, whatever its bytes."""
    return _storage().exists(_name(sha256))


def drop_stored(sha256: str) -> None:
    """Delete a kept file; whoever asks knows that nobody else refers to it."""
    _storage().delete(_name(sha256))


def _is_whole(sha256: str) -> bool:
    """Whether the file is there with its own bytes: what was damaged is stored anew."""
    try:
        with open_stored(sha256):
            return True
    except (DamagedFile, OSError):
        return False


@contextmanager
def open_stored(sha256: str) -> Iterator[BinaryIO]:
    """Open a kept file for reading, verified and at its start.

    Raises:
        DamagedFile: if it is not there, or its bytes have changed.
        OSError: if the storage refuses.
    """
    with open_unverified(sha256) as stream:
        if hash_stream(stream)[0] != sha256:
            raise DamagedFile(sha256, "its bytes have changed since they were stored")
        yield stream


@contextmanager
def open_unverified(sha256: str) -> Iterator[BinaryIO]:
    """Open a kept file whatever its bytes are.

    Raises:
        DamagedFile: if it is not there.
        OSError: if the storage refuses.
    """
    try:
        stream = _storage().open(_name(sha256), "rb")
    except FileNotFoundError as error:
        raise DamagedFile(sha256, "missing") from error
    with stream:
        yield cast("BinaryIO", stream)


def read_stored(sha256: str) -> bytes:
    """Read a kept file whole and verify it.

    Raises:
        DamagedFile: if it is not there or its bytes have changed.
        OSError: if the storage refuses.
    """
    with open_unverified(sha256) as stream:
        data = stream.read()
    if hashlib.sha256(data).hexdigest() != sha256:
        raise DamagedFile(sha256, "its bytes have changed since they were stored")
    return data


def stored_names() -> Iterator[str]:
    """The name of everything that is kept: content under its hash, and drafts' and uploads' own."""
    return cast("ContentStorage", _storage()).names()


def stored_files() -> Iterator[str]:
    """The hashes of all files that are kept under their hash alone."""
    for name in stored_names():
        sha256 = name.rpartition("/")[2]
        if name == _name(sha256):
            yield sha256
