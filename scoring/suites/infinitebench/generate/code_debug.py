"""Code.Debug: an invented Python package in which one function crashes when it is called."""

import re
from collections.abc import Iterator

from scoring.drafts import Draft, Facts, Order, Trial
from scoring.stream import Stream
from scoring.suites.infinitebench.generate.lengths import PYTHON
from scoring.suites.infinitebench.generate.python_words import (
    KINDS,
    SHAPES,
    THINGS,
    VERBS,
    Shape,
)

_OPTIONS = 4
_FUNCTIONS_A_FILE = 24


def _cut(text: str) -> list[str]:
    """A text parted at its marks, which stand between the parts."""
    return re.split(r"(NAME|THING)", text)


_CUT = [_cut(shape.text) for shape in SHAPES]
_CHARS_A_FUNCTION = sum(len(shape.text) for shape in SHAPES) / len(SHAPES) + 24


def code_debug(stream: Stream, order: Order) -> Draft:
    """Four functions of the package to choose from, of which the planted one crashes."""
    package = _Package(stream)
    count = max(2 * _OPTIONS, round(order.tokens * PYTHON / _CHARS_A_FUNCTION))
    planted = min(count - 1, round(order.depth * (count - 1)))
    others = _others(stream, planted, count)
    shape = SHAPES[package.shape(planted)]
    old, new, error = stream.pick(shape.faults)
    faulty = Shape(shape.text.replace(old, new), shape.call, ())
    yield from package.write(count, planted, faulty)
    names = [package.name(each) for each in others]
    names.insert(order.letter, package.name(planted))
    return Facts(
        input="Which function has a deliberate error that makes it crash?",
        answer=[package.name(planted)],
        options=names,
        depth=(planted + 1) / count,
        details={"error": error},
        trial=Trial(
            source="\n\n".join(
                package.text(each, faulty if each == planted else None)
                for each in [planted, *others]
            ),
            crashing=package.call(planted),
            function=package.name(planted),
            error=error,
            harmless=[package.call(each) for each in others],
        ),
    )


def _others(stream: Stream, planted: int, count: int) -> list[int]:
    """Other functions, drawn until there are enough: no list of all of them is needed."""
    others: list[int] = []
    while len(others) < _OPTIONS - 1:
        drawn = stream.below(count)
        if drawn != planted and drawn not in others:
            others.append(drawn)
    return others


def is_sound(text: str) -> bool:
    """Whether a function of a package is written as one of SHAPES, without a fault."""
    return any(shape.fullmatch(text.rstrip()) for shape in _SOUND)


def _as_pattern(shape: Shape) -> re.Pattern[str]:
    """What matches a shape about any one thing."""
    pieces = [re.escape(piece) for piece in _cut(shape.text.rstrip())]
    pattern = "".join(pieces).replace("NAME", r"\w+").replace("THING", "(?P<thing>[a-z]+)", 1)
    return re.compile(pattern.replace("THING", "(?P=thing)"))


_SOUND = [_as_pattern(shape) for shape in SHAPES]


class _Package:
    """Functions by position: which name and shape each has follows from a few random numbers."""

    def __init__(self, stream: Stream) -> None:
        self._verbs = stream.sample(VERBS, len(VERBS))
        self._kinds = stream.sample(KINDS, len(KINDS))
        self._things = stream.sample(THINGS, len(THINGS))
        self._shapes = [stream.below(len(SHAPES)) for _ in range(1009)]
        self._title = stream.pick(KINDS)

    def shape(self, position: int) -> int:
        """Which of SHAPES it has; the pattern's length is a prime, so none is ever seen."""
        return self._shapes[position % len(self._shapes)]

    def thing(self, position: int) -> str:
        return self._things[position % len(self._things)]

    def name(self, position: int) -> str:
        """A name that no other position has, up to 64,000 of them."""
        rest, thing = divmod(position, len(self._things))
        verb = self._verbs[(rest + thing) % len(self._verbs)]
        kind = self._kinds[(rest // len(self._verbs) + rest + 7 * thing) % len(self._kinds)]
        again = rest // (len(self._verbs) * len(self._kinds))
        name = f"{verb}_{kind}_{self._things[thing]}s"
        return f"{name}_{again}" if again else name

    def text(self, position: int, shape: Shape | None = None) -> str:
        """The function as it stands in the package."""
        pieces = _CUT[self.shape(position)] if shape is None else _cut(shape.text)
        name, thing = self.name(position), self.thing(position)
        return "".join(
            [name if piece == "NAME" else thing if piece == "THING" else piece for piece in pieces]
        )

    def call(self, position: int) -> str:
        """An expression that calls it."""
        return SHAPES[self.shape(position)].call.replace("NAME", self.name(position))

    def write(self, count: int, planted: int, faulty: Shape) -> Iterator[str]:
        """The package, file after file."""
        for first in range(0, count, _FUNCTIONS_A_FILE):
            number = first // _FUNCTIONS_A_FILE + 1
            yield "\n\n".join(
                [
                    self._heading(number),
                    *(
                        self.text(position, faulty if position == planted else None)
                        for position in range(first, min(count, first + _FUNCTIONS_A_FILE))
                    ),
                    "",
                ]
            )

    def _heading(self, number: int) -> str:
        thing = self.thing(number)
        return (
            f"# Package: {self._title}_desk/{thing}s_{number}.py\n"
            f'"""What the {self._title} desk does with {thing}s, part {number}."""\n'
        )
