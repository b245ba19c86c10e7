"""Writes records as CSV, JSON, Parquet, LaTeX and Markdown, a piece at a time.

Every format ends with the board's version and the hash of its records: they are only known when
the last row has been read, and no row waits for them.
"""

import csv
import io
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from submissions.export.records import Records
from submissions.export.tables import write_latex, write_markdown

_PIECE_ROWS: Final = 200
# A cell that begins so is run as a formula by spreadsheets, also behind spaces.
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


@dataclass(frozen=True, slots=True)
class Writer:
    """A format: its media type, and how records become its bytes."""

    media_type: str
    write: Callable[[Records], Iterator[bytes]]


def harmless(value: Any) -> Any:
    """A text that a spreadsheet takes for text: an apostrophe stands before a formula's sign."""
    if isinstance(value, str) and value.lstrip(" \u00a0\u3000").startswith(_FORMULA):
        return f"'{value}"
    return value


def _write_csv(records: Records) -> Iterator[bytes]:
    """RFC 4180 with a head; texts are quoted; the last line is a comment behind a "#"."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\r\n")
    writer.writerow(records.columns)
    for number, record in enumerate(records, start=1):
        # An absent number is an empty field, not a quoted text.
        writer.writerow("" if one is None else harmless(one) for one in record.values())
        if number % _PIECE_ROWS == 0:
            yield _taken(buffer)
    facts = " ".join(f"{name}={value}" for name, value in records.facts().items() if name != "view")
    yield _taken(buffer) + f"# {facts}\r\n".encode()


def _taken(buffer: io.StringIO) -> bytes:
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text.encode()


def _write_json(records: Records) -> Iterator[bytes]:
    """One object: the records, a line each, then what they are."""
    piece = ['{"records":[']
    for number, record in enumerate(records, start=1):
        comma = "," if number > 1 else ""
        piece.append(f"{comma}\n{json.dumps(record, ensure_ascii=False, separators=(',', ':'))}")
        if number % _PIECE_ROWS == 0:
            yield "".join(piece).encode()
            piece = []
    facts = json.dumps(records.facts(), ensure_ascii=False)
    yield ("".join(piece) + f"\n],{facts[1:]}\n").encode()


def _write_parquet(records: Records) -> Iterator[bytes]:
    """Row groups of 2,000 rows; what they are stands in the file's metadata."""
    from submissions.export.parquet import write_parquet  # noqa: PLC0415  A second to import.

    return write_parquet(records)


WRITERS: Final = {
    "csv": Writer("text/csv; charset=utf-8; header=present", _write_csv),
    "json": Writer("application/json", _write_json),
    "parquet": Writer("application/vnd.apache.parquet", _write_parquet),
    "tex": Writer("application/x-tex; charset=utf-8", write_latex),
    "md": Writer("text/markdown; charset=utf-8", write_markdown),
}
