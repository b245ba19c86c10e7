"""The one value of a key that a prediction gives, read without a look at the right one."""

import re

from scoring.normalize import is_denied, plain

_UUID = re.compile(
    r"(?<![0-9A-Za-z-])[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}(?![0-9A-Za-z-])"
)
_KEY_BEFORE = re.compile(r"\bkey\b(?!.*\bvalue\b)", re.IGNORECASE)


def stated_value(prediction: str) -> str | None:
    """The one UUID that is given as the value: None where there is none, or a list of them.

    UUIDs after the word "key" and after "not" are none.  The first line that has others
    decides: its only one, or the second of two different ones (a key and its value).
    """
    text = plain(prediction)
    for line in text.split("\n"):
        values = list(dict.fromkeys(_values(line)))
        if values:
            return values[-1] if len(values) <= 2 else None
    return None


def _values(line: str) -> list[str]:
    """The UUIDs of a line that are neither announced as keys nor denied."""
    values, end = [], 0
    for match in _UUID.finditer(line):
        before = line[max(end, match.start() - 40) : match.start()]
        if not _KEY_BEFORE.search(before) and not is_denied(line, match.start()):
            values.append(match[0])
        end = match.end()
    return values
