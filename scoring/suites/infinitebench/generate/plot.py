"""The plot of an invented English book: facts, each told in a clause like no other.

A fact is told once, so that a question about it has one answer.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from scoring.drafts import Order
from scoring.stream import Stream
from scoring.suites.infinitebench.generate import plot_words as values
from scoring.suites.infinitebench.generate.names import people, places

MOST_EVENTS = 48
_FEWEST_EVENTS = 8
# Options of a multiple choice come from other events of the same kind.
OPTIONS = 4
_CAST = 24


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of fact: how it is told, summed up and asked for.

    Of its names, A is whom it is about, B another person; V is the value that is asked for, W a
    second one.
    """

    name: str
    told: str
    summed_up: str
    question: str
    values: Sequence[str]
    is_about_a_person: bool = False


KINDS = (
    Kind(
        "gift",
        "{V} had given {A} the {W}",
        "{V} gives {A} the {W}.",
        "Who had given {A} the {W}?",
        (),
        is_about_a_person=True,
    ),
    Kind(
        "hiding place",
        "{A} had hidden the {W} {V}",
        "{A} hides the {W} {V}.",
        "Where had {A} hidden the {W}?",
        values.SPOTS,
    ),
    Kind(
        "trade",
        "{A} had learned the trade of a {V} from {B}",
        "{A} learns the trade of a {V} from {B}.",
        "Which trade had {A} learned from {B}?",
        values.TRADES,
    ),
    Kind(
        "origin",
        "{A} had been born in {V}",
        "{A} was born in {V}.",
        "In which village had {A} been born?",
        (),
    ),
    Kind(
        "debt",
        "{A} owed {B} exactly {V} crowns",
        "{A} owes {B} {V} crowns.",
        "How many crowns did {A} owe {B}?",
        (),
    ),
    Kind(
        "reason",
        "{A} had moved away from {W} because {V}",
        "{A} moves away from {W} because {V}.",
        "Why had {A} moved away from {W}?",
        values.REASONS,
    ),
)


@dataclass(frozen=True, slots=True)
class Event:
    """One fact of the plot."""

    kind: Kind
    told: str
    summed_up: str
    question: str
    answer: str
    # Other ways to say the answer.
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Plot:
    """The facts of a book in the order in which it tells them, and where: 0 is its start."""

    cast: Sequence[str]
    town: str
    events: Sequence[Event]
    depths: Sequence[float]


def draw_plot(stream: Stream, order: Order, *, asked: str | None = None) -> Plot:
    """A plot whose number of events grows with the length.

    Of the kind that is asked about there are several, so that a multiple choice has options.
    """
    town, *villages = places(stream, _CAST)
    cast = people(stream, _CAST)
    n = min(MOST_EVENTS, _FEWEST_EVENTS + order.tokens // 4096)
    drawers = {kind.name: _draw_events(stream, kind, cast, villages) for kind in KINDS}
    kinds = [KINDS[at % len(KINDS)].name for at in range(n)]
    if asked is not None:
        kinds[: OPTIONS + 1] = [asked] * (OPTIONS + 1)
    stream.shuffle(kinds)
    events = [next(drawers[kind]) for kind in kinds]
    return Plot(cast, town, events, sorted((stream.below(1000) + 0.5) / 1000 for _ in events))


def ask_at(plot: Plot, kind: str, depth: float) -> tuple[Plot, Event]:
    """The plot with its first event of a kind told at that depth, and that event."""
    events, depths = list(plot.events), list(plot.depths)
    place = min(len(depths) - 1, sum(each < depth for each in depths))
    own = next(at for at, event in enumerate(events) if event.kind.name == kind)
    events[own], events[place] = events[place], events[own]
    depths[place] = depth
    return replace(plot, events=events, depths=depths), events[place]


def _draw_events(
    stream: Stream, kind: Kind, cast: Sequence[str], villages: Sequence[str]
) -> Iterator[Event]:
    """Events of a kind, no two about the same person or with the same value."""
    about = stream.sample(cast, len(cast))
    others = about[1:] + about[:1]
    drawn, seconds = _values(stream, kind, others, villages)
    for person, other, value, second in zip(about, others, drawn, seconds, strict=False):
        names = {"A": person, "B": other, "V": value, "W": second}
        yield Event(
            kind,
            kind.told.format_map(names),
            kind.summed_up.format_map(names),
            kind.question.format_map(names),
            value,
            _aliases(kind, value),
        )


def _values(
    stream: Stream, kind: Kind, others: Sequence[str], villages: Sequence[str]
) -> tuple[Sequence[str], Sequence[str]]:
    if kind.name == "debt":
        numbers = [tens + ones for tens in values.TENS for ones in values.ONES]
        return stream.sample(numbers, _CAST), [""] * _CAST
    if kind.name == "gift":
        return others, stream.sample(values.THINGS, _CAST)
    if kind.name == "origin":
        return stream.sample(villages, _CAST), [""] * _CAST
    if kind.name == "reason":
        return stream.sample(kind.values, _CAST), stream.sample(villages, _CAST)
    return stream.sample(kind.values, _CAST), stream.sample(values.HIDDEN, _CAST)


def _aliases(kind: Kind, value: str) -> tuple[str, ...]:
    if kind.is_about_a_person:
        return (value.split(maxsplit=1)[0],)
    if kind.name == "debt":
        tens, _, ones = value.partition("-")
        units = values.ONES.index(f"-{ones}") if ones else 0
        return (str(10 * (values.TENS.index(tens) + 2) + units),)
    return ()
