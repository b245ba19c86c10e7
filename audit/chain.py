"""The chain itself: canonical JSON, hashes, and whether lines of an export hold.  Knows no Django.

An entry is an object with `number`, `at`, `kind`, `actor`, `subject`, `detail` and `previous`, the
hash of the entry before it; its own `hash` is the SHA-256 of all these as canonical JSON.  There
are no fractions in an entry (a score is a text such as "0.5"), so canonical JSON is what RFC 8785
says: keys in order, no spaces, UTF-8.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

# What the first entry names as its predecessor.
GENESIS: Final = "0" * 64
FIELDS: Final = frozenset({"number", "at", "kind", "actor", "subject", "detail", "previous"})


class BrokenChain(Exception):
    """A line that does not continue the chain; carries its number in the file, from 1."""

    def __init__(self, line: int, what: str) -> None:
        super().__init__(f"line {line}: {what}")
        self.line = line
        self.what = what


@dataclass(frozen=True, slots=True)
class Head:
    """The last entry of a chain; number 0 of an empty one."""

    number: int = 0
    hash: str = GENESIS

    def __str__(self) -> str:
        return f"{self.number}:{self.hash}"


def canonical(value: Any) -> str:
    """A value as canonical JSON.

    Raises:
        ValueError: if it holds a fraction, which languages write in different ways.
    """
    _refuse_fractions(value)
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _refuse_fractions(value: Any) -> None:
    if isinstance(value, float):
        raise ValueError(f"an entry holds no fractions; write {value!r} as a text")  # noqa: TRY004  A value that cannot be, for who calls.
    if isinstance(value, Mapping):
        for each in value.values():
            _refuse_fractions(each)
    elif isinstance(value, list | tuple):
        for each in value:
            _refuse_fractions(each)


def entry_hash(body: str) -> str:
    """The hash of an entry, from its canonical JSON without its hash."""
    return hashlib.sha256(body.encode()).hexdigest()


def follow(head: Head, entry: Mapping[str, Any], *, line: int = 0) -> Head:
    """The head after one more entry, given with its hash.

    Raises:
        BrokenChain: if the entry does not follow on the head, or is not what its hash says.
    """
    body = {name: value for name, value in entry.items() if name != "hash"}
    if body.keys() != FIELDS:
        raise BrokenChain(line, "these are not the fields of an entry")
    if body["number"] != head.number + 1:
        raise BrokenChain(line, f"entry {body['number']} follows on entry {head.number}")
    if body["previous"] != head.hash:
        raise BrokenChain(line, f"entry {body['number']} names another predecessor")
    try:
        found = entry_hash(canonical(body))
    except ValueError as error:
        raise BrokenChain(line, f"entry {body['number']}: {error}") from error
    if found != entry.get("hash"):
        raise BrokenChain(line, f"entry {body['number']} does not have its hash")
    return Head(body["number"], found)


def follow_lines(lines: Iterable[str], *, start: Head | None = None) -> Head:
    """The head of an export; `start` is where an earlier check of its first part ended.

    Raises:
        BrokenChain: at the first line that does not continue the chain.
    """
    head = start or Head()
    for number, line in enumerate(lines, start=1):
        try:
            entry = json.loads(line)
        except ValueError as error:
            raise BrokenChain(number, "this is no JSON") from error
        if not isinstance(entry, dict):
            raise BrokenChain(number, "this is no object")
        head = follow(head, entry, line=number)
    return head
