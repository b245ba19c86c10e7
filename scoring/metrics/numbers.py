"""Numbers in running text, as the authors read them: without sign, by runs of digits."""

import re
from collections.abc import Sequence

from scoring.normalize import INT_DIGITS, blank_out, read_int

_DIGITS = re.compile(r"[0-9]+")
_FIRST_NUMBER = re.compile(r"\d+\.\d+|\d+")
_AROUND_RESULT = ("\n", ".", "`", "'", '"', ":")


def first_digits(prediction: str) -> str:
    """The first run of ASCII digits, leading zeros and all; empty where there is none.

    Source: OpenBMB/InfiniteBench src/compute_scores.py:get_score_one_passkey at 88b3daa.
    """
    match = _DIGITS.search(prediction)
    return match[0] if match else ""


def first_number(prediction: str) -> str:
    """The first number, with its decimals if it has any; empty where there is none.

    Digits of every script count.  The sign and thousands separators do not.

    Source: OpenBMB/InfiniteBench src/compute_scores.py:get_score_one_math_find at 88b3daa.
    """
    match = _FIRST_NUMBER.search(prediction)
    return match[0] if match else ""


def last_word_as_int(prediction: str) -> int:
    """The last word as an integer, where dots, quotes and colons are spaces too.

    Raises: ValueError, where there is no word or the last is no integer.

    Source: OpenBMB/InfiniteBench src/compute_scores.py:get_score_one_code_run at 88b3daa.
    """
    last = blank_out(prediction, _AROUND_RESULT).rsplit(None, 1)[-1:]
    return read_int(last[0] if last else "")


def running_results(prediction: str) -> list[int]:
    """Every run of ASCII digits as an integer.  Raises: ValueError over 4,300 digits.

    Source: OpenBMB/InfiniteBench src/compute_scores.py:get_score_one_math_calc at 88b3daa.
    """
    found = _DIGITS.findall(prediction)
    # Only a text longer than the limit can hold a number that is.
    read = int if len(prediction) <= INT_DIGITS else read_int
    return list(map(read, found))


def matched_prefix(given: Sequence[object], expected: Sequence[object]) -> float:
    """Share of the expected running results given, in order, before the first mistake.

    Raises: ZeroDivisionError, where nothing is expected.

    Source: OpenBMB/InfiniteBench src/compute_scores.py:get_score_one_math_calc at 88b3daa.
    Deviation: upstream drops the first number when the model is called "gpt4"; here that is
    the caller's declared choice, and a score never depends on who is being scored.
    """
    matched = 0
    for found, wanted in zip(given, expected, strict=False):
        if found != wanted:
            break
        matched += 1
    return matched / len(expected)
