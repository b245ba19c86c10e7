"""The board as files: the same rows as the page, written piece by piece."""

from submissions.export.records import Records
from submissions.export.writers import WRITERS, Writer

__all__ = ["WRITERS", "Records", "Writer"]
