"""Per-example scores as compact bytes, and back, to the last bit."""

import struct
import zlib
from collections.abc import Sequence

from scoring import Outcome

# The first byte of an artefact, so that a later layout can be told apart.
_LAYOUT = 1


def pack_scores(scores: Sequence[float], outcomes: Sequence[Outcome]) -> bytes:
    """Pack n scores and n outcomes: a layout byte, then zlib over n float64 and n bytes."""
    if len(scores) != len(outcomes):
        raise ValueError(f"{len(scores)} scores for {len(outcomes)} outcomes")
    body = struct.pack(f"<{len(scores)}d", *scores)
    body += b"".join(outcome.value for outcome in outcomes)
    return bytes([_LAYOUT]) + zlib.compress(body, 6)


def unpack_scores(data: bytes) -> tuple[tuple[float, ...], tuple[Outcome, ...]]:
    """Return what `pack_scores` was given.

    Raises:
        ValueError: if the bytes are no artefact.
    """
    if not data or data[0] != _LAYOUT:
        raise ValueError("not an artefact of per-example scores")
    body = zlib.decompress(data[1:])
    n = len(body) // 9
    scores = struct.unpack(f"<{n}d", body[: 8 * n])
    return scores, tuple(Outcome(bytes([byte])) for byte in body[8 * n :])
