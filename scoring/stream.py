"""Random choices that are the same on every machine, interpreter and version of Python."""

from collections.abc import MutableSequence, Sequence
from hashlib import sha256, shake_256
from typing import TypeVar

T = TypeVar("T")

_BLOCK_BYTES = 16 * 1024


class Stream:
    """An endless run of bytes that a path of names determines: SHAKE-256 in counter mode.

    Python's own `random` is not used: what its methods draw has changed between versions.
    """

    def __init__(self, *path: str | int) -> None:
        """Two paths give the same bytes only if they are equal, element by element."""
        self.name = "".join(f"{len(str(part))}:{part}," for part in path)
        self._key = sha256(self.name.encode()).digest()
        self._block = 0
        self._buffer = b""
        self._at = 0

    def take(self, n: int) -> bytes:
        """The next n bytes."""
        while len(self._buffer) - self._at < n:
            counter = self._block.to_bytes(8, "big")
            fresh = shake_256(self._key + counter).digest(_BLOCK_BYTES)
            self._buffer = self._buffer[self._at :] + fresh
            self._block += 1
            self._at = 0
        self._at += n
        return self._buffer[self._at - n : self._at]

    def below(self, n: int) -> int:
        """A whole number in [0, n), each equally likely."""
        size = (n.bit_length() + 7) // 8 or 1
        limit = 256**size - 256**size % n
        while (drawn := int.from_bytes(self.take(size), "big")) >= limit:
            pass
        return drawn % n

    def between(self, low: int, high: int) -> int:
        """A whole number in [low, high], each equally likely."""
        return low + self.below(high - low + 1)

    def pick(self, choices: Sequence[T]) -> T:
        """One of the choices, each equally likely."""
        return choices[self.below(len(choices))]

    def shuffle(self, items: MutableSequence[T]) -> None:
        """Bring items into random order, in place."""
        for last in range(len(items) - 1, 0, -1):
            other = self.below(last + 1)
            items[last], items[other] = items[other], items[last]

    def sample(self, choices: Sequence[T], k: int) -> list[T]:
        """k different choices in random order."""
        pool = list(choices)
        self.shuffle(pool)
        return pool[:k]


def uniform_table(n: int, offset: int = 0) -> tuple[bytes, bytes]:
    """How `bytes.translate` makes bytes into equally likely numbers in [offset, offset + n).

    Returns:
        A table, and the bytes to leave out so that none is likelier than another.
    """
    limit = 256 - 256 % n
    table = bytes(offset + byte % n if byte < limit else 0 for byte in range(256))
    return table, bytes(range(limit, 256))


def spread(choices: Sequence[T]) -> tuple[T, ...]:
    """256 entries, so that a byte picks one: for running text, where a small bias is no matter."""
    return tuple(choices[byte * len(choices) // 256] for byte in range(256))
