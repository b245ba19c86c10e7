"""Text made to be slow is scored in seconds, whatever the task."""

import time

import pytest

from scoring import SCORERS
from scoring.types import judge_with
from tests.data import TASKS
from tests.scoring.test_totality import ANSWERS, UUID

MEGABYTE = 1 << 20
"""The most that the intake takes a line."""

SUMMARY = "\n".join("the cat sat on a mat and it was happy " * 5 for _ in range(30))
HOSTILE = {
    "letters": "A ",
    "letters of a list": "A,",
    "spaces": " ",
    "newlines": "\n",
    "line starts": " \n",
    "digits": "7",
    "groups of digits": "1,234,",
    "decimals": "1.",
    "minuses": "- ",
    "numbers": "4 ",
    "denials": "not 4 not A not Ace ",
    "cues": "answer is: is ",
    "keys": "key ",
    "half a value": UUID[:-1] + " ",
    "values": UUID + " ",
    "names": "Ace ",
    "lower-case names": "not ace ",
    "listed names": "ace, ",
    "sentences": "Dr. ",
    "accents": "\u0301\u0316",
    "brackets": "((",
    "question marks": "\nQ:",
    "words of the summary": "the cat sat on ",
    "lines of the summary": "the cat\nsat on\n",
    "titles": "《",
}


def seconds_to_score(task: str, text: str) -> float:
    answer = [SUMMARY] if task == "longbook_sum_eng" else ANSWERS[task]
    started = time.process_time()
    for measure in {scorer.rules[task].measure for scorer in SCORERS.values()}:
        judge_with(measure, text, answer)
    return time.process_time() - started


@pytest.mark.parametrize("task", TASKS)
@pytest.mark.parametrize("unit", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_quarter_of_a_megabyte_ends_in_time(task: str, unit: str) -> None:
    assert seconds_to_score(task, unit * (MEGABYTE // 4 // len(unit.encode()))) < 5


@pytest.mark.slow
@pytest.mark.parametrize("unit", ["A ", "the cat sat on ", "the cat\nsat on\n"])
def test_a_hostile_megabyte_of_summary_ends_in_time(unit: str) -> None:
    assert seconds_to_score("longbook_sum_eng", unit * (MEGABYTE // len(unit))) < 30
