"""Lines of a stream, however the server cuts it."""

import asyncio
import time
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor

from workers.runners.openai_compatible import whole_lines


async def _cut(text: bytes, size: int) -> AsyncIterator[bytes]:
    for at in range(0, len(text), size):
        yield text[at : at + size]


async def _read(text: bytes, size: int) -> list[bytes]:
    return [line async for line in whole_lines(_cut(text, size))]


def read(text: bytes, size: int) -> list[bytes]:
    """All lines, read in a thread of its own: the browser's tests keep a loop in this one."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(lambda: asyncio.run(_read(text, size))).result()


def seconds_to_read(size: int) -> float:
    started = time.process_time()
    (line,) = read(b"x" * size + b"\n", 500)
    assert len(line) == size
    return time.process_time() - started


def test_lines_are_the_same_however_they_are_cut() -> None:
    text = b"data: a\n\ndata: b\nno end"

    found = [read(text, size) for size in range(1, len(text) + 1)]

    assert all(lines == [b"data: a", b"", b"data: b"] for lines in found)


def test_a_long_line_in_small_pieces_takes_time_in_proportion() -> None:
    small = min(seconds_to_read(2_000_000) for _ in range(3))
    large = min(seconds_to_read(8_000_000) for _ in range(3))

    # Sixteen times is what looking through the whole line at each piece would take.
    assert large < 8 * small + 0.5
