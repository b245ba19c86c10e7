"""From uploaded bytes to predictions that are paired with examples, or to reasons why not.

Pure: no database, no clock, no framework.  `parse_upload` reads, `align` pairs.
"""

from submissions.intake.keys import AlignedTask, Alignment, ItemSetKey, ReleaseKey
from submissions.intake.matching import align, recognise_release
from submissions.intake.parse import parse_upload
from submissions.intake.parsed import ParsedUpload, SuiteLike, TaskRows
from submissions.intake.problems import Problem, Refused, Unreadable
from submissions.limits import Limits

__all__ = [
    "AlignedTask",
    "Alignment",
    "ItemSetKey",
    "Limits",
    "ParsedUpload",
    "Problem",
    "Refused",
    "ReleaseKey",
    "SuiteLike",
    "TaskRows",
    "Unreadable",
    "align",
    "parse_upload",
    "recognise_release",
]
