"""En.Dia: an invented script in which the name before one line is masked.

Every character says once what only this character does; the masked speaker speaks of one of
these things as a habit, so that who it is follows from the earlier or later line.
"""

from collections.abc import Iterator

from scoring.drafts import Draft, Facts, Order
from scoring.stream import Stream, spread
from scoring.suites.infinitebench.generate import english_words as words
from scoring.suites.infinitebench.generate.lengths import SCRIPT
from scoring.suites.infinitebench.generate.names import people

MASK = "$$MASK$$"
_CAST = 16
_LINES_AT_ONCE = 32
_DUTIES = (
    "wind the clock in the tower;feed the owls in the belfry;keep the ledger of the fair;"
    "tune the bells before Easter;light the lamps along the quay;water the lemon trees;"
    "count the swans every spring;carry the flag in the parade;judge the pumpkin contest;"
    "ring the gong at the inn;guard the key of the library;write the verses for weddings;"
    "measure the depth of the well;train the pigeons for the race;paint the numbers on the boats;"
    "bake the bread for the prisoners;read the will of every miser;drive the snow plough;"
    "repair the puppets of the theatre;sell the tickets for the ferry"
).split(";")
_SCENES = (
    "THE BAKERY;THE HARBOUR OFFICE;A COUNTRY ROAD;THE BACK ROOM OF THE INN;THE SCHOOL YARD;"
    "THE WAITING ROOM;A KITCHEN;THE BELL TOWER;THE FERRY;THE COURT ROOM;THE ORCHARD;"
    "THE PRINTING SHOP;A ROOF;THE CELLAR;THE MARKET SQUARE;THE REHEARSAL ROOM"
).split(";")
_HOURS = ("MORNING", "NOON", "EVENING", "NIGHT")


def longdialogue_qa_eng(stream: Stream, order: Order) -> Draft:
    """One masked name; the line that gives it away stands elsewhere."""
    cast = people(stream, _CAST)
    duties = stream.sample(_DUTIES, _CAST)
    who = stream.below(_CAST)
    # Of the two lines that one must have read, the later one stands at the wanted depth.
    depths = [order.depth, order.depth * stream.below(1000) / 1000]
    stream.shuffle(depths)
    speaker = cast[who].split(maxsplit=1)[0].upper()
    lines = [
        (depths[0], _claim(cast[who], duties[who])),
        (depths[1], f"{MASK}: I am late already, and today I still have to {duties[who]}.\n"),
    ]
    for name, duty in zip(cast, duties, strict=True):
        if name != cast[who]:
            lines.append((stream.below(1000) / 1000, _claim(name, duty)))
    lines.sort()
    yield from _play(stream, order, [name.split(maxsplit=1)[0].upper() for name in cast], lines)
    return Facts(
        input=f'Which character is most likely "{MASK}"?',
        answer=[speaker, cast[who]],
        depth=order.depth,
    )


def _claim(name: str, duty: str) -> str:
    return (
        f"{name.split(maxsplit=1)[0].upper()}: You should know that it is me who has to {duty}.\n"
    )


def _play(
    stream: Stream, order: Order, cast: list[str], waiting: list[tuple[float, str]]
) -> Iterator[str]:
    """Scenes of small talk, with each waiting line at its place."""
    budget = order.tokens * SCRIPT
    talk = _Talk(stream, cast)
    written = 0.0
    while written < budget or waiting:
        until = waiting[0][0] * budget if waiting else budget
        is_due = waiting and written >= until
        text = waiting.pop(0)[1] if is_due else talk.scene(until - written)
        written += len(text)
        yield text


class _Talk:
    """Lines in which nobody says what only one of them does."""

    def __init__(self, stream: Stream, cast: list[str]) -> None:
        self._stream = stream
        self._names = spread(cast)
        self._remarks = spread(words.REMARKS)
        self._sights = spread(words.SIGHTS)
        self._states = spread(words.STATES)

    def scene(self, chars: float) -> str:
        """A heading and some lines, of about that many characters if these are few."""
        drawn = self._stream.take(6 * _LINES_AT_ONCE)
        lines = [f"\nINT. {_SCENES[drawn[0] % 16]} - {_HOURS[drawn[1] % 4]}\n\n"]
        for group in zip(*(drawn[at::6] for at in range(6)), strict=True):
            lines.append(self._line(group))
            chars -= len(lines[-1])
            if chars <= 0:
                break
        return "".join(lines)

    def _line(self, drawn: tuple[int, ...]) -> str:
        form, a, b, c, d, e = drawn
        if form < 160:
            return f"{self._names[a]}: {self._remarks[b]}. {self._remarks[c]}.\n"
        return f"{self._names[a]}: {self._remarks[b]}. {self._sights[d]} {self._states[e]}.\n"
