"""Reads what a row of the board says when it is opened."""

import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
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

    slug: str
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
            task.slug,
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
    return RowDetails(row, tasks, scoring_commands(public_id, files, f"{scorer}{option}", site))


def scoring_commands(
    public_id: str, files: Sequence[SubmissionFile], scorer: str, site: str
) -> str:
    """Shell lines that fetch a submission's files and score them without this site.

    Args:
        public_id: whose files they are.
        files: as they were uploaded.
        scorer: its name, with options of the command behind it.
        site: the address of the portal, without a slash at its end.
    """
    lines = []
    for file in files:
        address = reverse("submissions:file", args=[public_id, file.sha256])
        name = file_argument(file.name)
        lines.append(f"curl -fsSo {name} {site}{address}")
        if file.name.endswith(".zip"):
            lines.append(f"unzip -j {name}")
        elif file.name.endswith((".tar", ".tar.gz", ".tgz")):
            lines.append(f"tar xf {name}")
    return "\n".join([*lines, f"python -m scoring score *.jsonl* --scorer {scorer}"])


def file_argument(name: str) -> str:
    """An uploaded file's name as one argument of a shell's command, whatever it holds."""
    plain = PurePosixPath(name).name or "file"
    return shlex.quote(f"./{plain}" if plain.startswith("-") else plain)
