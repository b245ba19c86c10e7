"""A predictions file beside its references: from a path to scores and problems."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from scoring.evaluate import evaluate_task
from scoring.jsonl import Problem, Row, UnreadableFile, read_rows
from scoring.labels_file import Unjoinable, join_labels
from scoring.suites import suite_of_task
from scoring.types import Json, Scorer, TaskScore, UnknownTask

_NAME = re.compile(r"(?:preds_)?(?P<task>\w+?)\.jsonl(?:\.gz)?")
# What the site takes and this command does not.
_PACKED = (".zip", ".tar", ".tgz", ".gz")
_UPSTREAM_PLACEHOLDER = "XXXXXXXXXX"
"""What the authors' loader puts where a later row lacks its reference."""


@dataclass(slots=True)
class FileScore:
    """What became of one file; `scores` is None where it could not be scored at all."""

    file: str
    task: str | None = None
    problems: list[Problem] = field(default_factory=list)
    scores: dict[str, TaskScore] | None = None


def task_of_file(path: Path) -> str:
    """The task that a file's name says.  Raises: UnknownTask."""
    match = _NAME.fullmatch(path.name)
    if match is None:
        raise UnknownTask(path.name)
    suite_of_task(match["task"])
    return match["task"]


def score_file(
    file: str, *, labels: Path | None, scorers: Sequence[Scorer], drop_first_number: bool
) -> FileScore:
    """Score one file against its own references or, where given, a folder of labels."""
    result = FileScore(file)
    try:
        task_slug = result.task = task_of_file(Path(file))
        rows, problems = read_rows(Path(file))
    except UnknownTask:
        result.problems.append(_unknown_task(file))
        return result
    except UnreadableFile as error:
        result.problems.append(error.problem)
        return result
    result.problems += problems
    pairs = _pair(result, rows, labels, task_slug)
    if pairs is None:
        return result
    predictions, answers = pairs
    result.scores = evaluate_task(
        task_slug,
        predictions=predictions,
        answers=answers,
        scorers=scorers,
        drop_first_number=drop_first_number,
    )
    return result


def _pair(
    result: FileScore, rows: list[Row], labels: Path | None, task_slug: str
) -> tuple[list[str | None], Sequence[Json]] | None:
    """Predictions and answers side by side; None, with a problem noted, where that fails."""
    if not rows:
        message = f"{Path(result.file).name} holds no usable row."
        result.problems.append(
            Problem(None, "empty_file", message, "Write one JSON object a line.")
        )
        return None
    predictions = [_prediction(row, result) for row in rows]
    if labels is None:
        answers = _own_answers(rows, result)
        return None if answers is None else (predictions, answers)
    try:
        joined = join_labels(rows, predictions, task_slug=task_slug, folder=labels)
    except Unjoinable as error:
        result.problems.append(error.problem)
        return None
    result.problems += joined.problems
    return joined.predictions, joined.answers


def _prediction(row: Row, result: FileScore) -> str | None:
    """The text under `prediction`, else under `pred`; anything else is a missing prediction."""
    value = row.value.get("prediction", row.value.get("pred"))
    if isinstance(value, str):
        return value
    where = f"{Path(result.file).name}, line {row.line}"
    if "prediction" not in row.value and "pred" not in row.value:
        message, fix = "there is no prediction", 'Give the text under "prediction".'
        problem = Problem(row.line, "no_prediction", f"{where}: {message}; it scores 0.", fix)
    else:
        message, fix = "the prediction is no text", "Write the prediction as a string."
        problem = Problem(row.line, "not_text", f"{where}: {message}; it scores 0.", fix)
    result.problems.append(problem)
    return None


def _own_answers(rows: list[Row], result: FileScore) -> list[Json] | None:
    """The references in the file, under the key that the first row has.

    Source: OpenBMB/InfiniteBench src/compute_scores.py:get_labels at 88b3daa.
    """
    first = rows[0].value
    key = next((key for key in ("ground_truth", "label") if key in first), None)
    name = Path(result.file).name
    if key is None:
        message = f'{name}, line {rows[0].line}: there is neither "ground_truth" nor "label".'
        fix = "Give --labels a folder with the references."
        result.problems.append(Problem(rows[0].line, "no_label", message, fix))
        return None
    for row in rows:
        if key not in row.value:
            message = f'{name}, line {row.line}: there is no "{key}", which the first row has.'
            fix = f'Give every row its "{key}".'
            result.problems.append(Problem(row.line, "no_label", message, fix))
    return [row.value.get(key, _UPSTREAM_PLACEHOLDER) for row in rows]


def _unknown_task(file: str) -> Problem:
    message = f"{Path(file).name} does not say which task it is for."
    is_packed = Path(file).suffix.lower() in _PACKED
    fix = "Unpack it, and name its files." if is_packed else "Name it preds_<task>.jsonl."
    return Problem(None, "unknown_task", message, fix)
