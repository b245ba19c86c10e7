"""Retrieve.PassKey, Retrieve.Number, Retrieve.KV: one thing to find in much that is of no use.

Structure and parameters follow the authors' own script: the same line again and again with one
sentence among them, at 59 depths for 590 examples; a JSON object of random UUIDs.
"""

from collections.abc import Iterator

from scoring.drafts import Draft, Facts, Order
from scoring.stream import Stream
from scoring.suites.infinitebench.generate.lengths import KEY_AND_VALUE, NOISE_LINE

_NOISE = (
    "The river runs on. The hills keep quiet. The clouds drift past. We walk along. "
    "And so it goes.\n"
)
_LINES_AT_ONCE = 512
_DIGITS = "0123456789"
_VARIANT = {digit: "89ab"[int(digit, 16) % 4] for digit in "0123456789abcdef"}


def passkey(stream: Stream, order: Order) -> Draft:
    """Five digits, each equally likely, so that a tenth of the keys begin with 0."""
    key = "".join(stream.pick(_DIGITS) for _ in range(5))
    needle = f"The pass key is {key}. Keep it in mind. {key} is the pass key.\n"
    return (yield from _hide(needle, key, "What is the pass key?", order))


def number_string(stream: Stream, order: Order) -> Draft:
    """Ten digits with repeats beside each other: five drawn, then five doubled in place."""
    digits = [stream.pick(_DIGITS) for _ in range(5)]
    while len(digits) < 10:
        place = stream.below(len(digits))
        digits.insert(place, digits[place])
    key = "".join(digits)
    needle = f"The sequence of digits is {key}. Keep it in mind. {key} is the sequence of digits.\n"
    return (yield from _hide(needle, key, "What is the sequence of digits?", order))


def _hide(needle: str, answer: str, question: str, order: Order) -> Draft:
    lines = max(1, round(order.tokens / NOISE_LINE))
    before = round(order.depth * lines)
    yield from _noise(before)
    yield needle
    yield from _noise(lines - before)
    return Facts(input=question, answer=[answer], depth=before / lines)


def _noise(lines: int) -> Iterator[str]:
    whole, rest = divmod(lines, _LINES_AT_ONCE)
    for _ in range(whole):
        yield _NOISE * _LINES_AT_ONCE
    yield _NOISE * rest


def kv_retrieval(stream: Stream, order: Order) -> Draft:
    """A JSON object of random keys and values; the wanted key's place moves on by example."""
    pairs = max(2, round(order.tokens / KEY_AND_VALUE))
    wanted = min(pairs - 1, order.index * pairs // order.of)
    key = value = ""
    yield "JSON data:\n{"
    for first in range(0, pairs, _LINES_AT_ONCE):
        count = min(_LINES_AT_ONCE, pairs - first)
        ids = _uuids(stream.take(32 * count).hex())
        if first <= wanted < first + count:
            key, value = ids[2 * (wanted - first) : 2 * (wanted - first) + 2]
        text = ", ".join(
            f'"{name}": "{content}"' for name, content in zip(ids[::2], ids[1::2], strict=True)
        )
        yield text + (", " if first + count < pairs else "}")
    question = f'\nKey: "{key}"\nThe value associated with the specified key is: '
    return Facts(input=question, answer=[value], depth=(wanted + 1) / pairs)


def _uuids(digits: str) -> list[str]:
    """Version-4 UUIDs from hexadecimal digits, 32 of them each."""
    return [
        f"{digits[at : at + 8]}-{digits[at + 8 : at + 12]}-4{digits[at + 13 : at + 16]}"
        f"-{_VARIANT[digits[at + 16]]}{digits[at + 17 : at + 20]}-{digits[at + 20 : at + 32]}"
        for at in range(0, len(digits), 32)
    ]
