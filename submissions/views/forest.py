"""Where the marks of the forest plot stand: differences in points with their intervals."""

from dataclasses import dataclass
from typing import Final

from submissions.charts.axis import Axis, fit_axis
from submissions.compared import Comparison, Difference, Overall

_LABELS: Final = 160
_PLOT: Final = 420
_LINE: Final = 14
_GAP: Final = 14
_TOP: Final = 34


@dataclass(frozen=True, slots=True)
class Mark:
    """One interval: pixels of its ends and its middle, its line, and how it looks.

    `series` counts the later submissions from 1; `is_hollow` marks what is not told apart.
    """

    y: float
    low: float
    middle: float
    high: float
    series: int
    is_hollow: bool


@dataclass(frozen=True, slots=True)
class Line:
    """A task's name at its height, the marks beside it, and the rule above it."""

    name: str
    y: float
    rule: float
    is_overall: bool
    marks: tuple[Mark, ...]
    # Words where there is no mark.
    instead: str


@dataclass(frozen=True, slots=True)
class Plot:
    """The whole drawing, in pixels of its own."""

    width: float
    height: float
    bottom: float
    zero: float
    axis: Axis
    lines: tuple[Line, ...]


def forest_plot(comparison: Comparison) -> Plot | None:
    """Draw every difference of a comparison; None where nothing could be paired."""
    columns = [_column(comparison, at) for at in range(len(comparison.overalls))]
    drawn = [one for column in columns for one in column if one is not None]
    if not drawn:
        return None
    ends = [100 * end for one in drawn for end in (one.low, one.high)]
    axis = fit_axis([*ends, 0.0], start=_LABELS, width=_PLOT, most_ticks=9)
    series = len(columns)
    height = series * _LINE + _GAP
    names = ["Average", *(row.name for row in comparison.rows)]
    lines = []
    for at, name in enumerate(names):
        rule = _TOP + at * height
        marks = tuple(
            _mark(one, axis, y=rule + _GAP / 2 + _LINE * (number + 0.5), series=number + 1)
            for number, one in enumerate(column[at] for column in columns)
            if one is not None
        )
        middle = rule + height / 2
        instead = "" if marks else "not paired"
        lines.append(Line(name, middle, rule, at == 0, marks, instead))
    bottom = _TOP + len(names) * height
    return Plot(_LABELS + _PLOT + 24, bottom + 8, bottom, axis.place(0.0), axis, tuple(lines))


def _column(comparison: Comparison, later: int) -> list[Overall | Difference | None]:
    """The overall difference of a later submission, then that of each task."""
    return [
        comparison.overalls[later],
        *(row.pairings[later].difference for row in comparison.rows),
    ]


def _mark(one: Overall | Difference, axis: Axis, *, y: float, series: int) -> Mark:
    low, middle, high = (axis.place(100 * value) for value in (one.low, one.value, one.high))
    return Mark(round(y, 1), low, middle, high, series, not one.is_told_apart)
