"""Writes files of generated examples in the dataset's own schema, piece by piece."""

import hashlib
import json
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path

from scoring.drafts import Draft, Facts, Order
from scoring.lengths import show_length
from scoring.sandbox import Sandbox, open_sandbox
from scoring.stream import Stream
from scoring.types import Suite

_LETTERS = 4
_DEPTH_DIGITS = 6


@dataclass(frozen=True, slots=True)
class Edition:
    """What determines a file's bytes, together with its suite and task.

    `seed` is a number or, where it must stay a secret, a long random text.  Ids of examples begin
    with `name`, so that files of two editions are never taken for each other.
    """

    seed: int | str
    tokens: int
    examples: int
    name: str = ""


@dataclass(frozen=True, slots=True)
class WrittenFile:
    """A file, its hash, its size, and how many characters its contexts have together."""

    path: Path
    sha256: str
    size_bytes: int
    context_chars: int


class CannotGenerate(Exception):
    """The suite has no generators."""


def write_task(
    folder: Path, suite: Suite, task_slug: str, edition: Edition, *, run_trials: bool = True
) -> WrittenFile:
    """Write `<task>.jsonl` of one edition into a folder; it appears whole or not at all.

    Raises: CannotGenerate; UnknownTask; TrialFailed, if a program does not crash as planted.
    """
    if suite.load_generators is None:
        raise CannotGenerate(f"{suite.name} has no generators")
    path = folder / f"{suite.task(task_slug).slug}.jsonl"
    draft = path.with_suffix(".part")
    digest, size, chars = hashlib.sha256(), 0, 0
    with ExitStack() as stack:
        stack.callback(draft.unlink, missing_ok=True)
        out = stack.enter_context(draft.open("wb"))
        sandbox = _LazySandbox(stack) if run_trials else None
        for index in range(edition.examples):
            for piece, of_context in _row(suite, task_slug, edition, index, sandbox):
                data = piece.encode()
                digest.update(data)
                out.write(data)
                size += len(data)
                chars += of_context
        out.flush()
        draft.replace(path)
    return WrittenFile(path, digest.hexdigest(), size, chars)


def draft_example(suite: Suite, task_slug: str, edition: Edition, index: int) -> Draft:
    """One example of an edition, as its generator writes it.  Raises: CannotGenerate."""
    if suite.load_generators is None:
        raise CannotGenerate(f"{suite.name} has no generators")
    kit = suite.load_generators()
    path = (kit.version, edition.seed, task_slug, edition.tokens, edition.examples)
    # Each letter is right equally often, in an order that only the seed tells.
    letters = list(range(_LETTERS))
    Stream(*path, "letters", index // _LETTERS).shuffle(letters)
    order = Order(edition.tokens, index, edition.examples, letters[index % _LETTERS])
    return kit.generators[task_slug](Stream(*path, index), order)


class _LazySandbox:
    """A sandbox that starts with the first trial: most tasks have none."""

    def __init__(self, stack: ExitStack) -> None:
        self._stack = stack
        self._sandbox: Sandbox | None = None

    def check(self, facts: Facts) -> None:
        if facts.trial is None:
            return
        if self._sandbox is None:
            self._sandbox = self._stack.enter_context(open_sandbox())
        self._sandbox.check(facts.trial)


def _row(
    suite: Suite, task_slug: str, edition: Edition, index: int, sandbox: _LazySandbox | None
) -> Iterator[tuple[str, int]]:
    """A line in pieces, and how many characters of context each holds."""
    row_id: int | str = f"{edition.name}-{index}" if edition.name else index
    yield f'{{"id": {_json(row_id)}, "context": "', 0
    draft = draft_example(suite, task_slug, edition, index)
    while True:
        try:
            piece = next(draft)
        except StopIteration as end:
            facts: Facts = end.value
            break
        yield _json(piece)[1:-1], len(piece)
    if sandbox is not None:
        sandbox.check(facts)
    facts = replace(facts, trial=None)
    rest = {
        "input": facts.input,
        "answer": facts.answer,
        "options": list(facts.options),
        "length": show_length(edition.tokens),
        "depth": None if facts.depth is None else round(facts.depth, _DEPTH_DIGITS),
        "details": dict(facts.details),
    }
    yield f'", {_json(rest)[1:-1]}}}\n', 0


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
