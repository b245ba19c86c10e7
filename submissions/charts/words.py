"""How wide words are in a drawing, and how they are made to fit: no drawing can ask a browser."""

import re
from collections.abc import Iterable, Sequence
from typing import Final
from unicodedata import east_asian_width

# Of a letter's height, in the widest of the fonts that system-ui stands for.
_WIDE: Final = 1.0
_CAPITAL: Final = 0.70
_NARROW: Final = 0.35
_OTHER: Final = 0.58
SIZE: Final = 12.0
SMALL: Final = 11.0
# Between two names that stand beside each other.
_GAP: Final = 8.0


def width_of(words: str, size: float = SIZE) -> float:
    """About how many pixels a text takes."""
    return size * sum(_letter(one) for one in words)


def _letter(one: str) -> float:
    if east_asian_width(one) in "WF":
        return _WIDE
    if one.isupper() or one in "mwMW@%":
        return _CAPITAL
    return _NARROW if one in "fijltrI.,:;!|'()[]-– " else _OTHER


def shorten(words: str, room: float, size: float = SIZE) -> str:
    """A text that fits, with an ellipsis in the place of what does not."""
    if width_of(words, size) <= room:
        return words
    kept = words
    while kept and width_of(f"{kept}…", size) > room:
        kept = kept[:-1]
    return f"{kept.rstrip(' -.')}…"


def break_lines(words: str, room: float, *, most: int, size: float = SIZE) -> list[str]:
    """A name on at most so many lines, broken after a space, a hyphen or a dot before a letter."""
    lines: list[str] = []
    rest = re.findall(r".+?(?:[\s\-_/]|\.(?=\D)|$)", words)
    while rest and len(lines) < most - 1:
        line = rest.pop(0)
        while rest and width_of((line + rest[0]).rstrip(), size) <= room:
            line += rest.pop(0)
        lines.append(shorten(line.rstrip(), room, size))
    if rest:
        lines.append(shorten("".join(rest), room, size))
    return lines


def fits(names: Iterable[str], room: float, size: float = SIZE) -> bool:
    """Whether each of the names has room."""
    return all(width_of(name, size) <= room for name in names)


def apart(labels: Sequence[tuple[float, str]], size: float = SMALL) -> list[int]:
    """Which labels, centred at their pixels and in their order, leave room for one another."""
    kept: list[int] = []
    end = float("-inf")
    for at, (x, label) in enumerate(labels):
        half = width_of(label, size) / 2
        if x - half >= end + _GAP:
            kept.append(at)
            end = x + half
    return kept
