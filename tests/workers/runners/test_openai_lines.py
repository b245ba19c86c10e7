"""Lines of a stream, however the server cuts it."""

import asyncio
import time
from collections.abc import AsyncIterator

from workers.runners.openai_compatible import whole_lines


async def _cut(text: bytes, size: int) -> AsyncIterator[bytes]:
    for at in range(0, len(text), size):
        yield text[at : at + size]


async def _read(text: bytes, size: int) -> list[bytes]:
    return [line async for line in whole_lines(_cut(text, size))]


def test_lines_are_the_same_however_they_are_cut() -> None:
    text = b"data: a\n\ndata: b\nno end"

    read = [asyncio.run(_read(text, size)) for size in range(1, len(text) + 1)]

    assert all(lines == [b"data: a", b"", b"data: b"] for lines in read)


def test_a_long_line_in_small_pieces_keeps_no_worker() -> None:
    began = time.monotonic()

    (line,) = asyncio.run(_read(b"x" * 16_000_000 + b"\n", 500))

    assert len(line) == 16_000_000
    assert time.monotonic() - began < 5
