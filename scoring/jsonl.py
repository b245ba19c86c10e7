"""Lines of JSON as people really upload them: each usable object, and what is wrong by line."""

import gzip
import json
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from scoring.types import Json

_LINE_END = re.compile(rb"\r\n|\r|\n")
_BOM = b"\xef\xbb\xbf"
_DECODER = json.JSONDecoder()


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that a person can mend; `line` counts from 1, None is the whole file."""

    line: int | None
    code: str
    message: str
    fix: str


@dataclass(frozen=True, slots=True)
class Row:
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
    for number, line in _numbered_lines(content):
        value, problem = _parse_line(line, number, name)
        if problem is not None:
            problems.append(problem)
        if value is not None:
            rows.append(Row(number, value))
    return rows, problems


def _numbered_lines(content: bytes) -> Iterator[tuple[int, bytes]]:
    return enumerate(_LINE_END.split(content), start=1)


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
