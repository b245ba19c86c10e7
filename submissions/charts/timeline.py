"""Averages over time: every submission, and the best so far with open weights and without."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, ClassVar, Final

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from submissions.charts import palette
from submissions.charts.axis import Axis, fit_axis
from submissions.charts.chart import Chart, Figure, Key, Table
from submissions.charts.frame import Frame, numbered, span_across, span_up
from submissions.charts.numbers import percent, shown
from submissions.charts.svg import element, mark, place, shape, text

_HEIGHT: Final = 300
_MOST_DATES: Final = 5
# What a date takes with the room around it.
_DATE: Final = 100
# In milliseconds, as a figure's axis of dates counts.
_DAY: Final = 24 * 60 * 60 * 1000
# Below the level axis stand only dates.
_BELOW: Final = 28.0


@dataclass(frozen=True, slots=True)
class Arrival:
    """A submission: its day, its average, and whether its model's weights are open."""

    name: str
    day: date
    average: float
    is_open: bool


@dataclass(frozen=True, slots=True)
class Timeline(Chart):
    """Arrivals in any order; the steps are the best average so far of each kind."""

    name: ClassVar[str] = "timeline"

    arrivals: tuple[Arrival, ...]
    # How many more there are, none of which was ever the best of its kind.
    left_out: int = 0

    @property
    def title(self) -> str:
        return _("Open weights against closed ones over time")

    @property
    def finding(self) -> str:
        best = {is_open: steps[-1] for is_open in (True, False) if (steps := self.steps(is_open))}
        told = [
            _("The best with %(kind)s is %(name)s, %(average)s %%.")
            % {"kind": kind_name(is_open), "name": one.name, "average": shown(one.average)}
            for is_open, one in best.items()
        ]
        if len(best) == 2:
            gap = best[False].average - best[True].average
            ahead = kind_name(gap < 0)
            told.append(
                _("%(kind)s lead by %(gap)s points.")
                % {"kind": ahead[:1].upper() + ahead[1:], "gap": shown(abs(gap))}
            )
        return " ".join(told)

    @property
    def note(self) -> str:
        if not self.left_out:
            return ""
        return _("%(count)s more submissions, which were never the best, are left out.") % {
            "count": self.left_out
        }

    @property
    def keys(self) -> Sequence[Key]:
        return [
            Key(kind_name(is_open), f"series-{number}", shape(number, 22, 6), has_line=True)
            for number, is_open in ((1, True), (2, False))
            if self.of(is_open)
        ]

    def of(self, is_open: bool) -> list[Arrival]:
        """One kind's arrivals, oldest first."""
        return sorted(
            (one for one in self.arrivals if one.is_open is is_open),
            key=lambda one: (one.day, one.average, one.name),
        )

    def steps(self, is_open: bool) -> list[Arrival]:
        """The arrivals that were the best of their kind when they came."""
        found: list[Arrival] = []
        for one in self.of(is_open):
            if not found or one.average > found[-1].average:
                found.append(one)
        # Of one day only the last is a step: a line cannot go up twice at one place.
        return [
            one
            for at, one in enumerate(found)
            if found[at + 1 : at + 2] == [] or found[at + 1].day != one.day
        ]

    def table(self) -> Table:
        ordered = sorted(self.arrivals, key=lambda one: (one.day, one.name))
        best = {id(one) for is_open in (True, False) for one in self.steps(is_open)}
        rows = tuple(
            (
                one.name,
                one.day.isoformat(),
                kind_name(one.is_open),
                shown(one.average),
                _("best so far") if id(one) in best else "",
            )
            for one in ordered
        )
        head = (_("Model"), _("Day"), _("Weights"), _("Average"), _("Remark"))
        return Table(self.title, head, rows)

    def _frame(self, width: int) -> Frame:
        averages = [100 * one.average for one in self.arrivals]
        height = min(_HEIGHT, 160 + width // 4)
        up = fit_axis(averages, **span_up(height, below=_BELOW), most_ticks=6)
        days = [one.day.toordinal() for one in self.arrivals]
        first, last = min(days), max(days)
        # A single day stands at the left; the lines go on from it.
        low, high = (first - 0.2, last + 1.8) if first == last else (float(first), float(last))
        count = min(_MOST_DATES, width // _DATE, last - first + 1)
        ticks = {first + round(at * (last - first) / max(1, count - 1)) for at in range(count)}
        room = span_across(width)
        # The outer dates are centred at the ends of the axis.
        room["width"] -= 16
        return Frame(Axis(low, high, tuple(map(float, sorted(ticks))), **room), up)

    def draw(self, width: int) -> tuple[float, float, list[SafeString]]:
        frame = self._frame(width)
        dates = [(tick, date.fromordinal(int(tick)).isoformat()) for tick in frame.across.ticks]
        marks = [*frame.grid_up(numbered(frame.up)), *frame.ticks_across(dates)]
        marks += frame.titles("", _("Average over all tasks, percent"))
        for number, is_open in ((1, True), (2, False)):
            arrivals = self.of(is_open)
            if arrivals:
                marks.append(self._kind(frame, number, arrivals, self.steps(is_open)))
        return width, frame.bottom + _BELOW, [*marks, *self._names(frame)]

    def _names(self, frame: Frame) -> list[SafeString]:
        """The best of each kind by name, at the end of its line: above it, the lower one below."""
        best = [steps[-1] for is_open in (True, False) if (steps := self.steps(is_open))]
        best.sort(key=lambda one: -one.average)
        drawn = []
        for at, one in enumerate(best):
            y = frame.up.place(100 * one.average) + (14 if at else -12)
            said = f"{one.name} {shown(one.average)}"
            # Left of a step that is made on the last day.
            drawn.append(text(frame.right - 8, y, said, class_="chart__name chart__tick--end"))
        return drawn

    def _kind(
        self, frame: Frame, number: int, arrivals: Sequence[Arrival], steps: Sequence[Arrival]
    ) -> SafeString:
        x, y = frame.point(steps[0].day.toordinal(), 100 * steps[0].average)
        way = f"M{place(x)} {place(y)}"
        for one in steps[1:]:
            x, y = frame.point(one.day.toordinal(), 100 * one.average)
            way += f"H{place(x)}V{place(y)}"
        way += f"H{place(frame.right)}"
        signs = [
            mark(
                "path",
                at=(one.name, one.day.isoformat()),
                value=shown(one.average),
                d=shape(number, *frame.point(one.day.toordinal(), 100 * one.average)),
                class_="chart__sign",
            )
            for one in arrivals
        ]
        return element(
            "g", element("path", d=way, class_="chart__line"), *signs, class_=f"series-{number}"
        )

    def figure(self, look: palette.Look) -> Figure:
        data: list[dict[str, Any]] = []
        first, last = (pick(one.day for one in self.arrivals) for pick in (min, max))
        # As in the drawing: a line goes on to the end, past the last day where it is the only one.
        pad = timedelta(days=max(1, (last - first).days // 20))
        begin, end = datetime.combine(first, time()) - pad / 10, last + pad
        for number, is_open in ((1, True), (2, False)):
            arrivals, steps = self.of(is_open), self.steps(is_open)
            if not arrivals:
                continue
            kind = kind_name(is_open)
            data.append(
                {
                    "type": "scatter",
                    "name": _("best so far: %(kind)s") % {"kind": kind},
                    "legendgroup": kind,
                    "showlegend": False,
                    "x": [*(one.day.isoformat() for one in steps), end.isoformat()],
                    "y": [*(percent(one.average) for one in steps), percent(steps[-1].average)],
                    "mode": "lines",
                    "line": palette.line(look, number, shape="hv"),
                    "hoverinfo": "skip",
                }
            )
            data.append(
                {
                    "type": "scatter",
                    "name": kind,
                    "legendgroup": kind,
                    "x": [one.day.isoformat() for one in arrivals],
                    "y": [percent(one.average) for one in arrivals],
                    "text": [one.name for one in arrivals],
                    "mode": "markers",
                    "cliponaxis": False,
                    "marker": palette.marker(look, number),
                    "hovertemplate": "%{text}<br>%{x}: %{y:.1f} %<extra></extra>",
                }
            )
        axes = {
            "xaxis": palette.axis(
                look,
                type="date",
                range=[begin.isoformat(), end.isoformat()],
                tickformat="%Y-%m-%d",
                tick0=first.isoformat(),
                dtick=_DAY * max(1, -(-(last - first).days // 4)),
            ),
            "yaxis": palette.axis(look, _("Average over all tasks, percent")),
        }
        return {"data": data, "layout": palette.layout(look, **axes, height=420)}


def kind_name(is_open: bool) -> str:
    """What a model's weights are called."""
    return _("open weights") if is_open else _("closed weights")
