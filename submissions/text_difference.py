"""Where two texts part: what stands before, the first word that differs, and what follows."""

from collections.abc import Sequence
from typing import Final, NamedTuple

# How much of what is equal is shown before a difference that comes late.
BEFORE_CHARS: Final = 200
AFTER_CHARS: Final = 300


class Parted(NamedTuple):
    """A text cut at its first difference from another; `at` is empty where it ends there."""

    is_cut: bool
    before: str
    at: str
    after: str
    is_cut_behind: bool


def first_difference(text: str, others: Sequence[str]) -> Parted | None:
    """Cut `text` where it parts from that of `others` which it follows longest.

    None where it equals one of them, or there are none.
    """
    if not others or text in others:
        return None
    start = max(_common(text, other) for other in others)
    end = start
    while end < len(text) and not text[end].isspace():
        end += 1
        # Chinese has no spaces: there a word is a character.
        if ord(text[end - 1]) > 0x2E7F:
            break
    end = min(max(end, start + 1), len(text))
    first = max(0, start - BEFORE_CHARS)
    last = min(len(text), end + AFTER_CHARS)
    return Parted(first > 0, text[first:start], text[start:end], text[end:last], last < len(text))


def _common(one: str, other: str) -> int:
    """How many characters two texts begin with alike."""
    for at, (a, b) in enumerate(zip(one, other, strict=False)):
        if a != b:
            return at
    return min(len(one), len(other))
