"""Zh.QA: an invented Chinese novel with certain facts, and a question about one of them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from scoring.drafts import Draft, Facts, Order
from scoring.stream import Stream, spread
from scoring.suites.infinitebench.generate import chinese_words as words
from scoring.suites.infinitebench.generate.lengths import CHINESE

MOST_EVENTS = 48
_FEWEST_EVENTS = 8
_CAST = 24
_PARAGRAPHS_AT_ONCE = 8
_BYTES_A_SENTENCE = 5
DIGITS = "〇一二三四五六七八九"


@dataclass(frozen=True, slots=True)
class Kind:
    """How a kind of fact is told and asked for; A and B are people, V is the asked value."""

    name: str
    told: str
    question: str


KINDS = (
    Kind("gift", "{V}把{W}送给了{A}", "把{W}送给{A}的人是谁？"),
    Kind("hiding place", "{A}把{W}藏在了{V}", "{A}把{W}藏在了什么地方？"),
    Kind("trade", "{A}跟着{B}学成了{V}", "{A}跟着{B}学成了哪一行？"),
    Kind("origin", "{A}出生在{V}", "{A}出生在什么地方？"),
    Kind("debt", "{A}欠了{B}整整{V}两银子", "{A}欠了{B}多少两银子？"),
)


@dataclass(frozen=True, slots=True)
class Event:
    """One fact of the plot, with every way to answer the question about it."""

    kind: str
    told: str
    question: str
    answers: tuple[str, ...]


def longbook_qa_chn(stream: Stream, order: Order) -> Draft:
    """Kinds of questions take turns; the asked fact stands at the wanted depth."""
    cast = _people(stream)
    n = min(MOST_EVENTS, _FEWEST_EVENTS + order.tokens // 4096)
    events = [
        event
        for group in zip(*(_draw(stream, kind, cast) for kind in KINDS), strict=False)
        for event in group
    ][: max(n, len(KINDS))]
    asked = events.pop(order.index % len(KINDS))
    stream.shuffle(events)
    told = [((stream.below(1000) + 0.5) / 1000, event.told) for event in events]
    told.append((order.depth, asked.told))
    yield from _tell(stream, order, cast, sorted(told))
    return Facts(
        input=asked.question,
        answer=list(asked.answers),
        depth=order.depth,
        details={"question": asked.kind},
    )


def _people(stream: Stream) -> list[str]:
    """Full names of which no two share a surname, nor a given name's first character."""
    families = stream.sample(words.SURNAMES, _CAST)
    given = stream.sample(words.GIVEN, 2 * _CAST)
    return [
        family + first + second
        for family, first, second in zip(families, given[::2], given[1::2], strict=True)
    ]


def _draw(stream: Stream, kind: Kind, cast: Sequence[str]) -> Iterator[Event]:
    """Events of a kind, no two about the same person or with the same value."""
    about = stream.sample(cast, len(cast))
    others = about[1:] + about[:1]
    if kind.name == "gift":
        values, seconds = others, stream.sample(words.THINGS, _CAST)
    elif kind.name == "hiding place":
        values, seconds = stream.sample(words.SPOTS, _CAST), stream.sample(words.HIDDEN, _CAST)
    elif kind.name == "trade":
        values = seconds = stream.sample(words.TRADES, _CAST)
    elif kind.name == "origin":
        starts = stream.sample(words.VILLAGE_STARTS, _CAST)
        values = seconds = [start + stream.pick(words.VILLAGE_ENDS) for start in starts]
    else:
        values = seconds = [str(each + 21) for each in stream.sample(range(79), _CAST)]
    for person, other, value, second in zip(about, others, values, seconds, strict=True):
        shown = _chinese_number(int(value)) if kind.name == "debt" else value
        names = {"A": person, "B": other, "V": shown, "W": second}
        answers = (shown, value) if kind.name == "debt" else (shown,)
        yield Event(
            kind.name, kind.told.format_map(names), kind.question.format_map(names), answers
        )


def _chinese_number(number: int) -> str:
    """A number from 20 to 99 in characters."""
    tens, ones = divmod(number, 10)
    return f"{DIGITS[tens]}十{DIGITS[ones] if ones else ''}"


def _tell(
    stream: Stream, order: Order, cast: Sequence[str], waiting: list[tuple[float, str]]
) -> Iterator[str]:
    budget = order.tokens * CHINESE
    prose = _Prose(stream, cast)
    written, chapter = 0.0, 0
    chapter_chars = max(2000.0, budget / 60)
    while written < budget or waiting:
        if written >= chapter * chapter_chars:
            chapter += 1
            heading = f"第{_heading_number(chapter)}章\n\n"
            written += len(heading)
            yield heading
        until = waiting[0][0] * budget if waiting else budget
        if waiting and written >= until:
            text = f"　　{stream.pick(words.LEADS)}{waiting.pop(0)[1]}。{prose.paragraph()[2:]}"
        else:
            text = prose.up_to(until - written)
        written += len(text)
        yield text


def _heading_number(number: int) -> str:
    if number < 10:
        return DIGITS[number]
    return (
        f"十{DIGITS[number - 10] if number > 10 else ''}"
        if number < 20
        else (_chinese_number(number))
    )


class _Prose:
    """Paragraphs in which nothing happens that a question could be about."""

    def __init__(self, stream: Stream, cast: Sequence[str]) -> None:
        self._stream = stream
        self._names = spread(cast)
        self._openings = spread(words.OPENINGS)
        self._predicates = spread(words.PREDICATES)
        self._tails = spread(words.TAILS)
        self._remarks = spread(words.REMARKS)
        self._speaks = spread(words.SPEAKS)
        self._sights = spread(words.SIGHTS)
        self._states = spread(words.STATES)

    def paragraph(self) -> str:
        """Three to eight sentences, indented, and a line's end."""
        length = 3 + self._stream.below(6)
        drawn = self._stream.take(_BYTES_A_SENTENCE * length)
        groups = zip(*(drawn[at::_BYTES_A_SENTENCE] for at in range(5)), strict=True)
        return "　　" + "".join([self._sentence(*group) for group in groups]) + "\n"

    def up_to(self, chars: float) -> str:
        """Some paragraphs, of about that many characters if these are few."""
        paragraphs = []
        for _ in range(_PARAGRAPHS_AT_ONCE):
            paragraphs.append(self.paragraph())
            chars -= len(paragraphs[-1])
            if chars <= 0:
                break
        return "".join(paragraphs)

    def _sentence(self, form: int, a: int, b: int, c: int, d: int) -> str:
        if form < 96:
            return f"{self._openings[a]}，{self._names[b]}{self._predicates[c]}{self._tails[d]}"
        if form < 160:
            return f"{self._names[b]}{self._predicates[c]}{self._tails[d]}"
        if form < 216:
            return f"{self._names[c]}{self._speaks[b]}：“{self._remarks[a]}。”"
        return f"{self._sights[a]}{self._states[b]}。"
