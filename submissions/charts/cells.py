"""A cell of a depth map: what it counts, and how it is drawn."""

from dataclasses import dataclass

from django.utils.safestring import SafeString

from submissions.charts.numbers import shown, span
from submissions.charts.svg import LINE, element, mark, text, text_lines


@dataclass(frozen=True, slots=True)
class Cell:
    """Examples of about one depth in one column: their number, mean score and its interval."""

    examples: int
    mean: float
    # 95 %; None where nobody computed it.
    interval: tuple[float, float] | None = None


def told(one: Cell) -> str:
    """How many examples a cell has, and how sure it is."""
    n = f"n {one.examples}"
    return f"{span(*one.interval)}, {n}" if one.interval else n


@dataclass(frozen=True, slots=True)
class Box:
    """How a cell is drawn: how wide it is, and how many lines stand below its score."""

    wide: float
    asides: int

    @property
    def high(self) -> float:
        """In pixels."""
        return 32.0 + (LINE - 1) * self.asides

    def draw(self, one: Cell, x: float, y: float, at: tuple[str, str]) -> SafeString:
        """The cell whose corner is there."""
        step = min(10, int(round(10 * one.mean, 12)))
        box = mark(
            "rect",
            at=at,
            value=shown(one.mean),
            x=x + 1,
            y=y + 1,
            width=self.wide - 2,
            height=self.high - 2,
            class_="chart__cell",
        )
        middle, below = x + self.wide / 2, told(one)
        texts = [text(middle, y + 16, shown(one.mean), class_="chart__number")]
        if self.asides:
            interval, n = below.rsplit(", ", 1)
            lines = [below] if self.asides == 1 else [interval, n]
            middle_y = y + 25 + (LINE - 1) * self.asides / 2
            texts.append(text_lines(middle, middle_y, lines, class_="chart__aside"))
        return element("g", box, *texts, class_=f"heat h{step}")
