"""Sends files and the fields that go with them."""

from collections.abc import Mapping
from contextlib import ExitStack
from typing import IO, Any, Final

from ibench.errors import Refused
from ibench.http import Connection
from ibench.journal import Journal, Ticker
from ibench.parts import send_in_parts

SUBMISSIONS: Final = "api/v1/submissions/"
DRAFTS: Final = "api/v1/drafts/"
# From here on files go in parts: less is sent again whole sooner than it is asked for.
PARTS_FROM_BYTES: Final = 8 * 1024 * 1024


class CountedFile:
    """A file that tells how much of it was read."""

    def __init__(self, stream: IO[bytes], on_bytes: Ticker | None) -> None:
        self._stream, self._on_bytes = stream, on_bytes

    def read(self, size: int = -1) -> bytes:
        """Read on."""
        data = self._stream.read(size)
        if self._on_bytes is not None:
            self._on_bytes(len(data))
        return data

    def seek(self, place: int, whence: int = 0) -> int:
        """Move; going back takes back what was counted."""
        before = self._stream.tell()
        after = self._stream.seek(place, whence)
        if self._on_bytes is not None and whence == 0:
            self._on_bytes(after - before)
        return after

    def tell(self) -> int:
        """Where the next byte is read."""
        return self._stream.tell()

    def fileno(self) -> int:
        """The open file's number, from which its size is asked."""
        return self._stream.fileno()


def send_files(
    connection: Connection,
    journal: Journal,
    fields: Mapping[str, object],
    *,
    path: str = SUBMISSIONS,
    on_bytes: Ticker | None = None,
) -> Any:
    """Bring files and their fields to the server: large ones in parts, small ones in one request.

    The Idempotency-Key makes a second request as good as none.
    """
    try:
        if sum(file.size_bytes for file in journal.files) < PARTS_FROM_BYTES:
            return _post_files(connection, journal, fields, path, on_bytes)
        ids = [send_in_parts(connection, journal, file, on_bytes) for file in journal.files]
        told = {name: value for name, value in fields.items() if value is not None}
        return connection.json(
            "POST",
            path,
            json={**told, "upload": ids},
            headers={"Idempotency-Key": journal.key},
            is_repeatable=True,
        )
    except Refused as error:
        if error.code == "request-running":
            # Its first try still has the key: a new one would be another upload.
            raise
        # What was refused is answered from memory under the same key; mended, it is new.
        journal.start_over()
        raise


def _post_files(
    connection: Connection,
    journal: Journal,
    fields: Mapping[str, object],
    path: str,
    on_bytes: Ticker | None,
) -> Any:
    with ExitStack() as stack:
        streams = [
            (file, CountedFile(stack.enter_context(file.path.open("rb")), on_bytes))
            for file in journal.files
        ]

        def _rewind() -> None:
            for _, stream in streams:
                stream.seek(0)

        return connection.json(
            "POST",
            path,
            data=as_form(fields),
            files=[("files", (file.name, stream)) for file, stream in streams],
            headers={"Idempotency-Key": journal.key},
            is_repeatable=True,
            rewind=_rewind,
        )


def as_form(fields: Mapping[str, object]) -> dict[str, str]:
    """Fields as a form writes them; what is not given is left out."""
    return {
        name: str(value).lower() if isinstance(value, bool) else str(value)
        for name, value in fields.items()
        if value is not None
    }
