"""A circle with names around it: where angles and radii lie, and how the names stand."""

from collections.abc import Iterable
from dataclasses import dataclass
from math import cos, sin
from typing import Final

from django.utils.safestring import SafeString

from submissions.charts.svg import LINE, text_lines
from submissions.charts.words import break_lines, width_of

# Between the circle and the names.
_OUTSIDE: Final = 15.0
# A smaller circle is made larger by names on two lines.
_SMALL: Final = 120.0
# The sine of an angle that is so near to the top or the bottom that its name is centred there.
_UPRIGHT: Final = 0.1


@dataclass(frozen=True, slots=True)
class Wheel:
    """Angles are in radians, clockwise from the top."""

    width: float
    radius: float
    # How wide a name's line may be.
    room: float
    has_two_lines: bool

    @property
    def height(self) -> float:
        """With the names at the top and at the bottom."""
        return 2 * (self.radius + _OUTSIDE + (1.5 if self.has_two_lines else 1) * LINE)

    @property
    def middle(self) -> tuple[float, float]:
        """The pixel of the centre."""
        return self.width / 2, self.height / 2

    def point(self, angle: float, reach: float) -> tuple[float, float]:
        """The pixel at an angle and so far from the middle."""
        x, y = self.middle
        return x + reach * sin(angle), y - reach * cos(angle)

    def name(self, words: str, angle: float) -> SafeString:
        """What stands at an angle, outside the circle."""
        lines = break_lines(words, self.room, most=2) if self.has_two_lines else [words]
        x, y = self.point(angle, self.radius + _OUTSIDE)
        # The line that is next to the circle keeps the distance, not the middle of both.
        y -= cos(angle) * LINE * (len(lines) - 1) / 2
        side = "middle" if abs(sin(angle)) < _UPRIGHT else "start" if sin(angle) > 0 else "end"
        return text_lines(x, y, lines, class_=f"chart__name chart__tick--{side}")


def fit_wheel(width: float, names: Iterable[str], *, largest: float) -> Wheel:
    """The largest circle that leaves room for the names at both its sides."""
    widths = [[width_of(part) for part in parts(name)] for name in names]
    whole = max(map(sum, widths))
    radius = width / 2 - _OUTSIDE - whole
    if radius >= _SMALL:
        return Wheel(width, min(largest, radius), whole, has_two_lines=False)
    part = max(map(max, widths))
    return Wheel(width, min(largest, width / 2 - _OUTSIDE - part), part, has_two_lines=True)


def parts(name: str) -> list[str]:
    """The family and the rest."""
    family, dot, rest = name.partition(".")
    return [f"{family}{dot}", rest] if rest else [name]
