"""The one number that a prediction gives, read without a look at the reference."""

import re
from decimal import Decimal

from scoring.normalize import is_denied, plain

_NUMBER = re.compile(
    r"(?<![A-Za-z0-9_])(?<![0-9][.,])(?<!\s\.)(?<!^\.)"
    r"([0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(\.[0-9]+)?"
    r"(?![A-Za-z0-9_])(?![.,][0-9])"
)
_CALL = re.compile(r"\w\([-+ ]{0,2}$")
_ATTACHED_MINUS = re.compile(r"(?:^|[^\w)\]-])-$")
_APART_MINUS = re.compile(
    r"(?:^|[=:(\[{\"'>$,\n]|\b(?:is|be|was|equals|returns|return|value|answer|output|result|to))"
    r"[ \t]{0,2}- $",
    re.IGNORECASE,
)
_RESULT = re.compile(r"(?<![0-9.])([-+]?)([0-9]+)(\.[0-9]+)?")


def last_number(prediction: str) -> Decimal | None:
    """The last number stated, with its sign; arguments of calls are not statements."""
    text = plain(prediction)
    stated = (_stated(text, match) for match in reversed(list(_NUMBER.finditer(text))))
    return next((number for number in stated if number is not None), None)


def first_number_stated(prediction: str) -> Decimal | None:
    """The first number stated, with its sign; "2nd" is no number."""
    text = plain(prediction)
    stated = (_stated(text, match) for match in _NUMBER.finditer(text))
    return next((number for number in stated if number is not None), None)


def _stated(text: str, match: re.Match[str]) -> Decimal | None:
    """The value of a number, unless it is a call's argument or denied."""
    before = text[max(0, match.start() - 16) : match.start()]
    if _CALL.search(before) or is_denied(text, match.start()):
        return None
    value = Decimal(match[1].replace(",", "") + (match[2] or ""))
    is_negative = _ATTACHED_MINUS.search(before) or _APART_MINUS.search(before)
    # Not -value, which rounds to the context's 28 digits.
    return value.copy_negate() if is_negative else value


def digit_strings(prediction: str, *, length: int) -> set[str]:
    """The different whole numbers of this many digits that are stated; leading zeros count."""
    text = plain(prediction)
    found = set()
    for match in _NUMBER.finditer(text):
        digits = match[1].replace(",", "")
        if len(digits) == length and not match[2] and not is_denied(text, match.start()):
            found.add(digits)
    return found


def signed_results(prediction: str) -> list[int | None]:
    """Every number as a running result, in order; None for one that is no whole number.

    Numbers of more than 4,000 digits are None too: no running result is so long.
    """
    text = plain(prediction)
    results: list[int | None] = []
    for match in _RESULT.finditer(text):
        sign, digits, fraction = match.groups()
        if fraction or len(digits) > 4000:
            results.append(None)
        else:
            attached = sign == "-" and not text[: match.start()][-1:].isalnum()
            results.append(-int(digits) if attached else int(digits))
    return results
