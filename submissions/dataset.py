"""Reads a folder of the dataset's own JSONL files: ids, answers, and where each row lies."""

import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import orjson

from scoring import BadAnswer, Suite
from scoring.lengths import read_length
from submissions.releases import NewExample, NewItemSet


class UnreadableDataset(Exception):
    """A folder is not a release; carries every problem, each with file and line."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


def read_dataset(
    folder: Path,
    suite: Suite,
    *,
    labels_only: bool,
    on_task: Callable[[str], object] = lambda _task: None,
) -> dict[str, NewItemSet]:
    """Read `<task>.jsonl` for every task that the folder has.

    Args:
        folder: holds the files; rows are {"id", "context", "input", "answer", "options"}, or
            {"id", "answer"} where labels_only, with "legacy_id" where the ids are gappy.
        suite: whose tasks are read.
        labels_only: do without contexts.
        on_task: told of each task when it is read, for a progress bar.

    Raises:
        UnreadableDataset: with every problem found.
    """
    problems: list[str] = []
    item_sets = {}
    for task in suite.slugs:
        path = folder / f"{task}.jsonl"
        if path.is_file():
            item_set = _read_task(path, task, suite, labels_only, problems)
            if item_set.examples:
                item_sets[task] = item_set
            on_task(task)
    if not item_sets and not problems:
        names = ", ".join(f"{slug}.jsonl" for slug in suite.slugs)
        problems.append(f"{folder}: no file of the dataset found; expected {names}")
    if problems:
        raise UnreadableDataset(problems)
    return item_sets


def _read_task(
    path: Path, task: str, suite: Suite, labels_only: bool, problems: list[str]
) -> NewItemSet:
    digest = hashlib.sha256()
    examples: dict[str, NewExample] = {}
    for line_no, offset, line in _lines(path):
        digest.update(line)
        if not line.strip():
            continue
        try:
            row = orjson.loads(line)
            example = _example(row, task, suite, where=None if labels_only else (offset, len(line)))
        except (ValueError, KeyError, TypeError) as error:
            problems.append(f"{path.name}:{line_no}: {_reason(error)}")
            continue
        if example.source_id in examples:
            problems.append(f"{path.name}:{line_no}: id {example.source_id} occurs twice")
        examples[example.source_id] = example
    if not examples:
        problems.append(f"{path.name}: no example in it")
    source = "" if labels_only else str(path.resolve())
    return NewItemSet(tuple(examples.values()), source, digest.hexdigest() if source else "")


def _lines(path: Path) -> Iterator[tuple[int, int, bytes]]:
    """Line number from 1, byte offset, and the bytes of each line."""
    offset = 0
    with path.open("rb") as stream:
        for line_no, line in enumerate(stream, start=1):
            yield line_no, offset, line
            offset += len(line)


def _example(row: Any, task: str, suite: Suite, *, where: tuple[int, int] | None) -> NewExample:
    if not isinstance(row, dict):
        raise BadAnswer(f"a JSON object was expected, found {type(row).__name__}")
    answer = suite.canonical_answer(task, row["answer"], row.get("options"))
    source_id = str(row.get("legacy_id", row["id"]))
    if where is None:
        return NewExample(source_id, answer)
    context = f"{row['context']}\0{row.get('input', '')}".encode()
    return NewExample(
        source_id,
        answer,
        hashlib.sha256(context).hexdigest(),
        *where,
        depth=_depth(row.get("depth")),
        length_tokens=_length(row.get("length")),
    )


def _depth(value: Any) -> float | None:
    """What our generated rows say of where the answer is; other files may mean something else."""
    is_fraction = isinstance(value, int | float) and 0.0 <= value <= 1.0
    return float(value) if is_fraction else None


def _length(value: Any) -> int | None:
    """A length as generated rows have it, such as "4k"; other files may mean something else."""
    try:
        return read_length(value) if isinstance(value, str) else None
    except ValueError:
        return None


def _reason(error: Exception) -> str:
    if isinstance(error, KeyError):
        key = error.args[0]
        hint = "; use --labels-only for a folder without contexts" if key == "context" else ""
        return f"the key {key!r} is missing{hint}"
    return str(error)
