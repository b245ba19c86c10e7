"""A task's predictions as they are kept: gzip over JSON lines, one a position."""

import gzip
import io
from collections.abc import Iterable

import orjson

from submissions.files import read_stored, store_stream
from submissions.limits import KIB
from submissions.models import TaskPredictions

# A call of the compressor for each short answer would cost more than the compression.
_BATCH_BYTES = 64 * KIB


def store_predictions(predictions: Iterable[str | None]) -> tuple[str, int, int]:
    """Keep predictions in the order of their positions; None where one is missing.

    Returns:
        sha256 of the kept file, number of positions, number of predictions.
    """
    n = answered = 0
    buffer = io.BytesIO()
    # A fixed time: the same predictions are the same bytes.  Level 4 takes half the time of the
    # usual 6 and makes a model's files a sixteenth larger.
    with (
        gzip.GzipFile(fileobj=buffer, mode="wb", compresslevel=4, mtime=0) as packed,
        io.BufferedWriter(packed, _BATCH_BYTES) as lines,
    ):
        for prediction in predictions:
            lines.write(orjson.dumps(prediction) + b"\n")
            n += 1
            answered += prediction is not None
    buffer.seek(0)
    return store_stream(buffer)[0], n, answered


def read_predictions(stored: TaskPredictions) -> list[str | None]:
    """Read predictions back, by position.

    Raises:
        DamagedFile: if the file is missing or its bytes have changed.
        ValueError: if it does not hold as many lines as its row says.
    """
    lines = gzip.decompress(read_stored(stored.sha256)).splitlines()
    if len(lines) != stored.n:
        raise ValueError(f"file {stored.sha256}: {len(lines)} lines, {stored.n} expected")
    return [orjson.loads(line) for line in lines]
