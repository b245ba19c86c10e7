"""Remembers what of an upload is done, so that the same command after a cut goes on.

An upload is known by its site, its files' content and its fields.  Its Idempotency-Key and the
addresses of its parts are kept until the server has stored the submission.
"""

import contextlib
import hashlib
import json
import os
import tempfile
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Self

from platformdirs import user_state_path

from ibench.errors import BadUsage

Ticker = Callable[[int], object]
"""Called with the number of bytes that went out since the last call."""

_CHUNK_BYTES: Final = 1024 * 1024
# Half-sent uploads of longer ago are gone from the server as well.
_KEPT: Final = 50


@dataclass(frozen=True, slots=True)
class LocalFile:
    """A file to send, with the hash that it had when the upload began."""

    path: Path
    size_bytes: int
    sha256: str

    @property
    def name(self) -> str:
        """What the server is told it is called."""
        return self.path.name


@dataclass(slots=True)
class Journal:
    """One upload: its files, its key, and where its parts went."""

    files: tuple[LocalFile, ...]
    key: str
    fingerprint: str
    # The address of each file that the server has begun to receive, by its hash.
    parts: dict[str, str] = field(default_factory=dict)

    @classmethod
    @contextmanager
    def open(
        cls,
        site: str,
        files: Sequence[str | Path],
        fields: Mapping[str, object],
        *,
        key: str | None = None,
    ) -> Iterator[Self]:
        """Take up an upload that was cut, or begin one; forget it when it ends well.

        Raises:
            BadUsage: if a file cannot be read, or two have one name.
        """
        local = tuple(_local(Path(file)) for file in files)
        _refuse_equal_names(local)
        told = {name: value for name, value in fields.items() if value is not None}
        content = sorted((file.name, file.sha256) for file in local)
        print_ = json.dumps([site, content, told], sort_keys=True, default=str)
        fingerprint = hashlib.sha256(print_.encode()).hexdigest()
        earlier = _read().get(fingerprint, {})
        journal = cls(
            files=local,
            key=key or str(earlier.get("key") or uuid.uuid4()),
            fingerprint=fingerprint,
            parts=dict(earlier.get("parts") or {}),
        )
        journal.note()
        yield journal
        journal._forget()

    def note(self) -> None:
        """Keep what is known so far."""
        stored = _read()
        stored.pop(self.fingerprint, None)
        stored[self.fingerprint] = {"key": self.key, "parts": self.parts}
        _write(dict(list(stored.items())[-_KEPT:]))

    def start_over(self) -> None:
        """Give the upload a new key: the server has refused what this one stood for."""
        self.key = str(uuid.uuid4())
        self.note()

    def _forget(self) -> None:
        stored = _read()
        if stored.pop(self.fingerprint, None) is not None:
            _write(stored)


def _local(path: Path) -> LocalFile:
    digest = hashlib.sha256()
    try:
        with path.open("rb") as stream:
            while chunk := stream.read(_CHUNK_BYTES):
                digest.update(chunk)
            size = stream.tell()
    except OSError as error:
        reason = error.strerror or str(error)
        raise BadUsage(f"{path} cannot be read: {reason}.", fix="Check the path.") from error
    if not size:
        raise BadUsage(f"{path} is empty.", fix="Check that the predictions were written.")
    return LocalFile(path, size, digest.hexdigest())


def _refuse_equal_names(files: Sequence[LocalFile]) -> None:
    names = [file.name for file in files]
    if twice := next((name for name in names if names.count(name) > 1), None):
        raise BadUsage(f"Two files are called {twice}.", fix="Rename one, or send an archive.")


def _journal_file() -> Path:
    return user_state_path("ibench", appauthor=False) / "uploads.json"


def _read() -> dict[str, Any]:
    with contextlib.suppress(OSError, ValueError):
        stored = json.loads(_journal_file().read_text(encoding="utf-8"))
        if isinstance(stored, dict):
            return stored
    return {}


def _write(stored: dict[str, Any]) -> None:
    """Replace the journal; a machine without a place for it cannot resume, and that is all."""
    path = _journal_file()
    with contextlib.suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle, draft = tempfile.mkstemp(dir=path.parent, prefix=".uploads-")
        with os.fdopen(handle, "w", encoding="utf-8") as stream:
            json.dump(stored, stream)
        Path(draft).replace(path)
