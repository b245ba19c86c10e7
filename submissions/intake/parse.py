"""Turns uploaded bytes into a ParsedUpload, or refuses them with every problem at once."""

from collections.abc import Sequence
from typing import IO

from submissions.intake.budget import Budget
from submissions.intake.members import Members
from submissions.intake.parsed import ItemId, ParsedUpload, SuiteLike, TaskRows
from submissions.intake.problems import Place, ProblemList, StopUpload, Unreadable, describe
from submissions.intake.rows import RowReader
from submissions.limits import Limits


def parse_upload(
    files: Sequence[tuple[str, IO[bytes]]],
    *,
    suite: SuiteLike,
    spool: IO[bytes],
    repair: bool = False,
    limits: Limits = Limits(),  # noqa: B008 - frozen, so one instance serves every call.
) -> ParsedUpload:
    """Read every prediction of an upload.

    Args:
        files: Name and seekable bytes of each uploaded file, in the order of upload.
        suite: The benchmark whose tasks the files may hold.
        spool: An open binary file for reading and writing, to which predictions are appended
            and which must stay open as long as the result is used.
        repair: Whether an object with text after it counts, with a warning.
        limits: What an upload may be.

    Raises: Unreadable, with every problem of every file.
    """
    problems = ProblemList(limits.problems_shown)
    budget = Budget(limits, problems)
    reader = RowReader(suite, spool, problems=problems, budget=budget, repair=repair)
    members = Members(reader.take, problems=problems, budget=budget)
    try:
        members.walk(files)
    except StopUpload:
        problems.refuse(Unreadable)
    for rows in reader.tasks.values():
        _check_ids(rows, problems)
    if not members.texts and not problems.total:
        where = Place(files[0][0] if files else "upload")
        problems.error("empty-upload", where, "no prediction file")
    problems.refuse_if_any(Unreadable)
    return ParsedUpload(reader.tasks, problems.warnings, budget.text_bytes)


def _check_ids(rows: TaskRows, problems: ProblemList) -> None:
    """Note ids that occur twice, and a task in which some rows have an id and some have none."""
    first: dict[ItemId, int] = {}
    for item_id, line in zip(rows.ids, rows.lines, strict=True):
        if item_id is not None and item_id in first:
            where = Place(rows.file, line)
            problems.error("duplicate-id", where, describe(item_id), first=first[item_id])
        first.setdefault(item_id, line)
    if None in first and len(first) > 1:
        problems.error("mixed-ids", Place(rows.file, first[None]), "a row without id")
