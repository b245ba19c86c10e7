"""References from a folder of labels, joined to the rows of a predictions file by id."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

from scoring.jsonl import Problem, Row, UnreadableFile, read_rows
from scoring.suites import suite_of_task
from scoring.types import Answer, BadAnswer, Json

_ID_SPACES = ("id", "legacy_id")
_SHOWN = 10

Index: TypeAlias = dict[str, int] | None
"""Where the label of each id stands; None where rows and labels stand in the same order."""


class Unjoinable(ValueError):
    """There are no labels for a file, or they cannot be used; carries the problem to show."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.message)
        self.problem = problem


@dataclass(slots=True)
class Joined:
    """One prediction and one answer a label, in the labels' order."""

    predictions: list[str | None]
    answers: list[Answer]
    problems: list[Problem] = field(default_factory=list)
    strangers: int = 0
    contradictions: int = 0


@dataclass(frozen=True, slots=True)
class Label:
    """One reference and the ids that it goes by; one per id space, None where it has none."""

    ids: dict[str, Json]
    answer: Answer
    fingerprint: bytes | None


def join_labels(
    rows: list[Row], predictions: list[str | None], *, task_slug: str, folder: Path
) -> Joined:
    """Find each label's prediction: by id, or by order where no row has an id.

    Of two id spaces the one that all of the file's ids fit is taken; of two that fit, the one
    whose references the file's own contradict least.  A contradiction is always a problem.

    Raises: Unjoinable.
    """
    labels = _read_labels(folder / f"{task_slug}.jsonl", task_slug)
    if any("id" in row.value for row in rows):
        spaces = [space for space in _ID_SPACES if any(space in label.ids for label in labels)]
        indexes: list[Index] = [_index(labels, space) for space in spaces]
    else:
        indexes = [None]
    joins = [_join(rows, predictions, labels, index, task_slug) for index in indexes or [None]]
    return min(joins, key=lambda joined: (joined.strangers, joined.contradictions))


def _read_labels(path: Path, task_slug: str) -> list[Label]:
    """Rows of {"id", "answer"} or the data set's own.  Raises: Unjoinable."""
    try:
        rows, problems = read_rows(path)
    except UnreadableFile as error:
        message = f"There are no labels for {task_slug}: {error}"
        problem = Problem(None, "no_labels", message, "Put <task>.jsonl into the labels folder.")
        raise Unjoinable(problem) from error
    if problems or not rows:
        message = problems[0].message if problems else f"{path.name} holds no usable row."
        raise Unjoinable(Problem(None, "bad_labels", message, "Mend the labels file."))
    return [_read_label(row, task_slug, path.name) for row in rows]


def _read_label(row: Row, task_slug: str, name: str) -> Label:
    suite = suite_of_task(task_slug)
    try:
        answer = suite.canonical_answer(
            task_slug, row.value.get("answer"), options=row.value.get("options")
        )
    except BadAnswer as error:
        message = f"{name}, line {row.line}: {error}"
        raise Unjoinable(Problem(None, "bad_labels", message, "Mend the labels file.")) from error
    ids = {space: row.value[space] for space in _ID_SPACES if space in row.value}
    return Label(ids, answer, suite.answer_fingerprint(task_slug, answer))


def _index(labels: list[Label], space: str) -> dict[str, int]:
    """Where the label of each id stands; ids are compared as text, so that 7 and "7" agree."""
    return {
        _id_text(label.ids[space]): place
        for place, label in enumerate(labels)
        if space in label.ids
    }


def _id_text(value: Json) -> str:
    return value if isinstance(value, str) else repr(value)


def _join(
    rows: list[Row],
    predictions: Sequence[str | None],
    labels: list[Label],
    index: Index,
    task_slug: str,
) -> Joined:
    joined = Joined([None] * len(labels), [label.answer for label in labels])
    taken: set[int] = set()
    for order, (row, prediction) in enumerate(zip(rows, predictions, strict=True)):
        place = order if index is None else index.get(_id_text(row.value.get("id")))
        if place is None or place >= len(labels):
            joined.strangers += 1
            joined.problems.append(_row_problem(row, "unknown_id", "fits no label; it is left out"))
        elif place in taken:
            joined.problems.append(
                _row_problem(row, "duplicate_id", "was there before; the first one counts")
            )
        else:
            taken.add(place)
            joined.predictions[place] = prediction
            joined.contradictions += _contradicts(row, labels[place], task_slug)
    joined.problems += _summaries(joined, labels, taken)
    return joined


def _contradicts(row: Row, label: Label, task_slug: str) -> bool:
    """Whether the row carries a reference of its own, and it is another one than the label's."""
    own = row.value.get("ground_truth", row.value.get("label"))
    fingerprint = suite_of_task(task_slug).answer_fingerprint(task_slug, own)
    return fingerprint is not None and fingerprint != label.fingerprint


def _row_problem(row: Row, code: str, what: str) -> Problem:
    message = f"Line {row.line}: the row with id {row.value.get('id')!r:.40} {what}."
    return Problem(row.line, code, message, "Give each example's id once, as the data set does.")


def _summaries(joined: Joined, labels: list[Label], taken: set[int]) -> list[Problem]:
    """What holds for the file as a whole: examples without a row, references that disagree."""
    problems = []
    missing = [label for place, label in enumerate(labels) if place not in taken]
    if missing:
        shown = ", ".join(_id_text(label.ids.get("id")) for label in missing[:_SHOWN])
        more = ", …" if len(missing) > _SHOWN else ""
        message = f"{len(missing)} of {len(labels)} examples lack a row and score 0: {shown}{more}."
        problems.append(Problem(None, "missing_ids", message, "Add a row for each example."))
    if joined.contradictions:
        message = (
            f"{joined.contradictions} rows carry another reference than the label that they were "
            "joined to: file and labels are of different generations, or the ids are mixed up."
        )
        fix = "Use the labels that the file was made for, or --labels-from-file."
        problems.append(Problem(None, "wrong_generation", message, fix))
    return problems
