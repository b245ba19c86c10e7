"""Walks the entries of a tar as they stream by.

The standard `tarfile` loads attribute blocks of any size into memory and calls itself once for
each of them, so a hostile archive can exhaust both; here both are bounded, and nothing is sought.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from submissions.intake.budget import CHUNK_BYTES, Damaged, Readable, drain
from submissions.intake.formats import is_tar

BLOCK_BYTES = 512
_FOLDER, _GLOBAL_ATTRIBUTES, _ATTRIBUTES, _LONG_NAME, _LONG_LINK = b"5", b"g", b"x", b"L", b"K"
_FILES = (b"0", b"\0", b"7")


@dataclass(frozen=True, slots=True)
class TarEntry:
    """One entry: its name, its kind, and its content, readable until the next entry is taken."""

    name: str
    is_folder: bool
    is_file: bool
    content: Readable


class TarArchive:
    """The entries of an uncompressed tar, in order.

    Raises: Damaged while it is walked.
    """

    def __init__(self, source: Readable, *, file: str, header_bytes: int) -> None:
        self._source = source
        self._file = file
        self._header_bytes = header_bytes

    def __iter__(self) -> Iterator[TarEntry]:
        """Yield each entry, skipping what its reader left of the one before."""
        extra: dict[str, bytes] = {}
        spent = 0
        while (header := self._header()) is not None:
            kind, size = header[156:157], self._size(header[124:136])
            if kind in (_GLOBAL_ATTRIBUTES, _ATTRIBUTES, _LONG_NAME, _LONG_LINK):
                spent += BLOCK_BYTES + size
                extra |= self._extra(kind, size, spent)
                continue
            body = _Body(self, self._size(extra.get("size", b""), base=10, default=size))
            yield self._entry(header, kind, extra.get("path"), body)
            body.skip()
            extra, spent = {}, 0
        # Reading on to the very end has the checksum of a gzip around the tar verified.
        drain(self._source)

    def take(self, size: int) -> bytes:
        """Between 1 and `size` bytes.  Raises: Damaged at the end of the file."""
        data = self._source.read(size)
        if not data:
            raise Damaged("truncated-archive", self._file, "a tar that stops before its end")
        return data

    def take_all(self, size: int) -> bytes:
        """Exactly `size` bytes, which must be few.  Raises: Damaged."""
        data = b""
        while len(data) < size:
            data += self.take(size - len(data))
        return data

    def _header(self) -> bytes | None:
        header = self.take_all(BLOCK_BYTES)
        if not header.strip(b"\0"):
            return None
        if not is_tar(header):
            raise Damaged("broken-archive", self._file, "a tar entry with a wrong checksum")
        return header

    def _size(self, field: bytes, *, base: int = 8, default: int = 0) -> int:
        if field[:1] == b"\x80":
            return int.from_bytes(field[1:], "big")
        digits = field.strip(b" \0")
        if digits and not (digits.isdigit() and len(digits) <= 20):
            raise Damaged("broken-archive", self._file, "a tar entry without a readable size")
        try:
            return int(digits, base) if digits else default
        except ValueError:
            raise Damaged("broken-archive", self._file, "a tar entry of unreadable size") from None

    def _extra(self, kind: bytes, size: int, spent: int) -> dict[str, bytes]:
        """Name and size from a block that describes the entry after it."""
        if spent > self._header_bytes:
            raise Damaged("broken-archive", self._file, "a tar entry with an endless header")
        block = self.take_all(size)
        self.take_all(-size % BLOCK_BYTES)
        if kind == _LONG_NAME:
            return {"path": block.rstrip(b"\0")}
        return _attributes(block) if kind == _ATTRIBUTES else {}

    def _entry(self, header: bytes, kind: bytes, path: bytes | None, body: "_Body") -> TarEntry:
        name = path if path is not None else _short_name(header)
        text = name.decode("utf-8", errors="surrogateescape")
        is_folder = kind == _FOLDER or (kind in _FILES and text.endswith("/"))
        return TarEntry(text, is_folder, kind in _FILES, body)


class _Body:
    """The content of one entry: `size` bytes, then padding up to a whole block."""

    def __init__(self, archive: TarArchive, size: int) -> None:
        self._archive = archive
        self._left = size
        self._padding = -size % BLOCK_BYTES

    def read(self, size: int = CHUNK_BYTES, /) -> bytes:
        """Up to `size` bytes; empty at the end of the entry."""
        if not self._left:
            return b""
        data = self._archive.take(min(size, self._left))
        self._left -= len(data)
        return data

    def skip(self) -> None:
        """Pass over what is left, up to the header of the next entry."""
        drain(self)
        self._archive.take_all(self._padding)
        self._padding = 0


def _short_name(header: bytes) -> bytes:
    name = header[:100].split(b"\0", 1)[0]
    has_prefix = header[257:263] == b"ustar\0"
    prefix = header[345:500].split(b"\0", 1)[0] if has_prefix else b""
    return prefix + b"/" + name if prefix else name


def _attributes(block: bytes) -> dict[str, bytes]:
    """Path and size from records of the form `<length> <key>=<value>\\n`; others are ignored."""
    found: dict[str, bytes] = {}
    while block:
        length, _, rest = block.partition(b" ")
        if not length.isdigit() or not len(length) < int(length[:9]) <= len(block):
            break
        key, _, value = rest[: int(length) - len(length) - 2].partition(b"=")
        if key in (b"path", b"size"):
            found[key.decode()] = value
        block = block[int(length) :]
    return found
