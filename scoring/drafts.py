"""What is asked of a generator, and what it says of an example once its context is out."""

from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from scoring.stream import Stream

_MOST_DEPTHS = 10


@dataclass(frozen=True, slots=True)
class Order:
    """The `index`th of `of` examples, with a context of about `tokens` tokens.

    `letter` is the place of the right one among four options.
    """

    tokens: int
    index: int
    of: int
    letter: int = 0

    @property
    def depth(self) -> float:
        """Where the needle of this example belongs: 0 is the context's start, 1 its end.

        Depths are evenly spaced and stand in file order; the original has ten examples a depth.
        """
        depths = max(min(self.of, _MOST_DEPTHS), self.of // 10)
        return 0.5 if depths == 1 else (self.index * depths // self.of) / (depths - 1)


@dataclass(frozen=True, slots=True)
class Trial:
    """A program to run: `crashing` must raise `error` inside its function, the others nothing.

    `source` defines the functions; each call is an expression.
    """

    source: str
    crashing: str
    function: str
    error: str
    harmless: Sequence[str]


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything of an example but its context, in the shapes of the public dataset.

    `depth` is the share of the context that has gone by when the last thing that the answer
    needs is said; None where the whole context is needed.
    """

    input: str
    answer: object
    options: Sequence[str] = ()
    depth: float | None = None
    details: Mapping[str, object] = field(default_factory=dict)
    trial: Trial | None = None


Draft: TypeAlias = Generator[str, None, Facts]
"""Pieces of the context, in order; returns the facts after the last."""

TaskGenerator: TypeAlias = Callable[[Stream, Order], Draft]
"""Writes one example; draws only from the stream."""

Reader: TypeAlias = Callable[[str, str, Sequence[str]], str]
"""(context or its beginning, input, options) -> prediction; empty where it does not know."""


@dataclass(frozen=True, slots=True)
class GeneratorKit:
    """A suite's generators by task, and two baselines that must behave on what they write.

    `version` names what the generators write: another text is another version.  `readers` find
    an answer in a context; `constants` are answered without reading.
    """

    version: str
    generators: Mapping[str, TaskGenerator]
    readers: Mapping[str, Reader]
    constants: Mapping[str, str]
