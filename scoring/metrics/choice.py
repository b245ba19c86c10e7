"""Multiple choice as the authors read it: by rules that were added one after another."""

import re
from collections.abc import Iterable

from scoring.normalize import blank_out, single_spaced

_LETTERS_TO_J = re.compile(r"\b[A-J]\b")
_LETTERS_TO_D = re.compile(r"\b[A-D]\b")
_AROUND_NAME = ("\n", "`", "'", '"', "-", "*", "Option", "option")
_AROUND_TEXT = ("\n", '"', "'", ".", ",", "?", "!", "{", "}")
# Where there is a space in a cue, a text whose spaces are not yet made one may have several.
_NAME_CUES = tuple(map(re.compile, ("answer +is:", "is:", "answer:", "correct +option +is:")))
_TEXT_CUES = tuple(map(re.compile, ("answer +is:", "answer:", "answer +is", "option +is")))


def last_letter(prediction: str, letters: re.Pattern[str]) -> str | None:
    r"""The last match on the first line that has one; only "\n" ends a line.

    Deviation: in wording only.  Upstream's `letter(?!.*letter)` means the same and takes
    quadratic time on a long line.
    """
    first = letters.search(prediction)
    if first is None:
        return None
    end = prediction.find("\n", first.end())
    line = letters.finditer(prediction, first.start(), end if end >= 0 else len(prediction))
    return [match[0] for match in line][-1]


def named_choice(prediction: str, name: str, letter: str) -> bool:
    """Whether a function's letter or name stands at the front or after the word "answer".

    Source: OpenBMB/InfiniteBench src/compute_scores.py:get_score_one_code_debug at 88b3daa.
    """
    prediction = prediction.strip()
    if prediction[:2] in (f"{letter}.", f"{letter}:"):
        return True
    return _names_after_cue(prediction, name, letter)


def named_choice_by_letter(prediction: str, name: str, letter: str) -> bool:
    """As `named_choice`, but the last lone letter up to J, or the first word, may be right too.

    Source: OpenBMB/InfiniteBench src/compute_scores.py:get_score_one_code_debug at 51d9b37.
    """
    prediction = prediction.strip()
    found = last_letter(prediction, _LETTERS_TO_J)
    if found is not None and found == letter:
        return True
    blanked = blanked_name(prediction)
    if blanked.startswith(letter) or blanked.startswith(name):  # noqa: PIE810  types differ
        return True
    return _names_after_cue(prediction, name, letter)


def _names_after_cue(prediction: str, name: str, letter: str) -> bool:
    # Blanking makes spaces only, so that no cue comes up that has no "is:" or "answer:" before.
    if "is:" not in prediction and "answer:" not in prediction:
        return False
    return _cued(blank_out(prediction, _AROUND_NAME), _NAME_CUES, (letter, name)) or False


def blanked_name(prediction: str) -> str:
    """The prediction without the marks and words that surround a function's name."""
    return single_spaced(blank_out(prediction, _AROUND_NAME))


def text_choice(prediction: str, label: Iterable[str]) -> bool:
    """Whether an option's letter comes first, or the option itself, or either after "answer".

    Source: OpenBMB/InfiniteBench src/compute_scores.py:get_score_one_longbook_choice_eng
    at 88b3daa.
    """
    prediction = prediction.strip()
    if not prediction:
        return False
    if prediction[0] in "ABCD":
        return prediction[0] in label
    if prediction in label:
        return True
    prediction = blank_out(prediction, _AROUND_TEXT)
    cued = _cued(prediction, _TEXT_CUES, label)
    if cued is not None:
        return cued
    # A substring test, as upstream: "AB" is taken for a letter, "AC" is not.
    word = next((word for word in prediction.split() if word in "ABCD"), None)
    return word is not None and word in label


def text_choice_by_letter(prediction: str, label: Iterable[str]) -> bool:
    """As `text_choice`, but the last lone letter up to D may be right too.

    Source: OpenBMB/InfiniteBench src/compute_scores.py:get_score_one_longbook_choice_eng
    at 51d9b37.
    """
    prediction = prediction.strip()
    if not prediction:
        return False
    found = last_letter(prediction, _LETTERS_TO_D)
    if found is not None and found in label:
        return True
    return text_choice(prediction, label)


def _cued(blanked: str, cues: tuple[re.Pattern[str], ...], choices: Iterable[str]) -> bool | None:
    """Whether a choice stands one character behind the first cue found; None without a cue.

    As upstream finds it in a text of single spaces; to make them so takes longer than the rest.
    """
    for cue in cues:
        if found := cue.search(blanked):
            rest = blanked[found.end() :]
            # The character behind the cue is any, or a run of spaces.
            after = rest.lstrip(" ") if rest[:1] == " " else rest[1:]
            return bool(rest) and any(_starts(after, choice) for choice in choices)
    return None


def _starts(text: str, choice: str) -> bool:
    return (single_spaced(text) if " " in choice else text).startswith(choice)
