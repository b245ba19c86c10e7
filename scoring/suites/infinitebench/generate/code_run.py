"""Code.Run: small functions that call one another, and one call to work out.

Structure and parameters follow the authors' own script: calls go 2, 4, 6, 8 or 10 deep, each
function adds a number from -12 to 17, the first argument is from -10 to 10, and functions stand
in the order of their numbers, which fill half of their range.
"""

from dataclasses import dataclass
from itertools import pairwise

from scoring.drafts import Draft, Facts, Order
from scoring.stream import Stream, uniform_table
from scoring.suites.infinitebench.generate.lengths import SMALL_FUNCTION

CALL_DEPTHS = (2, 4, 6, 8, 10)
_LEAST_ADDED, _MOST_ADDED = -12, 17
_LARGEST_ARGUMENT = 10
_AT_ONCE = 1024
_ORDERS = 64


@dataclass(frozen=True, slots=True)
class _Layers:
    """Which function is in which layer: only the last layer calls nobody.

    Functions come in rows with one function of every layer, in one of 64 random orders.
    """

    depth: int
    # By order: the layer of each place, and the place of each layer.
    layers: tuple[bytes, ...]
    places: tuple[bytes, ...]
    orders: bytes
    # Of two neighbouring numbers a function has one.
    odd: bytes

    @classmethod
    def drawn(cls, stream: Stream, depth: int, rows: int) -> "_Layers":
        layers = []
        for _ in range(_ORDERS):
            order = bytearray(range(depth))
            stream.shuffle(order)
            layers.append(bytes(order))
        places = [bytes(order.index(layer) for layer in range(depth)) for order in layers]
        odd = stream.take(rows * depth).translate(bytes(byte % 2 for byte in range(256)))
        orders = stream.take(rows).translate(bytes(byte % _ORDERS for byte in range(256)))
        return cls(depth, tuple(layers), tuple(places), orders, odd)

    def place(self, row: int, layer: int) -> int:
        """The position of a row's function of that layer among all functions."""
        return row * self.depth + self.places[self.orders[row]][layer]

    def number(self, place: int) -> int:
        """What the function at a position is called by."""
        return 2 * place + 1 + self.odd[place]


def code_run(stream: Stream, order: Order) -> Draft:
    """A module of functions; equally many examples of each call depth, in file order."""
    depth = CALL_DEPTHS[order.index * len(CALL_DEPTHS) // order.of]
    if order.of < len(CALL_DEPTHS):
        depth = CALL_DEPTHS[order.index]
    rows = max(2, round(order.tokens / SMALL_FUNCTION / depth))
    layers = _Layers.drawn(stream, depth, rows)
    chain = [layers.place(stream.below(rows), layer) for layer in range(depth)]
    added = {place: stream.between(_LEAST_ADDED, _MOST_ADDED) for place in chain}
    follows = dict(pairwise(chain))
    argument = stream.between(-_LARGEST_ARGUMENT, _LARGEST_ARGUMENT)
    yield "\nHere is what functions_module.py holds:\n\n"
    table, unused = uniform_table(_MOST_ADDED - _LEAST_ADDED + 1)
    # A byte is never negative, so the numbers are looked up.
    addends = [_added(number) for number in range(_LEAST_ADDED, _MOST_ADDED + 1)]
    pool = b""
    for first in range(0, rows, _AT_ONCE):
        pieces = []
        for row in range(first, min(rows, first + _AT_ONCE)):
            if len(pool) < depth:
                pool = stream.take(_AT_ONCE * depth).translate(table, unused)
            sums, pool = pool[:depth], pool[depth:]
            targets = stream.take(4 * depth)
            for at, layer in enumerate(layers.layers[layers.orders[row]]):
                place = row * depth + at
                sum_ = added[place] - _LEAST_ADDED if place in added else sums[at]
                pieces.append(f"def func_{layers.number(place)}(x):\n    return ")
                if layer + 1 < depth:
                    drawn = int.from_bytes(targets[4 * at : 4 * at + 4], "big") * rows >> 32
                    called = follows.get(place)
                    if called is None:
                        called = layers.place(drawn, layer + 1)
                    pieces.append(f"func_{layers.number(called)}(x){addends[sum_]}\n\n")
                else:
                    pieces.append(f"x{addends[sum_]}\n\n")
        yield "".join(pieces)
    call = f"func_{layers.number(chain[0])}({argument})"
    return Facts(
        input=f"Please give me the exact number of the return value of {call}. "
        "End your response with the sentence 'The return value is:' and that number.",
        answer=[argument + sum(added.values())],
        depth=(max(chain) + 1) / (rows * depth),
        details={"calls": depth},
    )


def _added(number: int) -> str:
    """How a sum is written: nothing at all for zero."""
    return "" if number == 0 else f" {'+' if number > 0 else '-'} {abs(number)}"
