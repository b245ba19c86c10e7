"""Two submissions' scores on the same examples, where scores lie between wrong and right."""

from collections import Counter
from dataclasses import dataclass
from typing import Any, ClassVar, Final

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from submissions.charts import palette
from submissions.charts.chart import Chart, Figure, Table
from submissions.charts.frame import (
    BELOW,
    TOP,
    Frame,
    numbered,
    percent_axis,
    span_across,
    span_up,
)
from submissions.charts.numbers import percent, shown
from submissions.charts.svg import element, mark
from submissions.charts.words import shorten

_SIZE: Final = 420
_LEFT: Final = 36.0
_LEAST_RADIUS: Final = 2.5


@dataclass(frozen=True, slots=True)
class Scatter(Chart):
    """A pair of scores an example: the first submission's, then the later one's."""

    name: ClassVar[str] = "scatter"

    task: str
    first: str
    later: str
    pairs: tuple[tuple[float, float], ...]

    @property
    def title(self) -> str:
        return _("Example by example on %(task)s") % {"task": self.task}

    @property
    def finding(self) -> str:
        better = sum(later > first for first, later in self.pairs)
        worse = sum(later < first for first, later in self.pairs)
        return _(
            "Of %(count)s common examples %(later)s is better on %(better)s, %(first)s on"
            " %(worse)s, and they are equal on %(equal)s."
        ) % {
            "count": len(self.pairs),
            "later": self.later,
            "better": better,
            "first": self.first,
            "worse": worse,
            "equal": len(self.pairs) - better - worse,
        }

    @property
    def note(self) -> str:
        return _("On the line both are equal; a larger sign stands for several examples.")

    def groups(self) -> list[tuple[float, float, int]]:
        """Equal pairs to a tenth of a percent, and how many they are, from low to high."""
        counted = Counter((round(first, 3), round(later, 3)) for first, later in self.pairs)
        return [(*pair, count) for pair, count in sorted(counted.items())]

    def table(self) -> Table:
        rows = tuple(
            (shown(first), shown(later), str(count)) for first, later, count in self.groups()
        )
        return Table(self.title, (self.first, self.later, _("Examples")), rows)

    def draw(self, width: int) -> tuple[float, float, list[SafeString]]:
        size = min(_SIZE, width)
        across = span_across(size, left=_LEFT)
        # A square, so that the line of equal scores has 45 degrees.
        height = TOP + across["width"] + BELOW
        frame = Frame(percent_axis(**across), percent_axis(**span_up(height)))
        marks = frame.grid_up(numbered(frame.up))
        marks += frame.ticks_across(numbered(frame.across), has_lines=True)
        first, later = (shorten(name, size - 120) for name in (self.first, self.later))
        marks += frame.titles(
            _("%(name)s, percent") % {"name": first}, _("%(name)s, percent") % {"name": later}
        )
        (x1, y1), (x2, y2) = frame.point(0, 0), frame.point(100, 100)
        marks.append(element("path", d=f"M{x1:g} {y1:g}L{x2:g} {y2:g}", class_="chart__zero"))
        for one, other, count in self.groups():
            x, y = frame.point(100 * one, 100 * other)
            marks.append(
                mark(
                    "circle",
                    at=(shown(one), shown(other)),
                    value=str(count),
                    unit=_("examples"),
                    cx=x,
                    cy=y,
                    r=_LEAST_RADIUS + count**0.5,
                    class_="chart__dot",
                )
            )
        return size, height, marks

    def figure(self, look: palette.Look) -> Figure:
        groups = self.groups()
        data: list[dict[str, Any]] = [
            {
                "type": "scatter",
                "x": [percent(first) for first, _later, _count in groups],
                "y": [percent(later) for _first, later, _count in groups],
                "text": [count for _first, _later, count in groups],
                "mode": "markers",
                "marker": {
                    "color": look.accent,
                    "opacity": 0.6,
                    "size": [2 * (_LEAST_RADIUS + count**0.5) for *_scores, count in groups],
                },
                "hovertemplate": "%{x:.1f} / %{y:.1f}: %{text}<extra></extra>",
            }
        ]
        diagonal = {
            "type": "line",
            "x0": 0,
            "y0": 0,
            "x1": 100,
            "y1": 100,
            "line": {"color": look.muted, "width": 1},
        }
        axes = {
            "xaxis": palette.axis(
                look, _("%(name)s, percent") % {"name": self.first}, range=[-3, 103]
            ),
            "yaxis": palette.axis(
                look, _("%(name)s, percent") % {"name": self.later}, range=[-3, 103]
            ),
        }
        return {"data": data, "layout": palette.layout(look, **axes, shapes=[diagonal], height=520)}
