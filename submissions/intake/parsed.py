"""What an upload turns into: rows by task, with the predictions in a file beside them."""

from array import array
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import IO, Any, Protocol

from submissions.intake.problems import Problem

ItemId = int | str | None


class SuiteLike(Protocol):
    """What the intake needs to know of a benchmark suite."""

    @property
    def slugs(self) -> Collection[str]:
        """The slugs of its tasks."""

    def answer_fingerprint(self, task_slug: str, raw: Any, /) -> bytes | None:
        """A 16-byte digest of a ground truth in any spelling; None for what is no answer."""


@dataclass
class TaskRows:
    """The rows of one task in file order.  All lists have one entry a row.

    Attributes:
        file: The file as its sender knows it.
        ids: Whole numbers where the file has them or texts of digits; None where it has no id.
        lines: Line numbers in the file, from 1.
        fingerprints: Digests of the file's own ground truths, None where it gives none.
    """

    task: str
    file: str
    ids: list[ItemId] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    fingerprints: list[bytes | None] = field(default_factory=list)
    spool: IO[bytes] | None = field(default=None, repr=False)
    offsets: "array[int]" = field(default_factory=lambda: array("Q"), repr=False)
    lengths: "array[int]" = field(default_factory=lambda: array("Q"), repr=False)

    def __len__(self) -> int:
        return len(self.ids)

    def prediction(self, row: int) -> str:
        """The prediction of a row, read back from the spool, to the character as it was sent."""
        if self.spool is None:
            raise ValueError("these rows were made without a spool")
        self.spool.seek(self.offsets[row])
        return self.spool.read(self.lengths[row]).decode("utf-8")


@dataclass
class ParsedUpload:
    """Every prediction of an upload.

    Attributes:
        tasks: Rows by task slug, in the order in which the tasks were met.
        warnings: What the sender should know, though the upload is taken.
        unpacked_bytes: The text that was read, in bytes, without line ends.
    """

    tasks: dict[str, TaskRows]
    warnings: tuple[Problem, ...]
    unpacked_bytes: int
