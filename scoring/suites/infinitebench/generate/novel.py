"""An invented English book: its plot among paragraphs in which nothing happens."""

from collections.abc import Iterator, Sequence

from scoring.drafts import Order
from scoring.stream import Stream, spread
from scoring.suites.infinitebench.generate import english_words as words
from scoring.suites.infinitebench.generate.lengths import PROSE
from scoring.suites.infinitebench.generate.plot import Plot

_PARAGRAPHS_AT_ONCE = 8
_BYTES_A_SENTENCE = 5

_LEADS = (
    "It was in those days that",
    "Nobody could say later why",
    "And then, to general surprise,",
    "The whole town soon knew that",
    "This much is certain:",
    "What matters for this story is that",
    "Long afterwards people still told how",
    "So it came about that",
)


def tell(stream: Stream, order: Order, plot: Plot) -> Iterator[str]:
    """The book: a title, chapters of quiet paragraphs, and each event at its place."""
    budget = order.tokens * PROSE
    title = f"THE CHRONICLE OF {plot.town.upper()}\n"
    yield title
    prose = _Prose(stream, [name.split()[0] for name in plot.cast])
    written, chapter = float(len(title)), 0
    waiting = list(zip(plot.depths, plot.events, strict=True))
    chapter_chars = max(6000.0, budget / 60)
    while written < budget or waiting:
        if written >= chapter * chapter_chars:
            chapter += 1
            heading = f"\nChapter {chapter}\n\n"
            written += len(heading)
            yield heading
        until = waiting[0][0] * budget if waiting else budget
        if written >= until and waiting:
            text = f"{stream.pick(_LEADS)} {waiting.pop(0)[1].told}. {prose.paragraph()}"
        else:
            text = prose.up_to(until - written)
        written += len(text)
        yield text


class _Prose:
    """Paragraphs in which nothing happens that a question could be about."""

    def __init__(self, stream: Stream, first_names: Sequence[str]) -> None:
        self._stream = stream
        self._names = spread(first_names)
        self._openings = spread(words.OPENINGS)
        self._predicates = spread(words.PREDICATES)
        self._tails = spread(words.TAILS)
        self._remarks = spread(words.REMARKS)
        self._speaks = spread(words.SPEAKS)
        self._manners = spread(words.MANNERS)
        self._sights = spread(words.SIGHTS)
        self._states = spread(words.STATES)
        self._sight_tails = spread(words.SIGHT_TAILS)

    def paragraph(self) -> str:
        """Three to eight sentences, and a line's end."""
        length = 3 + self._stream.below(6)
        drawn = self._stream.take(_BYTES_A_SENTENCE * length)
        groups = zip(*(drawn[at::_BYTES_A_SENTENCE] for at in range(5)), strict=True)
        return " ".join([self._sentence(*group) for group in groups]) + "\n"

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
            return f"{self._openings[a]}, {self._names[b]} {self._predicates[c]}{self._tails[d]}"
        if form < 160:
            return f"{self._names[b]} {self._predicates[c]}{self._tails[d]}"
        if form < 216:
            return f"“{self._remarks[a]},” {self._speaks[b]} {self._names[c]}{self._manners[d]}"
        return f"{self._sights[a]} {self._states[b]}{self._sight_tails[d]}"
