"""The authors' own scorers, rule for rule, on the references as their files have them.

Each function takes what its upstream namesake takes and raises where that one raises.
Source of all: OpenBMB/InfiniteBench src/compute_scores.py at the commit each scorer names.
"""

from typing import Any

from scoring.metrics.choice import (
    named_choice,
    named_choice_by_letter,
    text_choice,
    text_choice_by_letter,
)
from scoring.metrics.numbers import (
    first_digits,
    first_number,
    last_word_as_int,
    matched_prefix,
    running_results,
)
from scoring.metrics.overlap import f1
from scoring.metrics.rouge import rouge_lsum
from scoring.normalize import blank_out, chinese_tokens, english_tokens, read_int
from scoring.types import Rule, Scorer

_AROUND_WORDS = ("\n", ":", '"', "'", ".", ",", "?", "!", "{", "}")

# References are whatever JSON a file holds, and upstream's behaviour on wrong shapes is part
# of the rule; `Any` lets Python raise just what it raises there.
Label = Any


def _unwrapped(label: Label) -> Label:
    return label[0] if isinstance(label, list) else label


def _first_digits(prediction: str, label: Label) -> float:
    return float(_unwrapped(label) == first_digits(prediction))


def _word(prediction: str, label: Label) -> float:
    return float(label in blank_out(prediction, _AROUND_WORDS).split())


def _word_of_unwrapped(prediction: str, label: Label) -> float:
    return _word(prediction, _unwrapped(label))


def _code_run(prediction: str, label: Label) -> float:
    label = _unwrapped(label)
    try:
        return float(last_word_as_int(prediction) == label)
    except ValueError:
        return 0.0


def _code_debug_06(prediction: str, label: Label) -> float:
    return float(named_choice(prediction, label[0], label[1]))


def _code_debug_09(prediction: str, label: Label) -> float:
    return float(named_choice_by_letter(prediction, label[0], label[1]))


def _math_find(prediction: str, label: Label) -> float:
    label = _unwrapped(label)
    if not isinstance(label, int | float):
        raise TypeError(f"a number is expected, not {type(label).__name__}")
    number = first_number(prediction)
    if not number:
        return 0.0
    found = read_int(number) if isinstance(label, int) else float(number)
    return float(found == label)


def _math_calc(prediction: str, label: Label, *, skip: int = 0) -> float:
    if not isinstance(label, list):
        raise TypeError(f"a list is expected, not {type(label).__name__}")
    expected = label[0] if isinstance(label[0], list) else label
    return matched_prefix(running_results(prediction)[skip:], expected)


def _math_calc_after_first(prediction: str, label: Label) -> float:
    return _math_calc(prediction, label, skip=1)


def _dialogue_06(prediction: str, label: Label) -> float:
    words = blank_out(prediction, _AROUND_WORDS).split()
    return float(label[0] in [word.upper() for word in words])


def _dialogue_09(prediction: str, label: Label) -> float:
    prediction = prediction.upper()
    return float(any(alias.upper() in prediction for alias in label))


def _choice_06(prediction: str, label: Label) -> float:
    return float(text_choice(prediction, label))


def _choice_09(prediction: str, label: Label) -> float:
    return float(text_choice_by_letter(prediction, label))


def _qa_english(prediction: str, label: Label) -> float:
    given = english_tokens(prediction)
    return max((f1(given, english_tokens(each)) for each in label), default=0.0)


def _qa_chinese(prediction: str, label: Label) -> float:
    given = chinese_tokens(prediction)
    return max((f1(given, chinese_tokens(each)) for each in label), default=0.0)


def summary(prediction: str, label: Label) -> float:
    """ROUGE-Lsum, the best over the references."""
    return rouge_lsum(prediction, label if isinstance(label, list) else [label])


_RULES_2024_06 = {
    "longbook_sum_eng": Rule(summary),
    "longbook_qa_eng": Rule(_qa_english),
    "longbook_choice_eng": Rule(_choice_06),
    "longdialogue_qa_eng": Rule(_dialogue_06),
    "longbook_qa_chn": Rule(_qa_chinese),
    "code_debug": Rule(_code_debug_06),
    "code_run": Rule(_code_run),
    "math_calc": Rule(_math_calc, without_first_number=_math_calc_after_first),
    "math_find": Rule(_math_find),
    "passkey": Rule(_first_digits),
    "number_string": Rule(_first_digits),
    "kv_retrieval": Rule(_word),
}

_CHANGED_2024_09 = {
    "longbook_choice_eng": Rule(_choice_09),
    "longdialogue_qa_eng": Rule(_dialogue_09),
    "code_debug": Rule(_code_debug_09),
    "kv_retrieval": Rule(_word_of_unwrapped),
}

OFFICIAL_2024_06 = Scorer(
    name="official-2024-06",
    title="Official, June 2024",
    description=(
        "The authors' scorer as of 13 June 2024.  It reproduces the table that they published."
    ),
    source="OpenBMB/InfiniteBench src/compute_scores.py at 88b3daa",
    rules=_RULES_2024_06,
)

OFFICIAL_2024_09 = Scorer(
    name="official-2024-09",
    title="Official, September 2024",
    description=(
        "The authors' newest scorer, as of 26 September 2024.  It reads letters and names more "
        "generously in Code.Debug, En.MC, En.Dia and Retrieve.KV."
    ),
    source="OpenBMB/InfiniteBench src/compute_scores.py at 51d9b37",
    rules=_RULES_2024_06 | _CHANGED_2024_09,
)
