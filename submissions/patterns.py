"""Regular expressions that visitors type, asked of names in bounded time.

RE2 never backtracks: a name of n characters takes time in proportion to n, whatever the expression.
What grows with the expression itself, its program, and what grows with the board, the number of
names, have limits of their own.
"""

import time
from collections.abc import Iterable
from typing import Any, Final, TypeVar

import re2

from submissions.limits import PATTERN_INSTRUCTIONS, PATTERN_MEMORY_BYTES, PATTERN_SECONDS

T = TypeVar("T")
# Names change rarely and are many; the clock is read once for so many of them.
_CLOCK_EVERY: Final = 64


class BadPattern(ValueError):
    """An expression that cannot be used; the message says why, in RE2's own English words."""


class TooSlow(Exception):
    """The names were not all looked at in `PATTERN_SECONDS`."""


def compile_pattern(text: str) -> Any:
    """An expression that ignores case, in RE2's syntax: no look-around, no back-references.

    Raises:
        BadPattern: if it cannot be read, or makes too long a program.
    """
    options = re2.Options()
    options.case_sensitive = False
    options.max_mem = PATTERN_MEMORY_BYTES
    options.log_errors = False
    try:
        pattern = re2.compile(text, options)
    except re2.error as error:
        why = error.args[0]
        raise BadPattern(why.decode(errors="replace") if isinstance(why, bytes) else why) from None
    if pattern.programsize > PATTERN_INSTRUCTIONS:
        raise BadPattern("repeats too much")
    return pattern


def matching(pattern: Any, names: Iterable[tuple[T, tuple[str, ...]]]) -> set[T]:
    """Whoever has a name in which the pattern is found.

    Args:
        pattern: as `compile_pattern` gave it.
        names: each with all its names.

    Raises:
        TooSlow: after `PATTERN_SECONDS`.
    """
    search, deadline = pattern.search, time.monotonic() + PATTERN_SECONDS
    found = set()
    for number, (who, texts) in enumerate(names):
        if number % _CLOCK_EVERY == 0 and time.monotonic() > deadline:
            raise TooSlow
        if any(search(text) for text in texts):
            found.add(who)
    return found
