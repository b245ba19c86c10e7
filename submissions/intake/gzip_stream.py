"""Unpacks gzip a piece at a time, with bounded memory and work.

The standard `gzip` module reads a header's name byte by byte and skips empty parts without
end, so a hostile file of a few megabytes keeps it busy for many seconds; zlib does not.
"""

import zlib
from collections.abc import Callable

from submissions.intake.budget import CHUNK_BYTES, Damaged, Readable

GZIP_MAGIC = b"\x1f\x8b"
_GZIP_WINDOW = 31


class GzipStream:
    """The text inside a gzip file, checksums verified.

    Raises: Damaged from `read` for a file that is cut, altered, or followed by something else.
    """

    def __init__(
        self, source: Readable, *, file: str, spend: Callable[[int], None], parts: int
    ) -> None:
        self._source = source
        self._file = file
        self._spend = spend
        self._parts_left = parts
        self._parts_limit = parts
        self._waiting = b""
        self._part = zlib.decompressobj(_GZIP_WINDOW)

    def read(self, size: int = CHUNK_BYTES, /) -> bytes:
        """Up to `size` bytes; empty at the end of the last part."""
        while not self._part.eof or self._open_next_part():
            text = self._unpack(size)
            if text:
                self._spend(len(text))
                return text
            if not self._part.eof and not self._waiting:
                self._fill()
        return b""

    def _unpack(self, size: int) -> bytes:
        try:
            text = self._part.decompress(self._waiting, size)
        except zlib.error as error:
            raise Damaged("broken-archive", self._file, f"gzip data: {error}") from None
        self._waiting = self._part.unused_data if self._part.eof else self._part.unconsumed_tail
        return text

    def _fill(self) -> None:
        self._waiting = self._source.read(CHUNK_BYTES)
        if not self._waiting:
            raise Damaged("truncated-archive", self._file, "gzip data that stops before its end")

    def _open_next_part(self) -> bool:
        """Step to the next part of the file, over padding; False at the end of the file."""
        while not (rest := self._waiting.lstrip(b"\0")):
            self._waiting = self._source.read(CHUNK_BYTES)
            if not self._waiting:
                return False
        if rest[:2] not in (GZIP_MAGIC, GZIP_MAGIC[:1]):
            raise Damaged("broken-archive", self._file, "something after the end of the gzip data")
        self._parts_left -= 1
        if self._parts_left <= 0:
            raise Damaged("too-many-parts", self._file, "more")
        self._waiting = rest
        self._part = zlib.decompressobj(_GZIP_WINDOW)
        return True
