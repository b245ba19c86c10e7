"""The ways in which the ids of a file can be read, and which of them is right.

An item set knows its examples by two names: the position, 0 to n-1, which the Hub generation
writes, and the source id, which the older generation writes and which has gaps.  A file of one
generation can look like a file of the other, so a reading is chosen only when something decides:
the ids fit one way only, both ways name the same examples, or the file's own ground truths speak.
"""

from dataclasses import dataclass
from itertools import pairwise

from submissions.intake.fields import normal_id
from submissions.intake.keys import ItemSetKey
from submissions.intake.parsed import ItemId, TaskRows
from submissions.limits import AGREEMENT_REQUIRED


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to pair rows with positions.

    Attributes:
        positions: For each row the position of its example, None where its id is unknown.
        matched: Ground truths that agree with the answer at their position.
        compared: Ground truths of rows whose position, and its answer, are known.
    """

    positions: list[int | None]
    matched: int
    compared: int

    @property
    def known(self) -> int:
        """How many rows have a position."""
        return len(self.positions) - self.positions.count(None)

    @property
    def is_complete(self) -> bool:
        """Whether every row has a position."""
        return None not in self.positions

    @property
    def agrees(self) -> bool:
        """Whether enough ground truths agree; True when there is none to compare."""
        return self.matched >= AGREEMENT_REQUIRED * self.compared

    @property
    def is_sound(self) -> bool:
        """Whether nothing speaks against this reading."""
        return self.is_complete and self.agrees

    @property
    def rank(self) -> tuple[bool, int, int]:
        """What decides between readings: soundness, then evidence, then known ids."""
        return self.is_sound, self.matched, self.known


def possible_readings(rows: TaskRows, items: ItemSetKey) -> list[Reading]:
    """Every distinct reading, the likeliest first; empty if rows without ids are miscounted."""
    if all(item_id is None for item_id in rows.ids):
        in_order: list[int | None] = list(range(len(items)))
        return [_reading(rows, items, in_order)] if len(rows) == len(items) else []
    found: list[Reading] = []
    for names in (_position_names(items), _source_names(items)):
        reading = _reading(rows, items, [names.get(item_id) for item_id in rows.ids])
        if reading not in found:
            found.append(reading)
    return sorted(found, key=lambda reading: reading.rank, reverse=True)


def is_undecided(readings: list[Reading]) -> bool:
    """Whether the two best readings pair rows differently and nothing tells which is right."""
    return any(
        best.rank == other.rank and best.is_complete for best, other in pairwise(readings[:2])
    )


def _position_names(items: ItemSetKey) -> dict[ItemId, int]:
    return {position: position for position in range(len(items))}


def _source_names(items: ItemSetKey) -> dict[ItemId, int]:
    names = enumerate(normal_id(item_id) for item_id in items.source_ids)
    return {item_id: position for position, item_id in names if item_id is not None}


def _reading(rows: TaskRows, items: ItemSetKey, positions: list[int | None]) -> Reading:
    matched = compared = 0
    for position, fingerprint in zip(positions, rows.fingerprints, strict=True):
        answer = None if position is None else items.fingerprints[position]
        if answer is not None and fingerprint is not None:
            compared += 1
            matched += fingerprint == answer
    return Reading(positions, matched, compared)
