"""READ: an uploaded file as it came, sent as a download and never as a page."""

from collections.abc import Iterator
from itertools import chain

from django.http import StreamingHttpResponse
from django.utils.http import content_disposition_header

from submissions.files import CHUNK_BYTES, open_stored
from submissions.models import SubmissionFile


def file_response(stored: SubmissionFile) -> StreamingHttpResponse:
    """The file's bytes under the last part of its name.

    Raises:
        DamagedFile: if the stored file is missing; before a byte is sent.
    """
    chunks = _chunks(stored.sha256)
    first = next(chunks, b"")
    name = stored.name.rsplit("/", maxsplit=1)[-1]
    return StreamingHttpResponse(
        chain([first], chunks),
        content_type="application/octet-stream",
        headers={
            "Content-Disposition": content_disposition_header(as_attachment=True, filename=name)
            or "attachment",
            "Content-Length": str(stored.size_bytes),
            "X-Content-Type-Options": "nosniff",
        },
    )


def _chunks(sha256: str) -> Iterator[bytes]:
    with open_stored(sha256) as stream:
        while chunk := stream.read(CHUNK_BYTES):
            yield chunk
