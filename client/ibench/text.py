"""Text for a terminal: what a server or a file says cannot move the cursor or hide a word."""

import sys
import unicodedata
from collections.abc import Iterable, Sequence
from typing import TextIO

# Controls, and the marks that turn the direction of writing around.
_UNSAFE_CATEGORIES = frozenset({"Cc", "Cs"})
_UNSAFE = frozenset(
    "\u061c\u200e\u200f\u2028\u2029\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff"
)


def plain(value: object) -> str:
    """The value as one line in which every control character is written out as an escape."""
    return "".join(
        character.encode("unicode_escape").decode() if _is_unsafe(character) else character
        for character in str(value)
    )


def _is_unsafe(character: str) -> bool:
    return character in _UNSAFE or unicodedata.category(character) in _UNSAFE_CATEGORIES


def write(text: str, stream: TextIO | None = None) -> None:
    """Write lines that are safe already; what the terminal cannot show is escaped."""
    stream = stream or sys.stdout
    encoding = stream.encoding or "utf-8"
    stream.write(text.encode(encoding, "backslashreplace").decode(encoding) + "\n")


def width_of(text: str) -> int:
    """How many columns a terminal takes for it: Chinese characters take two, accents none."""
    return sum(
        0
        if unicodedata.combining(character)
        else 2
        if unicodedata.east_asian_width(character) in "WF"
        else 1
        for character in text
    )


def table(head: Sequence[str], rows: Iterable[Sequence[object]], *, right: int = 1) -> str:
    """Rows below a head in aligned columns; columns from number `right` on are numbers."""
    lines = [[plain(cell) for cell in head], *([plain(cell) for cell in row] for row in rows)]
    widths = [max(width_of(line[i]) for line in lines) for i in range(len(head))]
    return "\n".join(_line(line, widths, right) for line in lines)


def _line(cells: Sequence[str], widths: Sequence[int], right: int) -> str:
    padded = []
    for i, (cell, width) in enumerate(zip(cells, widths, strict=True)):
        space = " " * (width - width_of(cell))
        padded.append(space + cell if i >= right else cell + space)
    return "  ".join(padded).rstrip()


def signed(fraction: float) -> str:
    """A difference as it is printed: percentage points with a sign."""
    return f"{100 * fraction:+.1f}".replace("-", "−")


def percent(fraction: object) -> str:
    """A fraction as a score is printed: percent with one decimal; – where there is none."""
    if isinstance(fraction, int | float) and not isinstance(fraction, bool):
        return f"{100 * fraction:.1f}"
    return "–"
