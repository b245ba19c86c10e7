"""Rows of the board as flat records, counted and hashed while they pass."""

import hashlib
import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from scoring import SUITES
from submissions.board_query import BoardQuery
from submissions.leaderboard import board_rows
from submissions.rows import BoardRow

_TEXTS = (
    "part", "model_name", "model_slug", "organization", "weights", "licence", "tier", "release",
    "submission_id",
)  # fmt: skip
_NUMBERS = (
    "rank", "rank_low", "rank_high", "parameters", "context_tokens", "tasks", "answered", "n",
)  # fmt: skip
_TIMES = ("submitted_at", "withdrawn_at")
_FRACTIONS = ("average", "low", "high")


class Records:
    """The records of a query, to be read once.

    `version` and `count` are those of what was read, and `sha256` is over the records read, each
    as a line of compact JSON with its fields in order.  It is the same in every format.

    Raises:
        NotOnBoard: when made, if the query names what there is not.
    """

    def __init__(self, query: BoardQuery) -> None:
        self.query = query
        self.suite = SUITES[query.suite]
        self.version = 0
        self.count = 0
        self._hash = hashlib.sha256()
        self._rows = board_rows(query)

    @property
    def sha256(self) -> str:
        return self._hash.hexdigest()

    @property
    def columns(self) -> dict[str, type]:
        """Every field of a record in its order, with the type of its values; any may be None."""
        own: dict[str, type] = {"rank": int, "rank_low": int, "rank_high": int}
        own |= dict.fromkeys(_TEXTS, str)
        own |= dict.fromkeys(_FRACTIONS, float)
        for task in self.suite.slugs:
            own |= {task: float, f"{task}_low": float, f"{task}_high": float}
        own["printed_below"] = str
        own |= {name: int for name in _NUMBERS if name not in own}
        own |= dict.fromkeys(_TIMES, str)
        return own

    def __iter__(self) -> Iterator[dict[str, Any]]:
        columns = self.columns
        for version, row in self._rows:
            record = _record(row)
            ordered = {name: record[name] for name in columns}
            line = json.dumps(ordered, ensure_ascii=False, separators=(",", ":"))
            self._hash.update(line.encode() + b"\n")
            self.version = version
            self.count += 1
            yield ordered

    def facts(self) -> dict[str, Any]:
        """What these rows are; whole once they have all been read."""
        return {
            "suite": self.query.suite,
            "track": self.query.board,
            "scorer": self.query.scorer,
            "view": self.query.address(pins=()),
            "board_version": self.version,
            "rows": self.count,
            "sha256": self.sha256,
        }


def _record(row: BoardRow) -> dict[str, Any]:
    record: dict[str, Any] = {
        name: getattr(row, name) for name in (*_TEXTS, *_NUMBERS, *_FRACTIONS)
    }
    if not row.has_rank_interval:
        record |= {"rank_low": None, "rank_high": None}
    for task, cell in row.cells.items():
        low, high = row.intervals.get(task, (None, None))
        record |= {task: cell.value, f"{task}_low": low, f"{task}_high": high}
    bounds = (f"{task}<{cell.below:g}" for task, cell in row.cells.items() if cell.below)
    record["printed_below"] = ";".join(bounds) or None
    return record | {name: _time(getattr(row, name)) for name in _TIMES}


def _time(at: datetime | None) -> str | None:
    return at.isoformat(timespec="seconds") if at else None
