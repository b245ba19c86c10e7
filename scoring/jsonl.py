"""Lines of JSON as people really upload them: each usable object, and what is wrong by line."""

import gzip
import json
import re
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import orjson

from scoring.types import Json

_LINE_END = re.compile(rb"\r\n|\r|\n")
_BOM = b"\xef\xbb\xbf"
_DECODER = json.JSONDecoder()
# orjson turns whole numbers of more than 64 bits into floats of at least this, silently.
_EXACT_BELOW = 2.0**63


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that a person can mend; `line` counts from 1, None is the whole file."""

    line: int | None
    code: str
    message: str
    fix: str


class Row(NamedTuple):
    """One object and the line that it stands on."""

    line: int
    value: dict[str, Json]


class UnreadableFile(ValueError):
    """A file that gives no bytes; carries the problem to show."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.problem = Problem(None, "unreadable_file", message, "Check the path and the file.")


def read_rows(path: Path) -> tuple[list[Row], list[Problem]]:
    """Every usable object of a file, plain or gzipped, in file order.  Raises: UnreadableFile.

    Lines end as in Python's text mode, so a lone carriage return ends one; lines of white
    space are skipped.
    """
    try:
        content = path.read_bytes()
        if path.suffix == ".gz":
            content = gzip.decompress(content)
    except (OSError, EOFError, zlib.error) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise UnreadableFile(f"{path.name} cannot be read: {reason}.") from error
    return parse_rows(content, path.name)


def parse_rows(content: bytes, name: str) -> tuple[list[Row], list[Problem]]:
    """As `read_rows`, from bytes; `name` is how messages call the file."""
    rows: list[Row] = []
    problems: list[Problem] = []
    if content.startswith(_BOM):
        content = content[len(_BOM) :]
        problems.append(
            Problem(
                1,
                "bom",
                f"{name} begins with a byte order mark; it is skipped.",
                "Save the file as UTF-8 without BOM.",
            )
        )
    for number, line in enumerate(_lines(content), start=1):
        value = _quick_object(line)
        if value is None:
            value, problem = _parse_line(line, number, name)
            if problem is not None:
                problems.append(problem)
        if value is not None:
            rows.append(Row(number, value))
    return rows, problems


def _lines(content: bytes) -> list[bytes]:
    """The lines of a text; the plain split is forty times as fast as the pattern."""
    return _LINE_END.split(content) if b"\r" in content else content.split(b"\n")


def _quick_object(line: bytes) -> dict[str, Json] | None:
    """The object on a line, in a third of the time; None where the careful way must look.

    That is where the line is empty or no plain JSON object, or where a number may have lost
    digits: what is given here is always what `json` would give.
    """
    try:
        value = orjson.loads(line)
        if type(value) is dict and not any(map(_is_inexact, value.values())):
            return value
    except (orjson.JSONDecodeError, RecursionError):
        pass
    return None


def _is_inexact(value: Json) -> bool:
    """Whether there may be a number in it that has lost digits."""
    kind = type(value)
    if kind is str or kind is int:
        return False
    if isinstance(value, list):
        return not _is_exact_list(value)
    if isinstance(value, dict):
        return any(map(_is_inexact, value.values()))
    return isinstance(value, float) and abs(value) >= _EXACT_BELOW


def _is_exact_list(values: list[Json]) -> bool:
    """Whether no number in a list has lost digits.

    A sum is the quickest look: it is a whole number where all are, and of texts there is none.
    """
    try:
        if isinstance(sum(values), int):  # type: ignore[arg-type]
            return True
    except TypeError:
        pass
    return not any(map(_is_inexact, values))


def _parse_line(
    line: bytes, number: int, name: str
) -> tuple[dict[str, Json] | None, Problem | None]:
    where = f"{name}, line {number}"
    try:
        text = line.decode()
    except UnicodeDecodeError as error:
        message = f"{where}: byte {error.start + 1} is not UTF-8; the line is skipped."
        return None, Problem(number, "bad_utf8", message, "Save the file as UTF-8.")
    if not text.strip():
        return None, None
    try:
        value, end = _DECODER.raw_decode(text.lstrip(" \t"))
    except RecursionError:
        message = f"{where}: the JSON is nested too deeply; the line is skipped."
        return None, Problem(number, "too_deep", message, "Write one flat object a line.")
    except ValueError as error:
        return None, _not_json(text, number, where, error)
    if not isinstance(value, dict):
        message = f"{where}: the JSON is no object; the line is skipped."
        fix = 'Write {"id": …, "prediction": …} on each line.'
        return None, Problem(number, "not_an_object", message, fix)
    rest = text.lstrip(" \t")[end:].strip(" \t")
    return value, _text_after(rest, number, where) if rest else None


def _not_json(text: str, number: int, where: str, error: ValueError) -> Problem:
    if "\0" in text:
        message = f"{where}: there is a NUL character; the line is skipped."
        return Problem(number, "nul", message, "Remove the NUL characters.")
    reason = error.msg if isinstance(error, json.JSONDecodeError) else str(error)
    message = f"{where}: this is not JSON ({reason}); the line is skipped."
    return Problem(number, "bad_json", message, "Write one JSON object a line, as json.dumps does.")


def _text_after(rest: str, number: int, where: str) -> Problem:
    shown = rest if len(rest) <= 20 else rest[:19] + "…"
    message = f"{where}: text after the object ({shown!a}) is left out; the object is used."
    return Problem(number, "text_after_object", message, "Remove what follows the closing brace.")
