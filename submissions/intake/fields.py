"""Checks the values of one row: its id, its prediction, its ground truth."""

import difflib
import re
from collections.abc import Callable, Mapping
from functools import partial
from typing import Final

from submissions.intake.parsed import ItemId
from submissions.intake.problems import describe, shorten

PREDICTION_KEYS: Final = ("prediction", "pred")
GROUND_TRUTH_KEYS: Final = ("ground_truth", "label")
# Keys that other evaluation tools write for what is called a prediction here.
_OFTEN_MEANT: Final = (
    "predictions",
    "preds",
    "output",
    "outputs",
    "answer",
    "response",
    "generation",
    "generated_text",
    "completion",
    "model_output",
    "resps",
    "filtered_resps",
    "text",
)
_DIGITS: Final = re.compile(r"0|[1-9][0-9]{0,17}")
_ID_LIMIT: Final = 10**18
_MISSING: Final = object()
_ID_ADVICE: Final = "Write the id that the benchmark's own files give the example."
_NUMBER_ADVICE: Final = "Write it without a point, in at most 18 digits."


class BadValue(Exception):
    """A value that a row cannot have."""

    def __init__(self, code: str, found: str, advice: str | Callable[[], str]) -> None:
        super().__init__(found)
        self.code, self.found, self.advice = code, found, advice


def normal_id(value: int | str | None) -> ItemId:
    """An id with a text of plain digits as its number, so that "7" and 7 are one id."""
    return int(value) if isinstance(value, str) and _DIGITS.fullmatch(value) else value


def read_id(row: Mapping[str, object], *, chars: int) -> ItemId:
    """The id of a row; None when it has none or null.  Raises: BadValue."""
    value = row.get("id")
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | str):
        advice = _NUMBER_ADVICE if isinstance(value, float) else _ID_ADVICE
        raise BadValue("bad-id", describe(value), advice)
    if isinstance(value, int) and abs(value) >= _ID_LIMIT:
        raise BadValue("bad-id", "a number of more than 18 digits", "Write it as text.")
    if isinstance(value, str) and not (0 < len(value) <= chars and value.isprintable()):
        raise BadValue("bad-id", f"{describe(value)} of {len(value)} characters", _ID_ADVICE)
    return normal_id(value)


def read_prediction(row: Mapping[str, object]) -> bytes:
    """The prediction of a row as UTF-8.  Raises: BadValue."""
    value = next((row[key] for key in PREDICTION_KEYS if key in row), _MISSING)
    if value is _MISSING:
        raise BadValue("missing-prediction", _keys_of(row), partial(_key_advice, row))
    if not isinstance(value, str):
        raise BadValue("prediction-not-text", describe(value), _text_advice(value))
    try:
        return value.encode("utf-8")
    except UnicodeEncodeError as error:
        found = f"\\u{ord(value[error.start]):04x} at character {error.start + 1}"
        raise BadValue("lone-surrogate", found, "") from None


def ground_truth(row: Mapping[str, object]) -> object:
    """What a row says the right answer is, in the file's own spelling; None for nothing."""
    return next((row[key] for key in GROUND_TRUTH_KEYS if key in row), None)


def _keys_of(row: Mapping[str, object]) -> str:
    names = [f'"{shorten(key, 20)}"' for key in list(row)[:6]]
    return shorten("the keys " + ", ".join(names) if names else "an object without keys")


def _key_advice(row: Mapping[str, object]) -> str:
    """Name the key that is probably meant."""
    by_name = {key.casefold().strip(): key for key in list(row)[:100] if len(key) <= 40}
    likely = [by_name[name] for name in (*PREDICTION_KEYS, *_OFTEN_MEANT) if name in by_name]
    likely += [by_name[name] for name in difflib.get_close_matches("prediction", by_name, 1, 0.75)]
    if likely:
        return f'Rename the key "{shorten(likely[0], 40)}" to "prediction".'
    return 'Put the model\'s answer under the key "prediction".'


def _text_advice(value: object) -> str:
    if value is None:
        return 'Write "" where the model gave no answer.'
    if isinstance(value, list):
        return "Give one text: the answer that is to be scored."
    if isinstance(value, dict):
        return "Take the text out of the object."
    return "Put it in double quotes."
