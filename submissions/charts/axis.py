"""A zoomed axis: where a value stands in a drawing, and which round values are marked."""

from collections.abc import Iterable
from dataclasses import dataclass
from math import ceil, floor, log10
from typing import Final

_STEPS: Final = (1.0, 2.0, 5.0, 10.0)


@dataclass(frozen=True, slots=True)
class Axis:
    """From `low` to `high`, drawn from `start` to `start + width` pixels; ticks are values."""

    low: float
    high: float
    ticks: tuple[float, ...]
    start: float
    width: float

    def place(self, value: float) -> float:
        """The pixel of a value, one decimal; what lies outside stands at the end."""
        share = (value - self.low) / (self.high - self.low)
        return round(self.start + self.width * min(1.0, max(0.0, share)), 1)

    @property
    def marks(self) -> list[tuple[float, float]]:
        """The pixel and the value of each tick."""
        return [(self.place(tick), tick) for tick in self.ticks]


def fit_axis(values: Iterable[float], *, start: float, width: float, most_ticks: int) -> Axis:
    """An axis that holds all values, with at most `most_ticks` round ticks and ends on two.

    Args:
        values: in percent or percentage points; none of them not finite.
        start: first pixel.
        width: in pixels.
        most_ticks: at least 2.
    """
    found = list(values) or [0.0]
    low, high = min(found), max(found)
    if high - low < 1e-9:
        low, high = low - 0.5, high + 0.5
    for step in _steps((high - low) / most_ticks):
        first, last = floor(low / step + 1e-9), ceil(high / step - 1e-9)
        if last - first + 1 <= most_ticks:
            break
    ticks = tuple(round(number * step, 9) for number in range(first, last + 1))
    return Axis(ticks[0], ticks[-1], ticks, start, width)


def _steps(least: float) -> Iterable[float]:
    """1, 2, 5, 10, 20 ... times a power of ten, from about `least` on."""
    power = 10.0 ** floor(log10(least))
    while True:
        yield from (power * step for step in _STEPS[:3])
        power *= 10
