"""Every example in docs/scoring.md gives the scores that stand beside it."""

import json
import re
from pathlib import Path

import pytest

from scoring import SCORERS, SUITES

PAGE = Path(__file__).resolve().parent.parent.parent / "docs" / "scoring.md"
HEADING = re.compile(r"### .+ \(`(\w+)`\)")
CELL = re.compile(r"(?<!\\)\|")


def _code(cell: str) -> str:
    """What stands between a cell's marks of code, which are two where it has one itself."""
    marks = 2 if cell.startswith("``") else 1
    return cell[marks:-marks]


def documented_examples() -> list[tuple[str, str, str, list[str]]]:
    """(task, prediction, answer, score under each scorer) for every row with an example."""
    task, examples = "", []
    for line in PAGE.read_text(encoding="utf-8").split("\n"):
        if heading := HEADING.fullmatch(line):
            task = heading[1]
        elif task and line.startswith("| `"):
            cells = [cell.strip().replace("\\|", "|") for cell in CELL.split(line)[1:-1]]
            prediction, answer, *scores = cells[:5]
            examples.append((task, _code(prediction), _code(answer), scores))
    return examples


EXAMPLES = documented_examples()


@pytest.mark.parametrize(("task", "prediction", "answer", "scores"), EXAMPLES)
def test_example_scores_as_documented(
    task: str, prediction: str, answer: str, scores: list[str]
) -> None:
    pair = json.loads(prediction), json.loads(answer)

    given = [scorer.score(task, *pair) for scorer in SCORERS.values()]

    assert [f"{score:.4g}" for score in given] == scores


def test_every_task_has_examples() -> None:
    assert {task for task, *_ in EXAMPLES} == set(SUITES["infinitebench"].slugs)
