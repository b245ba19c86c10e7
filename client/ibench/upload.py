"""Sends files and the fields that go with them."""

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from typing import IO, Any, Final

from ibench.errors import Refused
from ibench.http import Connection
from ibench.journal import Journal

Ticker = Callable[[int], object]
SUBMISSIONS: Final = "api/v1/submissions/"


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
    on_bytes: Ticker | None = None,
) -> Any:
    """Post files with their fields in one request; sent again where the connection broke.

    The Idempotency-Key makes a second request as good as none.
    """
    with ExitStack() as stack:
        streams = [
            (file, CountedFile(stack.enter_context(file.path.open("rb")), on_bytes))
            for file in journal.files
        ]

        def _rewind() -> None:
            for _, stream in streams:
                stream.seek(0)

        try:
            return connection.json(
                "POST",
                SUBMISSIONS,
                data=as_form(fields),
                files=[("files", (file.name, stream)) for file, stream in streams],
                headers={"Idempotency-Key": journal.key},
                is_repeatable=True,
                rewind=_rewind,
            )
        except Refused:
            # What was refused is answered from memory under the same key; mended, it is new.
            journal.start_over()
            raise


def as_form(fields: Mapping[str, object]) -> dict[str, str]:
    """Fields as a form writes them; what is not given is left out."""
    return {
        name: str(value).lower() if isinstance(value, bool) else str(value)
        for name, value in fields.items()
        if value is not None
    }
