"""Text made to be slow takes time in proportion to its length, whatever the task."""

import gc
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
    """Processor seconds under every scorer.

    The collector stays out of it: what it costs depends on all that the other tests of this
    process left behind, and it starts at some sizes and not at others.
    """
    answer = [SUMMARY] if task == "longbook_sum_eng" else ANSWERS[task]
    gc.disable()
    try:
        started = time.process_time()
        for measure in {scorer.rules[task].measure for scorer in SCORERS.values()}:
            judge_with(measure, text, answer)
        return time.process_time() - started
    finally:
        gc.enable()


def assert_linear(task: str, unit: str, size: int) -> None:
    """Four times the text takes about four times the time; sixteen is what a trap would take.

    A ratio of the least times within one run, so that a busy machine needs to be busy each time;
    a second by itself tells nothing.
    """
    small, large = unit * (size // len(unit.encode())), unit * (4 * size // len(unit.encode()))
    least_small = least_large = float("inf")
    for _ in range(5):
        least_small = min(least_small, seconds_to_score(task, small))
        least_large = min(least_large, seconds_to_score(task, large))
        if least_large < 8 * least_small + 1:
            return
    raise AssertionError(f"{least_small:.2f} s, and {least_large:.2f} s for four times the text")


@pytest.mark.parametrize("task", TASKS)
@pytest.mark.parametrize("unit", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_text_takes_time_in_proportion(task: str, unit: str) -> None:
    assert_linear(task, unit, MEGABYTE // 8)


@pytest.mark.slow
@pytest.mark.parametrize("unit", ["A ", "the cat sat on ", "the cat\nsat on\n"])
def test_a_hostile_megabyte_of_summary_takes_time_in_proportion(unit: str) -> None:
    assert_linear("longbook_sum_eng", unit, MEGABYTE // 4)
