"""Reads what a row of the board says when it is opened."""

import shlex
from dataclasses import dataclass
from typing import Final

from django.urls import reverse

from scoring import SUITES
from submissions.line_rows import RowMaker, columns, fetched
from submissions.models import BoardLine, SubmissionFile, TaskResult
from submissions.rows import BoardRow, Cell

_OUTCOMES: Final = (
    "right", "partial", "wrong", "refused", "truncated", "empty", "unscorable", "missing",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class TaskDetail:
    """A task of an opened row: its score, its 95 % interval, how its examples came out."""

    name: str
    family: str
    cell: Cell
    interval: tuple[float, float] | None
    is_best: bool
    outcomes: dict[str, int]


@dataclass(frozen=True, slots=True)
class RowDetails:
    """An opened row."""

    row: BoardRow
    tasks: tuple[TaskDetail, ...]
    command: str


def read_details(public_id: str, *, suite: str, scorer: str, site: str) -> RowDetails | None:
    """Read a row of the suite's boards in three queries; None if no such row stands there.

    Args:
        public_id: of a submission that stands on a board.
        suite: whose tasks they are.
        scorer: whose scores.
        site: the address of the portal, without a slash at its end, for the command.
    """
    lines = BoardLine.objects.filter(
        standing__submission__public_id=public_id,
        state__scorer=scorer,
        standing__submission__release__suite=suite,
    )
    names = ("current_evaluation", "pk", "drop_first_number")
    of_submission = (f"standing__submission__{name}" for name in names)
    of_row = columns(SUITES[suite], is_whole=True)
    found = lines.values_list(*of_row, "average", *of_submission).first()
    if found is None:
        return None
    *fields, evaluation, submission, drops_first = found
    line = fetched(fields, is_whole=True)
    if not line.is_shown:
        return None
    row = RowMaker(SUITES[suite], scorer).row(line)
    results = TaskResult.objects.filter(evaluation=evaluation, scorer=scorer)
    outcomes = dict(results.values_list("task", "outcomes"))
    tasks = tuple(
        TaskDetail(
            task.name,
            task.family,
            row.cells[task.slug],
            row.intervals.get(task.slug),
            task.slug in row.inseparable,
            {name: n for name in _OUTCOMES if (n := outcomes.get(task.slug, {}).get(name))},
        )
        for task in SUITES[suite].tasks
    )
    files = list(SubmissionFile.objects.filter(submission=submission))
    option = " --drop-first-number" if drops_first else ""
    return RowDetails(row, tasks, _command(public_id, files, f"{scorer}{option}", site))


def _command(public_id: str, files: list[SubmissionFile], scorer: str, site: str) -> str:
    """Shell lines that fetch a submission's files and score them without this site."""
    lines = []
    for file in files:
        address = reverse("submissions:file", args=[public_id, file.sha256])
        lines.append(f"curl -fsSo {shlex.quote(file.name)} {site}{address}")
        if file.name.endswith(".zip"):
            lines.append(f"unzip -j {shlex.quote(file.name)}")
        elif file.name.endswith((".tar", ".tar.gz", ".tgz")):
            lines.append(f"tar xf {shlex.quote(file.name)}")
    return "\n".join([*lines, f"python -m scoring score *.jsonl* --scorer {scorer}"])
