"""Letters are found in linear time, and where the authors' expression finds them."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.straightforward import RULES
from scoring import SCORERS
from scoring.metrics.choice import last_letter
from scoring.metrics.read_choice import chosen_letter, is_stated, is_whole_answer

LETTERS = re.compile(r"\b[A-J]\b")
UPSTREAM = re.compile(r"\b[A-J]\b(?!.*\b[A-J]\b)")


@given(text=st.text(alphabet="ABJKxé_1. \n\r\u2028", max_size=30))
def test_last_letter_is_what_the_authors_expression_finds(text: str) -> None:
    found = UPSTREAM.search(text)

    assert last_letter(text, LETTERS) == (found[0] if found else None)


PIECES = ["answer", "is:", "is", "option", "Option", ":", "B", "name", "x y", "no"]
GAPS = ["", " ", "  ", "\n", " \n ", "`", '"', "-", ".", "é"]


@pytest.mark.parametrize(
    ("task", "label"),
    [
        ("code_debug", ["name", "B"]),
        ("code_debug", ["x y", "B"]),
        ("longbook_choice_eng", ["x y", "B"]),
    ],
)
@settings(max_examples=700)
@given(
    pieces=st.lists(st.tuples(st.sampled_from(PIECES), st.sampled_from(GAPS)), max_size=8),
    before=st.sampled_from(["", "it ", "answer "]),
)
def test_what_follows_a_cue_is_what_the_plain_rules_find(
    task: str, label: list[str], pieces: list[tuple[str, str]], before: str
) -> None:
    text = before + "".join(piece + gap for piece, gap in pieces)

    score = SCORERS["official-2024-06"].score(task, text, label)

    assert score == RULES[task](text, label)


@pytest.mark.parametrize(
    ("prediction", "letter"),
    [
        ("B", "B"),
        (" b ", "B"),
        ("（Ｂ）", "B"),
        ("B. name", "B"),
        ("B.name", "B"),
        (": B\nExplanation: it is so", "B"),
        ("B - name", "B"),
        ("B, which", "B"),
        ("Option B: name", "B"),
        ("C.\n\n\nQuestion: What?\nA. x\nB. y", "C"),
        ("Options:\nA. x\nB. y\nThe answer is B.", "B"),
        ("The answer is **C** (`name`)", "C"),
        ("The answer is A because it is", "A"),
        ("So, the correct answer is option (D).", "D"),
        ("答案是：C", "C"),
        ("I choose B", "B"),
        ("I think (B)", "B"),
        ("The answer is not A. The answer is B.", "B"),
        ("The answer is A function", None),
        ("It cannot be A", None),
        ("not B", None),
        ("A or B", None),
        ("The answer is A or B", None),
        ("A/B", None),
        ("A. x\nB. y\nC. z", None),
        ("(A) (B)", None),
        ("A.I. is everywhere", None),
        ("options.A", None),
        ("BCD", None),
        ("I do", None),
        ("", None),
    ],
)
def test_one_letter_is_read_or_none(prediction: str, letter: str | None) -> None:
    assert chosen_letter(prediction) == letter


@pytest.mark.parametrize(
    ("prediction", "is_it"),
    [
        ("f", True),
        ("`f()`", True),
        ("f\n\nbecause it fails", True),
        ("ff", False),
        ("f or g", False),
        ("", False),
    ],
)
def test_a_name_may_be_the_whole_answer(prediction: str, is_it: bool) -> None:
    assert is_whole_answer(prediction, "f") is is_it


@pytest.mark.parametrize(
    ("prediction", "is_it"),
    [
        ("The answer is f.", True),
        ("It is the function `f`", True),
        ("The answer is f, g", False),
        ("The answer is f or g", False),
        ("The answer is fg", False),
        ("The answer is not f", False),
        ("f", False),
    ],
)
def test_a_name_may_be_announced(prediction: str, is_it: bool) -> None:
    assert is_stated(prediction, "f") is is_it
