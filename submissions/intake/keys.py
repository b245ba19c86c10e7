"""The shapes that pairing works with: what a release asks, and which row answers what."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from submissions.intake.problems import Problem


@dataclass(frozen=True)
class ItemSetKey:
    """The examples of one task, as far as pairing needs them, by position 0 to n-1.

    Attributes:
        sha256: Names the item set; two releases that share a task share it.
        source_ids: The id that files of this generation carry; may have gaps.
        fingerprints: Digests of the right answers; None where nothing may be learned of them.
    """

    task: str
    sha256: str
    source_ids: Sequence[int | str | None]
    fingerprints: Sequence[bytes | None]

    def __len__(self) -> int:
        return len(self.fingerprints)

    def without_answers(self) -> "ItemSetKey":
        """The same examples, of whose answers an upload can learn nothing."""
        return replace(self, fingerprints=(None,) * len(self.fingerprints))


@dataclass(frozen=True)
class ReleaseKey:
    """A release: its name and its item set for each task, by task slug."""

    name: str
    item_sets: Mapping[str, ItemSetKey]


@dataclass(frozen=True)
class AlignedTask:
    """The rows of one task, paired.

    Attributes:
        rows: For each position of the item set the index of a row, None where there is none.
        matched: How many of the file's ground truths agree with the answers.
        compared: How many ground truths the file gives.
    """

    task: str
    rows: list[int | None]
    matched: int
    compared: int


@dataclass(frozen=True)
class Alignment:
    """An upload paired with a release, task by task."""

    release: str
    tasks: dict[str, AlignedTask]
    warnings: tuple[Problem, ...]
