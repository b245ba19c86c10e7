"""The frame of a drawing with straight axes: its grid, its ticks, the names of its axes."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from django.utils.safestring import SafeString

from submissions.charts.axis import Axis
from submissions.charts.svg import element, place, text
from submissions.charts.words import apart

# Of the whole scale of a score.
PERCENT_TICKS: Final = (0.0, 20.0, 40.0, 60.0, 80.0, 100.0)
# Room around what is drawn: for the ticks and the names of the axes.
LEFT: Final = 40.0
RIGHT: Final = 20.0
TOP: Final = 40.0
BELOW: Final = 48.0


@dataclass(frozen=True, slots=True)
class Frame:
    """Where values stand: `across` from left to right, `up` from the bottom to the top."""

    across: Axis
    up: Axis

    @property
    def left(self) -> float:
        return self.across.start

    @property
    def right(self) -> float:
        return self.across.start + self.across.width

    @property
    def bottom(self) -> float:
        return self.up.start

    @property
    def top(self) -> float:
        return self.up.start + self.up.width

    def point(self, across: float, up: float) -> tuple[float, float]:
        """The pixel of a pair of values."""
        return self.across.place(across), self.up.place(up)

    def grid_up(self, labels: Iterable[tuple[float, str]]) -> list[SafeString]:
        """Level lines, each named at its left."""
        drawn = []
        for value, label in labels:
            y = self.up.place(value)
            level = f"M{place(self.left)} {place(y)}H{place(self.right)}"
            drawn.append(element("path", d=level, class_="chart__grid"))
            drawn.append(text(self.left - 8, y, label, class_="chart__tick chart__tick--end"))
        return drawn

    def ticks_across(
        self, labels: Iterable[tuple[float, str]], *, has_lines: bool = False
    ) -> list[SafeString]:
        """The names below, as many as have room, and upright lines where they help."""
        drawn = []
        placed = [(self.across.place(value), label) for value, label in labels]
        for x, label in (placed[at] for at in apart(placed)):
            if has_lines:
                upright = f"M{place(x)} {place(self.top)}V{place(self.bottom)}"
                drawn.append(element("path", d=upright, class_="chart__grid"))
            drawn.append(text(x, self.bottom + 16, label, class_="chart__tick"))
        return drawn

    def titles(self, across: str, up: str = "") -> list[SafeString]:
        """What the axes count: the level one below, the upright one above its top."""
        middle = (self.left + self.right) / 2
        drawn = []
        if across:
            drawn.append(text(middle, self.bottom + 38, across, class_="chart__axis"))
        if up:
            drawn.append(text(0.0, self.top - 26, up, class_="chart__axis chart__tick--start"))
        return drawn


def numbered(axis: Axis) -> list[tuple[float, str]]:
    """An axis' ticks as plain numbers."""
    return [(tick, f"{tick:g}") for tick in axis.ticks]


def percent_axis(*, start: float, width: float) -> Axis:
    """The whole scale of a score, from 0 to 100 percent."""
    return Axis(0.0, 100.0, PERCENT_TICKS, start, width)


def span_across(width: float, *, left: float = LEFT) -> dict[str, float]:
    """Where a level axis lies in a drawing that is so wide."""
    return {"start": left, "width": width - left - RIGHT}


def span_up(height: float, *, below: float = BELOW) -> dict[str, float]:
    """Where an upright axis lies in a drawing that is so high; it counts from below."""
    return {"start": height - below, "width": TOP + below - height}
