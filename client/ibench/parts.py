"""Sends a file in checksummed parts that go on where a cut connection stopped.

Source: https://tus.io/protocols/resumable-upload, version 1.0.0.
"""

import base64
import hashlib
import time
from typing import Final

from ibench.errors import IbenchError, NotFound, Refused, Unreachable
from ibench.http import TRIES, Connection
from ibench.journal import Journal, LocalFile, Ticker

PART_BYTES: Final = 4 * 1024 * 1024
UPLOADS: Final = "api/v1/uploads/"
_TUS: Final = {"Tus-Resumable": "1.0.0"}
_WAIT_SECONDS: Final = 0.5
# The place is not where we thought, or the part came damaged: ask for the place and go on.
_ASK_AGAIN: Final = (409, 460)


def send_in_parts(
    connection: Connection, journal: Journal, file: LocalFile, tick: Ticker | None
) -> str:
    """Bring a whole file to the server and return the upload's id.

    Raises:
        Unreachable: if the server stays away; what arrived is kept, and the journal knows where.
        Refused: if the file changed meanwhile, or the server does not want it.
    """
    place = _begun(connection, journal, file)
    if tick is not None and place:
        tick(place)
    failures = 0
    with file.path.open("rb") as stream:
        while place < file.size_bytes:
            stream.seek(place)
            part = stream.read(PART_BYTES)
            if not part:
                raise Refused(f"{file.path} became shorter while it was sent.")
            try:
                after = _send_part(connection, journal.parts[file.sha256], place, part)
                failures = 0
            except IbenchError as error:
                failures += 1
                if failures == TRIES or not _can_go_on(error):
                    raise
                time.sleep(_WAIT_SECONDS * 2**failures)
                after = _place(connection, journal.parts[file.sha256])
            if tick is not None:
                tick(after - place)
            place = after
    return journal.parts[file.sha256].rstrip("/").rsplit("/", maxsplit=1)[-1]


def _can_go_on(error: IbenchError) -> bool:
    return isinstance(error, Unreachable) or error.status in _ASK_AGAIN


def _begun(connection: Connection, journal: Journal, file: LocalFile) -> int:
    """Take up what an earlier try began, or begin: how many bytes are there."""
    if url := journal.parts.get(file.sha256):
        try:
            return _place(connection, url)
        except NotFound:
            # It was used, or is too old and was swept away.
            del journal.parts[file.sha256]
    name = base64.b64encode(file.name.encode()).decode()
    headers = {
        **_TUS,
        "Upload-Length": str(file.size_bytes),
        "Upload-Metadata": f"filename {name}",
    }
    answer = connection.send("POST", UPLOADS, headers=headers)
    journal.parts[file.sha256] = connection.url(answer.headers["Location"])
    journal.note()
    return 0


def _place(connection: Connection, url: str) -> int:
    answer = connection.send("HEAD", url, headers=_TUS)
    return int(answer.headers["Upload-Offset"])


def _send_part(connection: Connection, url: str, place: int, part: bytes) -> int:
    digest = base64.b64encode(hashlib.sha256(part).digest()).decode()
    headers = {
        **_TUS,
        "Upload-Offset": str(place),
        "Upload-Checksum": f"sha256 {digest}",
        "Content-Type": "application/offset+octet-stream",
    }
    answer = connection.send("PATCH", url, headers=headers, content=part)
    return int(answer.headers["Upload-Offset"])
