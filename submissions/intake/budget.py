"""Counts what an upload costs while it is read, and stops it at a limit.

Only bytes that really came out are counted; sizes written in headers are never believed.
"""

from collections.abc import Callable
from typing import NoReturn, Protocol

from submissions.intake.problems import Place, ProblemList, StopUpload
from submissions.limits import Limits

CHUNK_BYTES = 64 * 1024


class Readable(Protocol):
    """Something to read bytes from; an empty answer means the end."""

    def read(self, size: int = ..., /) -> bytes: ...


def drain(stream: Readable) -> None:
    """Read a stream to its end and keep nothing."""
    while stream.read(CHUNK_BYTES):
        continue


class Damaged(Exception):
    """A compressed stream or archive that cannot be unpacked further."""

    def __init__(self, code: str, file: str, found: str) -> None:
        super().__init__(found)
        self.code, self.file, self.found = code, file, found


class Budget:
    """What is left of the limits of one upload."""

    def __init__(self, limits: Limits, problems: ProblemList) -> None:
        self.limits = limits
        self._problems = problems
        self._unpacked_bytes = 0
        self._members = 0
        self._lines = 0
        self.text_bytes = 0

    def count_member(self, file: str) -> None:
        """Count one file or archive entry, folders included."""
        self._members += 1
        if self._members > self.limits.members:
            self.stop("too-many-files", file, "more", self.limits.members)

    def count_line(self, place: Place, size: int) -> None:
        """Count one line of `size` bytes, blank ones too: they cost time like any other."""
        self._lines += 1
        self.text_bytes += size
        if self._lines > self.limits.rows:
            self.stop("too-many-rows", place.file, "more", self.limits.rows, line=place.line)

    def meter(self, file: str, packed_bytes: Callable[[], int]) -> Callable[[int], None]:
        """A counter of the bytes that come out of one uploaded file.

        `packed_bytes` tells how far into the file its reader has come: a bomb of ten megabytes is
        left when its first ones have come out, not when all that ten could honestly hold have.
        """
        out = 0

        def spend(size: int) -> None:
            nonlocal out
            out += size
            self._unpacked_bytes += size
            if self._unpacked_bytes > self.limits.unpacked_bytes:
                self.stop("too-large-unpacked", file, "more", self.limits.unpacked_bytes)
            if out > self.limits.ratio_floor_bytes:
                packed = packed_bytes()
                if out > self.limits.compression_ratio * packed:
                    found = f"{out:,} bytes came out of its first {packed:,}"
                    self.stop("too-compressed", file, found, self.limits.compression_ratio)

        return spend

    def stop(
        self, code: str, file: str, found: str, limit: int, *, line: int | None = None
    ) -> NoReturn:
        """Note that a limit is passed and end the reading of the whole upload."""
        self._problems.error(code, Place(file, line), found, limit=f"{limit:,}")
        raise StopUpload
