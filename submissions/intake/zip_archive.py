"""Walks the entries of a zip, believing none of its sizes."""

import errno
import stat
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import pairwise
from typing import IO

from submissions.intake.budget import CHUNK_BYTES, Damaged

_ENCRYPTED_FLAGS = 0x1 | 0x40
_LOCAL_HEADER_BYTES = 30
_READABLE_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


class _TooMuchAtOnce(Exception):
    pass


class _CautiousFile:
    """The zip's bytes for `zipfile`, which reads the whole directory in a single call.

    Refusing that call when it is large keeps a zip of a million entries from being parsed,
    whichever of its several stated sizes `zipfile` goes by.
    """

    def __init__(self, source: IO[bytes], most: int) -> None:
        self._source = source
        self._most = most
        self.seek, self.tell = source.seek, source.tell

    def seekable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        if size > self._most:
            raise _TooMuchAtOnce
        return self._source.read(size)


class ZipArchive:
    """The entries of a zip, in the order of its directory.

    Raises: Damaged when the directory cannot be read, is too long, or its entries overlap.
    """

    def __init__(self, source: IO[bytes], *, file: str, directory_bytes: int) -> None:
        self._file = file
        cautious = _CautiousFile(source, directory_bytes)
        with _damage_named(file):
            try:
                self._zip = zipfile.ZipFile(cautious)
            except _TooMuchAtOnce:
                found = f"a directory of more than {directory_bytes:,} bytes"
                raise Damaged("too-many-files", file, found) from None
        self.entries = self._zip.infolist()

    def refuse_overlaps(self) -> None:
        """Raise Damaged when two entries share bytes: how a small zip pretends to be huge."""
        entries = sorted(self.entries, key=lambda entry: entry.header_offset)
        for entry, following in pairwise(entries):
            end = entry.header_offset + _LOCAL_HEADER_BYTES + entry.compress_size
            if end > following.header_offset:
                raise Damaged("overlapping-entries", self._file, "entries that share bytes")

    def open(
        self, entry: zipfile.ZipInfo, *, file: str, spend: Callable[[int], None]
    ) -> "ZipEntryStream":
        """The content of an entry, opened when it is first read."""
        return ZipEntryStream(self._zip, entry, file=file, spend=spend)


class ZipEntryStream:
    """The unpacked bytes of one entry, checksum verified at the end."""

    def __init__(
        self,
        archive: zipfile.ZipFile,
        entry: zipfile.ZipInfo,
        *,
        file: str,
        spend: Callable[[int], None],
    ) -> None:
        self._archive = archive
        self._entry = entry
        self._file = file
        self._spend = spend
        self._content: IO[bytes] | None = None
        self._seen = 0

    def read(self, size: int = CHUNK_BYTES, /) -> bytes:
        """Up to `size` bytes; empty at the end.  Raises: Damaged."""
        with _damage_named(self._file):
            if self._content is None:
                self._content = self._open()
            data = self._content.read(size)
        self._spend(len(data))
        self._seen += len(data)
        if not data and self._seen != self._entry.file_size:
            raise Damaged("broken-archive", self._file, "an entry of another size than stated")
        return data

    def _open(self) -> IO[bytes]:
        code, found = _hindrance(self._entry)
        if code:
            raise Damaged(code, self._file, found)
        return self._archive.open(self._entry)


def entry_name(entry: zipfile.ZipInfo) -> str:
    """The name as the archive writes it: `filename` hides what follows a NUL."""
    return entry.orig_filename


def is_folder(entry: zipfile.ZipInfo) -> bool:
    """Whether an entry is a folder, which has nothing to read."""
    return entry_name(entry).endswith("/")


def _hindrance(entry: zipfile.ZipInfo) -> tuple[str, str]:
    """The code and the words for an entry that cannot be read; both empty for one that can."""
    mode = entry.external_attr >> 16
    if entry.flag_bits & _ENCRYPTED_FLAGS:
        return "encrypted-zip", "an encrypted entry"
    if mode and stat.S_IFMT(mode) not in (0, stat.S_IFREG):
        return "special-entry", "a link or a device"
    if entry.compress_type not in _READABLE_METHODS:
        return "unsupported-compression", f"compression method {entry.compress_type}"
    return "", ""


@contextmanager
def _damage_named(file: str) -> Iterator[None]:
    """Turn what `zipfile` raises on bad data into Damaged; trouble of the disk passes through."""
    try:
        yield
    except EOFError:
        raise Damaged("truncated-archive", file, "a zip entry that stops early") from None
    except (zipfile.BadZipFile, zlib.error, ValueError, NotImplementedError, RuntimeError) as error:
        raise Damaged("broken-archive", file, f"zip data: {str(error)[:60]}") from None
    except OSError as error:
        if error.errno != errno.EINVAL:
            raise
        raise Damaged("broken-archive", file, "a zip whose offsets lead nowhere") from None
