"""Tells formats apart by their first bytes, and what a file's name claims to be."""

from typing import Literal

from submissions.intake.budget import Readable

Format = Literal["text", "gzip text", "zip", "tar", "gzip tar"]

HEAD_BYTES = 512
_ENDINGS: dict[str, Format] = {
    ".jsonl": "text",
    ".json": "text",
    ".jsonl.gz": "gzip text",
    ".json.gz": "gzip text",
    ".zip": "zip",
    ".tar": "tar",
    ".tar.gz": "gzip tar",
    ".tgz": "gzip tar",
}
USUAL_ENDING: dict[Format, str] = {
    "text": ".jsonl",
    "gzip text": ".jsonl.gz",
    "zip": ".zip",
    "tar": ".tar",
    "gzip tar": ".tar.gz",
}
TEXT_ENDINGS = (".jsonl.gz", ".json.gz", ".jsonl", ".json")
ARCHIVE_ENDINGS = (".zip", ".tar", ".tar.gz", ".tgz", ".7z", ".rar", ".tar.xz", ".tar.bz2")

_OTHERS = {
    b"BZh": "bzip2 data",
    b"\xfd7zXZ\0": "xz data",
    b"\x28\xb5\x2f\xfd": "Zstandard data",
    b"7z\xbc\xaf\x27\x1c": "a 7-Zip archive",
    b"Rar!\x1a\x07": "a RAR archive",
    b"%PDF": "a PDF document",
    b"PAR1": "a Parquet file",
    b"\x80\x04": "a Python pickle",
    b"\x89PNG": "a picture",
}


def claimed_format(name: str) -> Format | None:
    """What the ending of a name promises; None for an ending that promises nothing."""
    lowered = name.lower()
    endings = [ending for ending in _ENDINGS if lowered.endswith(ending)]
    return _ENDINGS[max(endings, key=len)] if endings else None


def other_format(head: bytes) -> str | None:
    """The name of a known format that is not taken, for a message."""
    return next((name for magic, name in _OTHERS.items() if head.startswith(magic)), None)


def is_zip(head: bytes) -> bool:
    """Whether a file starts as a zip does, empty and split ones included."""
    return head[:4] in (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")


def is_tar(head: bytes) -> bool:
    """Whether 512 bytes are the header of a tar entry: their checksum says so."""
    if len(head) < HEAD_BYTES:
        return False
    try:
        stated = int(head[148:156].strip(b" \0") or b"-", 8)
    except ValueError:
        return False
    return stated == sum(head[:148]) + sum(head[156:512]) + 8 * 0x20


class Peekable:
    """A stream whose first bytes can be looked at before they are read."""

    def __init__(self, source: Readable) -> None:
        self._source = source
        self._ahead = b""

    def peek(self, size: int = HEAD_BYTES) -> bytes:
        """The next `size` bytes, fewer at the end; they stay unread."""
        while len(self._ahead) < size:
            more = self._source.read(size - len(self._ahead))
            if not more:
                break
            self._ahead += more
        return self._ahead[:size]

    def read(self, size: int = HEAD_BYTES, /) -> bytes:
        """Up to `size` bytes; empty at the end."""
        if self._ahead:
            ahead, self._ahead = self._ahead[:size], self._ahead[size:]
            return ahead
        return self._source.read(size)
