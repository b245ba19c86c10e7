"""The board as a Parquet file that is sent while it is written."""

from collections.abc import Iterator
from itertools import islice
from typing import Any, Final

import pyarrow as pa
import pyarrow.parquet as pq

from submissions.export.records import Records

_GROUP_ROWS: Final = 2_000
_TYPES: Final = {int: pa.int64(), float: pa.float64(), str: pa.string()}


class _Pieces:
    """A file to be written to, whose bytes are taken away as they come."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []
        self.closed = False

    def write(self, data: Any) -> int:
        self._parts.append(bytes(data))
        return len(self._parts[-1])

    def flush(self) -> None:
        """Nothing is held back."""

    def close(self) -> None:
        self.closed = True

    def writable(self) -> bool:
        return True

    def readable(self) -> bool:
        return False

    def seekable(self) -> bool:
        return False

    def taken(self) -> bytes:
        parts, self._parts = self._parts, []
        return b"".join(parts)


def write_parquet(records: Records) -> Iterator[bytes]:
    """Write row groups as the records come, and what they are behind them."""
    schema = pa.schema([(name, _TYPES[kind]) for name, kind in records.columns.items()])
    pieces = _Pieces()
    rows = iter(records)
    with pq.ParquetWriter(pieces, schema, compression="zstd") as writer:
        while group := list(islice(rows, _GROUP_ROWS)):
            writer.write_table(pa.Table.from_pylist(group, schema=schema))
            yield pieces.taken()
        writer.add_key_value_metadata({name: str(value) for name, value in records.facts().items()})
    yield pieces.taken()
