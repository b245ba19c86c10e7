"""The portal's own scorer: right answers count in whatever dress, guesses count once."""

from collections.abc import Callable
from typing import Any

from scoring.metrics.numbers import matched_prefix
from scoring.metrics.overlap import f1
from scoring.metrics.read_choice import chosen_letter, is_stated, is_whole_answer
from scoring.metrics.read_name import names_one_of
from scoring.metrics.read_number import (
    digit_strings,
    first_number_stated,
    last_number,
    signed_results,
)
from scoring.metrics.read_value import stated_value
from scoring.normalize import chinese_tokens_of_any_marks, english_tokens_of_any_quotes, plain
from scoring.suites.infinitebench.answers import ANSWER_READERS
from scoring.suites.infinitebench.official import summary
from scoring.types import Json, Rule, Scorer

_FEWEST_RESULTS_AFTER_ECHO = 2


def _canonical(task_slug: str, rule: Callable[[str, Any], float]) -> Rule:
    """A rule for canonical answers, taking references of every shape that releases have."""
    read = ANSWER_READERS[task_slug]

    def measure(prediction: str, label: Json) -> float:
        return float(rule(prediction, read(label, None)))

    return Rule(measure)


def _digit_string(prediction: str, answer: str) -> bool:
    """The only number of this length that is stated; two different ones are a guess."""
    return digit_strings(prediction, length=len(answer)) == {answer}


def _value(prediction: str, answer: str) -> bool:
    """The one UUID stated as the value; for other values, the whole prediction."""
    return stated_value(prediction) == answer or plain(prediction).strip(" \"'.;,") == answer


def _last_result(prediction: str, answer: int) -> bool:
    return last_number(prediction) == answer


def _found_number(prediction: str, answer: float) -> bool:
    return first_number_stated(prediction) == answer


def _running_results(prediction: str, answer: list[int]) -> float:
    """The matched prefix, or the one after the first number where that is an echo.

    The first number counts as an echo of the first operand only where leaving it out
    lengthens the match and at least two results then match.  A text so scored gets just what
    it would get without its first number, so an echo costs nothing and buys nothing.
    """
    given = signed_results(prediction)
    as_given, after_echo = matched_prefix(given, answer), matched_prefix(given[1:], answer)
    needed = min(_FEWEST_RESULTS_AFTER_ECHO, len(answer)) / len(answer)
    return after_echo if after_echo > as_given and after_echo >= needed else as_given


def _named_function(prediction: str, answer: list[str]) -> bool:
    name, letter = answer
    if is_whole_answer(prediction, name):
        return True
    chosen = chosen_letter(prediction)
    return chosen == letter if chosen else is_stated(prediction, name)


def _chosen_text(prediction: str, answer: list[str]) -> bool:
    text, letter = answer[0].casefold(), answer[1]
    if is_whole_answer(prediction.casefold(), text):
        return True
    chosen = chosen_letter(prediction)
    return chosen == letter if chosen else is_stated(prediction.casefold(), text)


def _qa_english(prediction: str, answer: list[str]) -> float:
    given = english_tokens_of_any_quotes(prediction)
    return max(f1(given, english_tokens_of_any_quotes(each)) for each in answer)


def _qa_chinese(prediction: str, answer: list[str]) -> float:
    given = chinese_tokens_of_any_marks(prediction)
    return max(f1(given, chinese_tokens_of_any_marks(each)) for each in answer)


PORTAL_1 = Scorer(
    name="portal-1",
    title="Portal 1",
    description=(
        "Reads one answer out of each prediction, whatever marks stand around it, and compares "
        "that.  Lists of candidates, denials and letters inside words earn nothing."
    ),
    source="docs/scoring.md",
    rules={
        # The very same measure, so that a summary is measured once for all scorers.
        "longbook_sum_eng": Rule(summary),
        "longbook_qa_eng": _canonical("longbook_qa_eng", _qa_english),
        "longbook_choice_eng": _canonical("longbook_choice_eng", _chosen_text),
        "longdialogue_qa_eng": _canonical("longdialogue_qa_eng", names_one_of),
        "longbook_qa_chn": _canonical("longbook_qa_chn", _qa_chinese),
        "code_debug": _canonical("code_debug", _named_function),
        "code_run": _canonical("code_run", _last_result),
        "math_calc": _canonical("math_calc", _running_results),
        "math_find": _canonical("math_find", _found_number),
        "passkey": _canonical("passkey", _digit_string),
        "number_string": _canonical("number_string", _digit_string),
        "kv_retrieval": _canonical("kv_retrieval", _value),
    },
)
