"""The files of a request: those in its form, and the finished uploads in parts that it names."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Any, cast

from django.utils import timezone
from rest_framework.request import Request

from accounts.models import User
from submissions.api.inputs import not_there
from submissions.api.problems import Problem
from submissions.models import PartialUpload
from submissions.uploads import drop_upload, open_uploads, own_uploads

NamedFiles = list[tuple[str, IO[bytes]]]


@contextmanager
def sent_files(
    request: Request, data: dict[str, Any], *, are_kept: bool = False
) -> Iterator[NamedFiles]:
    """Every file by its name, as UploadSerializer read them; taken uploads go unless `are_kept`.

    Raises:
        ValidationError: if the sender has no upload of an id.
        Problem: if one is not finished.
    """
    uploads = _finished(request, data.get("upload", []))
    with open_uploads(uploads) as opened:
        yield [*((file.name, file) for file in data.get("files", [])), *opened]
    if not are_kept:
        for upload in uploads:
            drop_upload(upload)


def _finished(request: Request, ids: list[str]) -> list[PartialUpload]:
    """The sender's finished uploads of these ids, in their order."""
    own = own_uploads(cast(User, request.user), now=timezone.now())
    by_id = {one.public_id: one for one in own.filter(public_id__in=ids)}
    if missing := [one for one in ids if one not in by_id]:
        text = f"You have no such upload: {', '.join(missing)}."
        raise not_there("upload", text)
    for upload in by_id.values():
        if not upload.is_finished:
            text = f"{upload.public_id} stands at {upload.offset_bytes} bytes. Send the rest."
            raise Problem("unfinished-upload", text)
    return [by_id[one] for one in dict.fromkeys(ids)]
