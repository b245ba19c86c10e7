"""Lengths in tokens, as people write them: 4k, 128k, 1m."""

import re

KIBI = 1024

_LENGTH = re.compile(r"([0-9]{1,12})([km]?)", re.IGNORECASE)
_UNITS = {"": 1, "k": KIBI, "m": KIBI * KIBI}
_SHORTEST = 256


def read_length(text: str) -> int:
    """Tokens as people write them: 4k is 4,096, 1m is 1,048,576.

    Raises: ValueError, with a message for people; lengths below 256 are none.
    """
    match = _LENGTH.fullmatch(text.strip())
    if match is None:
        raise ValueError(f"{text!r} is no length; write 4k, 128k, 1m or a number of tokens")
    tokens = int(match[1]) * _UNITS[match[2].lower()]
    if tokens < _SHORTEST:
        raise ValueError(f"{text!r} is too short; the shortest context has {_SHORTEST} tokens")
    return tokens


def show_length(tokens: int) -> str:
    """The shortest way to write a length."""
    for name, unit in (("m", KIBI * KIBI), ("k", KIBI)):
        if tokens % unit == 0:
            return f"{tokens // unit}{name}"
    return str(tokens)
