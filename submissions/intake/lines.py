"""Cuts a stream of bytes into lines without ever holding more than one of them."""

from collections.abc import Iterator

from submissions.intake.budget import CHUNK_BYTES, Readable


def read_lines(stream: Readable, *, line_bytes: int) -> Iterator[tuple[int, bytes | None]]:
    r"""Each line with its number, counted from 1; None for a line longer than `line_bytes`.

    A line ends at \n, \r\n or a lone \r: the authors' reader opens files in text mode, where
    all three do, and line numbers are to be those that it would report.
    """
    number, tail, is_too_long = 0, b"", False
    for chunk in _with_plain_newlines(stream):
        lines = chunk.split(b"\n")
        lines[0] = tail + lines[0]
        tail = lines.pop()
        for line in lines:
            number += 1
            yield number, None if is_too_long or len(line) > line_bytes else line
            is_too_long = False
        if len(tail) > line_bytes:
            tail, is_too_long = b"", True
    if tail or is_too_long:
        yield number + 1, None if is_too_long else tail


def _with_plain_newlines(stream: Readable) -> Iterator[bytes]:
    held = b""
    while chunk := stream.read(CHUNK_BYTES):
        chunk = held + chunk
        # A \r at the very end may be the first half of \r\n.
        held = b"\r" if chunk.endswith(b"\r") else b""
        chunk = chunk.removesuffix(held)
        if b"\r" in chunk:
            chunk = chunk.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        yield chunk
    if held:
        yield b"\n"
