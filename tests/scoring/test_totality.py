"""A million random and mutated texts: every judgement is a fraction, and none raises."""

import math
import random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring import SCORERS, SUITES, Outcome
from tests.data import TASKS, answers_of
from tests.needs import SHARED_DATA
from tests.scoring.strategies import JSON

CHUNKS = 8
TEXTS = 1_000_000 // (len(TASKS) * CHUNKS) + 1
UUID = "5e6b7b90-710d-4953-9b18-3e96b2cadbf2"
ANSWERS: dict[str, Any] = {
    "passkey": "71432",
    "number_string": "0000312233",
    "kv_retrieval": UUID,
    "code_run": -4,
    "code_debug": ["repack_carchive", "B"],
    "math_find": 48.0,
    "math_calc": [79, 59, 73],
    "longbook_choice_eng": ["Walking Georgie", "A"],
    "longbook_qa_eng": ["Seb", "the Hebrides"],
    "longbook_qa_chn": ["《山海经》", "二"],
    "longdialogue_qa_eng": ["ACE", "DR. SANGER"],
    "longbook_sum_eng": ["The cat sat.\nIt was happy."],
}
MALFORMED: tuple[Any, ...] = (None, True, 5, -0.5, math.nan, "", "A", [], [[]], [None], {"0": 1})
WORDS = (
    "71432 0000312233 -4 4.0 88 1,234 79 59 B. (A) **B** A B C I not or and Ace Nicky ACE's "
    "answer is: is: option Option answer The key value repack_carchive cat sat 《山海经》 二 。 "
    "\0 \ud800 \ufeff \u0301 İ ﬁ − ９ ٤ ² ½ — “ ’ . , ; : - _ * ` [ } /"
)
SEEDS = (
    *WORDS.split(" "),
    *("Walking Georgie", "the Hebrides", UUID),
    *("\n", "\r", " ", "\t", "\u3000", "\u2028"),
)


def is_fraction(score: object) -> bool:
    return type(score) is float and 0.0 <= score <= 1.0


def seed_texts(task: str) -> list[str]:
    """Our own words and, where they are at hand, real answers (long ones cut)."""
    texts = list(SEEDS)
    if (SHARED_DATA / "labels").is_dir():
        texts += [str(answer)[:60] for answer in answers_of(task)[:200]]
    return texts


def mutated(dice: random.Random, seeds: list[str]) -> str:
    """A few seeds side by side, with a slice lost, doubled, turned or replaced."""
    text = dice.choice(["", " ", "\n", ", "]).join(dice.choices(seeds, k=dice.randrange(1, 7)))
    start, end = sorted((dice.randrange(len(text) + 1), dice.randrange(len(text) + 1)))
    middle = text[start:end]
    middle = dice.choice(
        ["", middle * 2, middle[::-1], middle.swapcase(), chr(dice.randrange(0x110000))]
    )
    return text[:start] + middle + text[end:]


@pytest.mark.parametrize("chunk", range(CHUNKS))
@pytest.mark.parametrize("task", TASKS)
def test_any_text_has_a_fraction(task: str, chunk: int) -> None:
    dice = random.Random(f"{task} {chunk}")
    seeds = seed_texts(task)
    judges = [scorer.judge for scorer in SCORERS.values()]

    for number in range(TEXTS):
        text = mutated(dice, seeds)
        answer = ANSWERS[task] if number % 8 else dice.choice(MALFORMED)
        for judge in judges:
            assert is_fraction(judge(task, text, answer).score), (text, answer)


def test_the_texts_are_a_million() -> None:
    assert TEXTS * CHUNKS * len(TASKS) >= 1_000_000
    assert set(TASKS) == set(ANSWERS) == set(SUITES["infinitebench"].slugs)


@pytest.mark.parametrize("task", TASKS)
@settings(max_examples=100, deadline=None)
@given(prediction=st.text() | JSON, answer=JSON, drop=st.booleans())
def test_any_json_has_a_fraction(task: str, prediction: Any, answer: Any, drop: bool) -> None:
    for scorer in SCORERS.values():
        judgement = scorer.judge(task, prediction, answer, drop_first_number=drop)

        assert is_fraction(judgement.score)
        assert isinstance(prediction, str) or judgement.outcome is Outcome.UNSCORABLE


@pytest.mark.parametrize("task", TASKS)
@settings(max_examples=100, deadline=None)
@given(prediction=st.text())
def test_scores_are_the_same_each_time(task: str, prediction: str) -> None:
    for scorer in SCORERS.values():
        first, second = (scorer.judge(task, prediction, ANSWERS[task]) for _ in range(2))

        assert first == second
