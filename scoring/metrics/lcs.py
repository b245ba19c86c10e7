"""Longest common subsequences, read back in the order that ROUGE's authors read them."""

from collections.abc import Sequence
from functools import reduce
from itertools import pairwise
from math import isqrt
from operator import or_


def common_positions(reference: Sequence[str], candidate: Sequence[str]) -> list[int]:
    """Positions in the reference of one longest common subsequence, last position first.

    Of several longest subsequences the choice matters, because ROUGE-Lsum unites the
    positions over all candidate sentences.  A column of the usual table is one big integer:
    bit i is clear where the table grows at row i, which is all that the walk back asks.  Only
    every isqrt(n)-th column is kept and the walk fills in one block at a time, so a megabyte
    of text needs megabytes and not gigabytes.

    Time is about len(candidate) * len(reference) / 64 word operations, twice.

    Source: google-research rouge/rouge_scorer.py:_backtrack_norec (rouge_score 0.1.2) for the
    tie rule; Hyyrö, "Bit-parallel LCS-length computation revisited" (2004) for the columns.
    """
    masks: dict[str, int] = {}
    for position, token in enumerate(reference):
        masks[token] = masks.get(token, 0) | 1 << position
    places = [place for place, token in enumerate(candidate) if token in masks]
    hits = [masks[candidate[place]] for place in places]
    # Candidate tokens that the reference lacks repeat the column before them, so a flag will do.
    gaps = [after - place > 1 for place, after in pairwise([*places, len(candidate)])]
    return _walk_back(hits, gaps, rows=len(reference))


def _walk_back(hits: list[int], gaps: list[bool], *, rows: int) -> list[int]:
    """Walk from the table's last corner: both on a match, else to the larger neighbour."""
    step = isqrt(len(hits)) + 1
    kept = _kept_columns(hits, step, (1 << rows) - 1)
    row = rows
    positions: list[int] = []
    for block in range(len(kept) - 1, -1, -1):
        start = block * step
        columns = _columns(hits[start : start + step], kept[block])
        for col in range(len(columns) - 1, -1, -1):
            column, hit = columns[col], hits[start + col]
            if gaps[start + col]:
                # Through a column without a match the way is up for as long as nothing grows.
                row = (~column & ((1 << row) - 1)).bit_length()
            while row and column & ~hit & (1 << row - 1):
                row -= 1
            if not row:
                return positions
            if hit >> row - 1 & 1:
                row -= 1
                positions.append(row)
    return positions


def _kept_columns(hits: list[int], step: int, column: int) -> list[int]:
    """The column before each block of `step` candidate tokens."""
    live, kept = reduce(or_, hits, 0), []
    for start in range(0, len(hits), step):
        kept.append(column)
        if column & live:
            column = _columns(hits[start : start + step], column)[-1]
    return kept


def _columns(hits: list[int], column: int) -> list[int]:
    """The columns after each of these candidate tokens; bits beyond the reference are noise."""
    columns = []
    for hit in hits:
        found = column & hit
        if found:
            column = column + found | column - found
        columns.append(column)
    return columns
