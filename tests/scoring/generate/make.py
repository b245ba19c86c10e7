"""Generated examples for tests, kept for the whole run because they never change."""

from dataclasses import dataclass
from functools import cache
from typing import Any

from scoring import SUITES
from scoring.drafts import Facts, GeneratorKit
from scoring.examples_file import Edition, draft_example

SUITE = SUITES["infinitebench"]
SCORERS = SUITE.scorers
EXAMPLES = 20


@dataclass(frozen=True)
class Example:
    context: str
    facts: Facts

    @property
    def answer(self) -> Any:
        return self.facts.answer


def kit() -> GeneratorKit:
    assert SUITE.load_generators is not None
    return SUITE.load_generators()


def finish(task: str, edition: Edition, index: int) -> Example:
    """One example, whole."""
    draft, pieces = draft_example(SUITE, task, edition, index), []
    while True:
        try:
            pieces.append(next(draft))
        except StopIteration as end:
            return Example("".join(pieces), end.value)


@cache
def examples(task: str, tokens: int = 4096, n: int = EXAMPLES, seed: int = 7) -> list[Example]:
    edition = Edition(seed, tokens, n)
    return [finish(task, edition, index) for index in range(n)]


def mean(scores: list[float]) -> float:
    return sum(scores) / len(scores)
