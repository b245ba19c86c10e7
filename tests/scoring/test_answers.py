"""References of every shape become one canonical answer, or are refused in words."""

from typing import Any

import pytest
from hypothesis import given

from scoring import SUITES, BadAnswer, UnknownTask
from tests.scoring.strategies import JSON

SUITE = SUITES["infinitebench"]
OPTIONS = ["Sailor", "Walking Georgie", "Snowfield", "Thirty"]


@pytest.mark.parametrize(
    ("task", "raw", "canonical"),
    [
        ("passkey", "071432", "071432"),
        ("passkey", ["071432"], "071432"),
        ("number_string", ["0000312233"], "0000312233"),
        ("kv_retrieval", "5e6b", "5e6b"),
        ("kv_retrieval", ["5e6b"], "5e6b"),
        ("code_run", [-4], -4),
        ("code_run", "-4", -4),
        ("math_find", 48, 48),
        ("math_find", [48.0], 48.0),
        ("math_find", "88", 88),
        ("math_find", "48.0", 48.0),
        ("math_calc", [79, 59], [79, 59]),
        ("math_calc", [[79, 59]], [79, 59]),
        ("math_calc", [79], [79]),
        ("code_debug", ["f", "B"], ["f", "B"]),
        ("longbook_choice_eng", ["Snowfield", "C"], ["Snowfield", "C"]),
        ("longbook_qa_eng", "Seb", ["Seb"]),
        ("longbook_qa_chn", ["二", "2"], ["二", "2"]),
        ("longbook_sum_eng", ["a\nb"], ["a\nb"]),
        ("longdialogue_qa_eng", ["ACE", "ACE ROTHSTEIN"], ["ACE", "ACE ROTHSTEIN"]),
    ],
)
def test_every_shape_becomes_one(task: str, raw: Any, canonical: Any) -> None:
    answer = SUITE.canonical_answer(task, raw)

    assert (answer, type(answer)) == (canonical, type(canonical))


@pytest.mark.parametrize("task", ["code_debug", "longbook_choice_eng"])
@pytest.mark.parametrize("raw", ["Walking Georgie", ["Walking Georgie"]])
def test_letter_follows_from_the_place_among_the_options(task: str, raw: Any) -> None:
    assert SUITE.canonical_answer(task, raw, options=OPTIONS) == ["Walking Georgie", "B"]


def test_a_given_letter_is_taken_as_it_is() -> None:
    answer = SUITE.canonical_answer("code_debug", ["Sailor", "C"], options=OPTIONS)

    assert answer == ["Sailor", "C"]


@pytest.mark.parametrize(
    ("task", "raw", "words"),
    [
        ("passkey", 71432, "a text"),
        ("passkey", "7143x", "digits"),
        ("kv_retrieval", "", "not empty"),
        ("code_run", True, "whole number"),
        ("code_run", 4.0, "whole number"),
        ("code_run", "9" * 5000, "whole number"),
        ("math_find", float("nan"), "whole number"),
        ("math_find", "x", "whole number"),
        ("math_calc", [], "list of whole numbers"),
        ("math_calc", [[1], [2]], "one element is none"),
        ("math_calc", [1, "2"], "one element is none"),
        ("code_debug", "f", "text and letter"),
        ("code_debug", ["f", "BC"], "text and letter"),
        ("longbook_qa_eng", [], "list of texts"),
        ("longbook_qa_eng", ["a", 1], "list of texts"),
    ],
)
def test_what_is_no_answer_is_refused_in_words(task: str, raw: Any, words: str) -> None:
    with pytest.raises(BadAnswer, match=words):
        SUITE.canonical_answer(task, raw)


def test_a_text_that_is_no_option_is_refused() -> None:
    with pytest.raises(BadAnswer, match="none of the options"):
        SUITE.canonical_answer("code_debug", "f", options=OPTIONS)


def test_fingerprint_ignores_the_shape_and_nothing_else() -> None:
    def fingerprint(raw: Any) -> bytes | None:
        return SUITE.answer_fingerprint("math_find", raw)

    assert fingerprint(48) == fingerprint([48]) == fingerprint("48")
    assert fingerprint(48) != fingerprint(48.0)
    assert fingerprint(True) is None
    assert len(fingerprint(48) or b"") == 16


@pytest.mark.parametrize("task", SUITE.slugs)
@given(raw=JSON)
def test_fingerprint_is_total(task: str, raw: Any) -> None:
    assert isinstance(SUITE.answer_fingerprint(task, raw), bytes | None)


@pytest.mark.parametrize("raw", ["\ud800", ["\ud800"], ["\ud800", "A"]])
def test_lone_surrogates_have_a_fingerprint(raw: Any) -> None:
    task = "longbook_qa_eng"

    assert SUITE.answer_fingerprint(task, raw) is not None


def test_deep_nesting_is_no_answer() -> None:
    deep: Any = []
    for _ in range(100_000):
        deep = [deep]

    assert SUITE.answer_fingerprint("math_calc", deep) is None


def test_unknown_task_is_named() -> None:
    with pytest.raises(UnknownTask, match="no task 'x'"):
        SUITE.canonical_answer("x", "y")
