"""Turns one line into a JSON value, or says in which way it is not JSON."""

import json
from typing import NoReturn

import orjson

from submissions.intake.problems import describe, shorten

# orjson turns whole numbers of more than 64 bits into floats, silently.
_EXACT_BELOW = 2.0**63
_JSON_SPACE = " \t\n\r"


class Flaw(Exception):
    """Why a line is not one JSON value; `leading` is the value that text follows, if any."""

    def __init__(self, code: str, found: str, leading: object = None) -> None:
        super().__init__(found)
        self.code, self.found, self.leading = code, found, leading


class _NotANumberError(ValueError):
    pass


def decode_line(raw: bytes) -> object:
    """The JSON value on a line.

    Raises: Flaw when there is none, or something besides it.
    """
    try:
        value: object = orjson.loads(raw)
    except orjson.JSONDecodeError:
        return _decode_slowly(raw)
    return value


def is_inexact(value: object) -> bool:
    """Whether a number, alone or in a list of one, may have lost digits in `decode_line`."""
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
    return isinstance(value, float) and abs(value) >= _EXACT_BELOW


def decode_exactly(raw: bytes) -> object:
    """Like `decode_line`, about five times slower, with whole numbers of any size."""
    return _decode_slowly(raw)


def _decode_slowly(raw: bytes) -> object:
    """Read with the standard library, which accepts what orjson cannot hold and names columns."""
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        byte = f"byte 0x{raw[error.start]:02x} at position {error.start + 1} of the line"
        raise Flaw("not-utf8", byte) from None
    start = len(text) - len(text.lstrip(_JSON_SPACE))
    try:
        value, end = _DECODER.raw_decode(text, start)
    except RecursionError:
        raise Flaw("too-deep", "values nested too deep to read") from None
    except json.JSONDecodeError as error:
        near = shorten(text[error.pos : error.pos + 30], 30)
        found = f'{error.msg} at column {error.pos + 1}, near "{near}"'
        raise Flaw("broken-json", found) from None
    except _NotANumberError as error:
        raise Flaw("nan-literal", str(error)) from None
    except ValueError:
        raise Flaw("huge-number", "a number with more than 4,300 digits") from None
    rest = text[end:].strip(_JSON_SPACE)
    if rest:
        place = f"after {describe(value)}"
        raise Flaw("text-after-object", f'"{shorten(rest, 30)}" {shorten(place, 60)}', value)
    return value


def _refuse_constant(name: str) -> NoReturn:
    raise _NotANumberError(name)


_DECODER = json.JSONDecoder(parse_constant=_refuse_constant)
