"""The files of drafts: each draft has a folder of its own, named by content inside it.

Apart from the files of submissions, which are kept for ever: a draft's go when it goes.
"""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import IO

from django.core.files.base import File
from django.core.files.storage import storages

from submissions.files import DamagedFile, hash_stream
from submissions.models import Draft, DraftFile


def _name(draft: Draft, sha256: str) -> str:
    return f"drafts/{draft.public_id}/{sha256}"


def keep_files(draft: Draft, files: Sequence[tuple[str, IO[bytes]]]) -> list[DraftFile]:
    """Write files beside a draft; the rows are still to be stored."""
    kept = []
    for name, stream in files:
        sha256, size = hash_stream(stream)
        if not storages["content"].exists(_name(draft, sha256)):
            storages["content"].save(_name(draft, sha256), File(stream))
        kept.append(DraftFile(draft=draft, name=name, sha256=sha256, size_bytes=size))
    return kept


@contextmanager
def open_files(draft: Draft, *, are_verified: bool = True) -> Iterator[list[tuple[str, IO[bytes]]]]:
    """Open a draft's files for reading, by name.

    Raises:
        DamagedFile: if one of them is not there or, where verified, has other bytes.
        OSError: if the storage refuses.
    """
    with ExitStack() as stack:
        opened: list[tuple[str, IO[bytes]]] = []
        for one in draft.files.all():
            try:
                stream = storages["content"].open(_name(draft, one.sha256), "rb")
            except FileNotFoundError as error:
                raise DamagedFile(one.sha256, "missing") from error
            opened.append((one.name, stack.enter_context(stream)))
            if are_verified and hash_stream(stream)[0] != one.sha256:
                raise DamagedFile(one.sha256, "its bytes have changed since they were stored")
        yield opened


def drop_files(draft: Draft, sha256s: Sequence[str]) -> None:
    """Remove files of a draft; what is gone already is no error."""
    for sha256 in sha256s:
        storages["content"].delete(_name(draft, sha256))
