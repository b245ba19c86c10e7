"""Math.Find and Math.Calc: long lists and long sums of numbers from 0 to 99.

Structure and parameters follow the authors' own script.
"""

import struct
from collections import Counter
from collections.abc import Iterable, Mapping

from scoring.drafts import Draft, Facts, Order
from scoring.stream import Stream, uniform_table
from scoring.suites.infinitebench.generate.lengths import LISTED_NUMBER, SUMMED_NUMBER

QUESTIONS = (
    "largest",
    "second largest",
    "third largest",
    "smallest",
    "second smallest",
    "third smallest",
    "median",
)
_LEAST, _MOST = 0, 99
# The largest number is drawn from the upper fifth of the range, the smallest from the lower.
_LOWEST_MOST, _HIGHEST_LEAST = 79, 19
_AT_ONCE = 8192
_NUMBERS = tuple(str(number) for number in range(256))


def math_find(stream: Stream, order: Order) -> Draft:
    """A list of numbers with one of seven questions, equally many examples each, in file order."""
    question = QUESTIONS[order.index * len(QUESTIONS) // order.of]
    if order.of < len(QUESTIONS):
        question = QUESTIONS[order.index]
    low, high = _bounds(stream, question)
    count = max(8, round(order.tokens / LISTED_NUMBER))
    table, unused = uniform_table(high - low + 1, low)
    seen: Counter[int] = Counter()
    written = 0
    yield "["
    while written < count:
        drawn = stream.take(_AT_ONCE).translate(table, unused)[: count - written]
        seen.update(drawn)
        written += len(drawn)
        yield ", ".join(map(_NUMBERS.__getitem__, drawn)) + (", " if written < count else "]")
    name = "median number" if question == "median" else f"{question} number"
    return Facts(
        input=f"Reply with one number and no other words. The {name} of the list is: ",
        answer=[_found(question, seen, count)],
        details={"question": question},
    )


def _bounds(stream: Stream, question: str) -> tuple[int, int]:
    """The ends of the range that the list is drawn from; one of the two moves."""
    moves_most = stream.below(2) == 1 if question == "median" else "largest" in question
    if moves_most:
        return _LEAST, stream.between(_LOWEST_MOST, _MOST)
    return stream.between(_LEAST, _HIGHEST_LEAST), _MOST


def find_answer(question: str, numbers: Iterable[int]) -> int | float:
    """The answer to one of QUESTIONS about a list."""
    seen = Counter(numbers)
    return _found(question, seen, seen.total())


def _found(question: str, seen: Mapping[int, int], count: int) -> int | float:
    """The answer; "second largest" is of the different numbers.  A median of two is a float."""
    if question == "median":
        middle = _at(seen, (count - 1) // 2), _at(seen, count // 2)
        return middle[0] if count % 2 else sum(middle) / 2
    numbers = sorted(seen, reverse="largest" in question)
    place = 1 if "second" in question else 2 if "third" in question else 0
    return numbers[min(place, len(numbers) - 1)]


def _at(seen: Mapping[int, int], place: int) -> int:
    """The number at a place of the sorted list."""
    for number in sorted(seen):
        place -= seen[number]
        if place < 0:
            return number
    raise IndexError(place)


def math_calc(stream: Stream, order: Order) -> Draft:
    """A sum whose every intermediate result stays within 0 and 99; the results are the answer."""
    terms = max(2, round(order.tokens / SUMMED_NUMBER))
    value = stream.between(_LEAST, _MOST)
    results: list[int] = []
    table, unused = uniform_table(_MOST + 1)
    yield str(value)
    while len(results) < terms - 1:
        operands = stream.take(_AT_ONCE).translate(table, unused)
        again = struct.unpack(f">{_AT_ONCE}H", stream.take(2 * _AT_ONCE))
        # The last bit of a spare byte chooses the sign.
        signs = stream.take(_AT_ONCE)
        pieces = []
        for drawn, sign, spare in zip(operands, signs, again, strict=False):
            room = _MOST - value if sign & 1 else value
            operand = drawn if drawn <= room else spare * (room + 1) >> 16
            if sign & 1:
                value += operand
                pieces.append(f" + {operand}")
            else:
                value -= operand
                pieces.append(f" - {operand}")
            results.append(value)
            if len(results) == terms - 1:
                break
        yield "".join(pieces)
    return Facts(input="The intermediate results of the expression are: ", answer=results)
