"""Reading a reference of any release into the one form that the portal compares and stores."""

import math
import re
from collections.abc import Mapping

from scoring.types import AnswerReader, BadAnswer, Json

_LETTERS = "ABCDEFGHIJ"
_INTEGER = re.compile(r"-?[0-9]{1,4000}")
_DECIMAL = re.compile(r"-?[0-9]{1,300}\.[0-9]{1,300}")
_DIGITS = re.compile(r"[0-9]+")
_LARGEST = 10**4000
"""Beyond it JSON text and Python's digit limit do not get along."""


def _only(raw: Json) -> Json:
    """The element of a list of one; anything else as it is."""
    return raw[0] if isinstance(raw, list) and len(raw) == 1 else raw


def _read_text(raw: Json, _options: Json) -> str:
    text = _only(raw)
    if not isinstance(text, str) or not text.strip():
        raise BadAnswer(f"The answer should be a text that is not empty, not {_shown(raw)}.")
    return text


def _read_digits(raw: Json, options: Json) -> str:
    text = _read_text(raw, options)
    if not _DIGITS.fullmatch(text):
        raise BadAnswer(f"The answer should be a text of digits, not {_shown(raw)}.")
    return text


def _read_int(raw: Json, _options: Json) -> int:
    value = _only(raw)
    if isinstance(value, str) and _INTEGER.fullmatch(value):
        value = int(value)
    if not isinstance(value, int) or isinstance(value, bool) or abs(value) >= _LARGEST:
        raise BadAnswer(f"The answer should be a whole number, not {_shown(raw)}.")
    return value


def _read_number(raw: Json, _options: Json) -> int | float:
    """An int or a float: 48 and 48.0 are different references, as upstream tells them apart."""
    value = _only(raw)
    if isinstance(value, str) and _DECIMAL.fullmatch(value):
        value = float(value)
    if isinstance(value, float) and math.isfinite(value):
        return value
    return _read_int(value, None)


def _read_ints(raw: Json, _options: Json) -> list[int]:
    values = raw[0] if isinstance(raw, list) and len(raw) == 1 else raw
    values = values if isinstance(values, list) else raw
    if not isinstance(values, list) or not values:
        raise BadAnswer(f"The answer should be a list of whole numbers, not {_shown(raw)}.")
    if not _are_surely_whole(values) and not all(map(_is_whole, values)):
        raise BadAnswer("The answer should be a list of whole numbers; one element is none.")
    return list(values)


def _are_surely_whole(values: list[Json]) -> bool:
    """Whether these are whole numbers of at most 64 bits, asked of their text.

    A look at each of 15,000 running results takes ten times as long.
    """
    # Late: examples are generated on a Python without any package.
    import orjson  # noqa: PLC0415

    try:
        text = orjson.dumps(values)
    except orjson.JSONEncodeError:
        return False
    return text.count(b"[") == 1 and not text.translate(None, b"[-0123456789,]")


def _is_whole(value: Json) -> bool:
    return type(value) is int and abs(value) < _LARGEST


def _read_choice(raw: Json, options: Json) -> list[str]:
    """[text, letter]; a text alone finds its letter by its place among the options."""
    if isinstance(raw, list) and len(raw) == 2 and _is_choice(raw):
        return list(raw)
    text = _only(raw)
    if not isinstance(text, str) or not isinstance(options, list):
        raise BadAnswer(f"The answer should be an option's text and letter, not {_shown(raw)}.")
    if text not in options[: len(_LETTERS)]:
        raise BadAnswer(f"The answer {_shown(text)} is none of the options.")
    return [text, _LETTERS[options.index(text)]]


def _is_choice(raw: list[Json]) -> bool:
    text, letter = raw
    return isinstance(text, str) and isinstance(letter, str) and letter in tuple(_LETTERS)


def _read_texts(raw: Json, _options: Json) -> list[str]:
    texts = raw if isinstance(raw, list) else [raw]
    if not texts or not all(isinstance(text, str) for text in texts):
        raise BadAnswer(f"The answer should be a text or a list of texts, not {_shown(raw)}.")
    return list(texts)


def _shown(raw: Json) -> str:
    """A value as people may see it: short, and never a traceback of its own."""
    try:
        shown = repr(raw)
    except (RecursionError, ValueError):
        return f"a {type(raw).__name__}"
    return shown if len(shown) <= 60 else shown[:59] + "…"


ANSWER_READERS: Mapping[str, AnswerReader] = {
    "longbook_sum_eng": _read_texts,
    "longbook_qa_eng": _read_texts,
    "longbook_choice_eng": _read_choice,
    "longdialogue_qa_eng": _read_texts,
    "longbook_qa_chn": _read_texts,
    "code_debug": _read_choice,
    "code_run": _read_int,
    "math_calc": _read_ints,
    "math_find": _read_number,
    "passkey": _read_digits,
    "number_string": _read_digits,
    "kv_retrieval": _read_text,
}
