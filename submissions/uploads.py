"""Files that come in parts over poor links: begun, continued where they stopped, used, swept.

A part is first spooled on this machine, however long it takes, and then kept as a file of its own
named by where it begins, in one short transaction that asks again where the upload stands.  So a
sender that hangs holds no lock, a part that is cut or damaged changes nothing that was there, and
the next part may come in through another machine.
"""

import hashlib
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from typing import IO, Final

from django.core.files.base import File
from django.core.files.storage import Storage, storages
from django.db import transaction
from django.db.models import QuerySet

from accounts.models import User
from submissions.limits import (
    OPEN_UPLOADS,
    PARTIAL_UPLOAD_LIFE,
    SWEEP_ROWS,
    UPLOAD_COMPRESSED_BYTES,
)
from submissions.models import PartialUpload

_CHUNK_BYTES: Final = 256 * 1024


class UploadRefused(Exception):
    """Base of what an upload may fail with."""


class TooLong(UploadRefused):
    """More bytes than any upload may have, or than this one announced."""


class TooManyUploads(UploadRefused):
    """The user has as many unfinished or unused uploads as one may have."""


class WrongOffset(UploadRefused):
    """The part does not begin where the upload stands; carries where that is."""

    def __init__(self, offset_bytes: int) -> None:
        super().__init__(offset_bytes)
        self.offset_bytes = offset_bytes


class WrongChecksum(UploadRefused):
    """The part's bytes do not have the checksum that was sent with them."""


@dataclass(frozen=True, slots=True)
class Part:
    """Bytes for an upload: from where on, how many, and their sha256 where the sender gave it."""

    offset_bytes: int
    length_bytes: int | None
    sha256: bytes | None


def own_uploads(user: User, *, now: datetime) -> QuerySet[PartialUpload]:
    """A user's uploads that have not expired."""
    return PartialUpload.objects.filter(user=user, expires_at__gt=now)


def begin_upload(
    user: User, *, name: str, length_bytes: int, metadata: str, now: datetime
) -> PartialUpload:
    """Make room for a file of `length_bytes`.

    Raises:
        TooLong: if no upload may be that long.
        TooManyUploads: if the user has too many.
    """
    if length_bytes > UPLOAD_COMPRESSED_BYTES:
        raise TooLong
    with transaction.atomic():
        User.objects.select_for_update().get(pk=user.pk)
        if own_uploads(user, now=now).count() >= OPEN_UPLOADS:
            raise TooManyUploads
        return PartialUpload.objects.create(
            user=user,
            name=name,
            metadata=metadata,
            length_bytes=length_bytes,
            created_at=now,
            expires_at=now + PARTIAL_UPLOAD_LIFE,
        )


def append_part(upload: PartialUpload, part: Part, stream: IO[bytes], *, now: datetime) -> int:
    """Put a part behind what is there; a part that was cut counts as far as it came.

    Returns:
        Where the upload stands afterwards.

    Raises:
        WrongOffset: if it begins elsewhere, also if another part came meanwhile.
        TooLong: if it goes beyond the announced length.
        WrongChecksum: if it is damaged or, having a checksum, was cut.
    """
    _refuse_wrong_place(upload, part)
    with tempfile.TemporaryFile() as spool:
        sha256, length = _spool(stream, spool, most=upload.length_bytes - part.offset_bytes)
        if part.sha256 is not None and sha256 != part.sha256:
            raise WrongChecksum
        spool.seek(0)
        return _move(upload, part, spool, length, now=now)


def _refuse_wrong_place(upload: PartialUpload, part: Part) -> None:
    if part.offset_bytes != upload.offset_bytes:
        raise WrongOffset(upload.offset_bytes)
    if part.length_bytes is not None and (
        part.offset_bytes + part.length_bytes > upload.length_bytes
    ):
        raise TooLong


def _spool(stream: IO[bytes], spool: IO[bytes], *, most: int) -> tuple[bytes, int]:
    """Write what comes until the sender is done or gone; its hash and its length."""
    digest, length = hashlib.sha256(), 0
    while chunk := _read(stream):
        length += len(chunk)
        if length > most:
            raise TooLong
        digest.update(chunk)
        spool.write(chunk)
    return digest.digest(), length


def _read(stream: IO[bytes]) -> bytes:
    """The next bytes; none where the connection broke, as at the end."""
    try:
        return stream.read(_CHUNK_BYTES)
    except OSError:
        return b""


def _move(
    upload: PartialUpload, part: Part, spool: IO[bytes], length: int, *, now: datetime
) -> int:
    with transaction.atomic():
        row = PartialUpload.objects.select_for_update().filter(pk=upload.pk).first()
        if row is None or row.offset_bytes != part.offset_bytes:
            raise WrongOffset(row.offset_bytes if row else 0)
        if length:
            # What a transaction left here that was rolled back is written over.
            _storage().save(_name(row, row.offset_bytes), File(spool))
        row.offset_bytes += length
        row.expires_at = now + PARTIAL_UPLOAD_LIFE
        row.save(update_fields=["offset_bytes", "expires_at"])
        return row.offset_bytes


@contextmanager
def open_uploads(uploads: list[PartialUpload]) -> Iterator[list[tuple[str, IO[bytes]]]]:
    """Open finished uploads as named files."""
    with ExitStack() as stack:
        yield [(upload.name, stack.enter_context(_joined(upload))) for upload in uploads]


def _joined(upload: PartialUpload) -> IO[bytes]:
    """An upload's parts, one behind the other.

    Raises:
        FileNotFoundError: if a part is gone.
    """
    whole = tempfile.TemporaryFile()  # noqa: SIM115  The caller closes it.
    while (offset := whole.tell()) < upload.offset_bytes:
        with _storage().open(_name(upload, offset), "rb") as part:
            shutil.copyfileobj(part, whole, _CHUNK_BYTES)
        if whole.tell() == offset:
            raise FileNotFoundError(f"upload {upload.public_id} has no bytes at {offset}")
    whole.seek(0)
    return whole


def drop_upload(upload: PartialUpload) -> None:
    """Forget an upload and its bytes."""
    PartialUpload.objects.filter(pk=upload.pk).delete()
    _drop_parts(upload.public_id)


def sweep_uploads(*, now: datetime) -> int:
    """Forget what has expired, and bytes whose upload is gone.

    Returns:
        How many uploads expired.
    """
    expired = list(PartialUpload.objects.filter(expires_at__lte=now)[:SWEEP_ROWS])
    for upload in expired:
        drop_upload(upload)
    folders = _listed("")[0]
    known = set(
        PartialUpload.objects.filter(public_id__in=folders).values_list("public_id", flat=True)
    )
    for public_id in folders:
        # The row comes before its first part, so a folder without a row is nobody's.
        if public_id not in known:
            _drop_parts(public_id)
    return len(expired)


def _storage() -> Storage:
    return storages["content"]


def _name(upload: PartialUpload, offset_bytes: int) -> str:
    return f"uploads/{upload.public_id}/{offset_bytes:012d}"


def _listed(path: str) -> tuple[list[str], list[str]]:
    try:
        return _storage().listdir(f"uploads/{path}".rstrip("/"))
    except FileNotFoundError:
        return [], []


def _drop_parts(public_id: str) -> None:
    for part in _listed(public_id)[1]:
        _storage().delete(f"uploads/{public_id}/{part}")
    # A folder of the file system stays behind its files, and a bucket knows none.
    with suppress(OSError):
        _storage().delete(f"uploads/{public_id}")
