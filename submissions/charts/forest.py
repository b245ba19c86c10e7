"""The forest plot: differences to one submission, task by task, each with its interval."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Final

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from submissions.charts import palette
from submissions.charts.axis import Axis, fit_axis
from submissions.charts.chart import Chart, Figure, Key, Table
from submissions.charts.numbers import MISSING, percent, shown_points
from submissions.charts.svg import element, mark, place, shape, text
from submissions.charts.words import width_of

_LINE: Final = 14
_GAP: Final = 14
_TOP: Final = 40
# So wide a drawing has room for the numbers at its right.
_WITH_NUMBERS: Final = 700
_NUMBERS: Final = 150
# Of so many submissions the finding says more than the average.
_FEW: Final = 2


@dataclass(frozen=True, slots=True)
class Interval:
    """A difference of fractions with its 95 % interval, and whether it holds after Holm."""

    value: float
    low: float
    high: float
    is_told_apart: bool


@dataclass(frozen=True, slots=True)
class ForestRow:
    """A task: the interval of each later submission, None where nothing could be paired."""

    name: str
    intervals: tuple[Interval | None, ...]


@dataclass(frozen=True, slots=True)
class Forest(Chart):
    """Later submissions less the first; the first row is the average.

    Series count from 2: the first submission is series 1 in every chart of the page.
    """

    name: ClassVar[str] = "forest"

    first: str
    later: tuple[str, ...]
    rows: tuple[ForestRow, ...]

    @property
    def title(self) -> str:
        return _("Differences to %(first)s in points") % {"first": self.first}

    @property
    def finding(self) -> str:
        if len(self.later) <= _FEW:
            return " ".join(self._found(at, name) for at, name in enumerate(self.later))
        told = pgettext("between clauses", "; ").join(
            f"{name} {MISSING if one is None else shown_points(one.value)}"
            for name, one in zip(self.later, self.rows[0].intervals, strict=True)
        )
        return _("On average, in points: %(told)s.") % {"told": told}

    def _found(self, at: int, name: str) -> str:
        average = self.rows[0].intervals[at]
        if average is None:
            return _("%(name)s: nothing could be paired.") % {"name": name}
        of_tasks = [row.intervals[at] for row in self.rows[1:]]
        paired = [one for one in of_tasks if one is not None]
        return _(
            "%(name)s: %(value)s points on average, from %(low)s to %(high)s;"
            " %(differing)s of %(tasks)s tasks differ."
        ) % {
            "name": name,
            "value": shown_points(average.value),
            "low": shown_points(average.low),
            "high": shown_points(average.high),
            "differing": sum(one.is_told_apart for one in paired),
            "tasks": len(paired),
        }

    @property
    def note(self) -> str:
        return _(
            "Lines are 95 % intervals. Filled: differs after Holm; hollow: cannot be told apart."
        )

    @property
    def keys(self) -> Sequence[Key]:
        return [
            Key(name, f"series-{number}", shape(number, 22, 6), has_line=True)
            for number, name in enumerate(self.later, 2)
        ]

    def table(self) -> Table:
        rows = []
        for row in self.rows:
            cells = [_cells(interval) for interval in row.intervals]
            rows.append((row.name, *(cell for pair in cells for cell in pair)))
        heads = ((name, _("95 % interval")) for name in self.later)
        return Table(self.title, (_("Task"), *(one for pair in heads for one in pair)), tuple(rows))

    def draw(self, width: int) -> tuple[float, float, list[SafeString]]:
        left = 16 + max(width_of(row.name) for row in self.rows)
        right = _NUMBERS if width >= _WITH_NUMBERS else 20
        axis = fit_axis(
            [0.0, *self._ends()],
            start=left,
            width=width - left - right,
            most_ticks=9 if width >= _WITH_NUMBERS else 6,
        )
        height = len(self.later) * _LINE + _GAP
        bottom = _TOP + len(self.rows) * height
        marks = [*_grid(axis, bottom), *self._sides(axis, width)]
        for at, row in enumerate(self.rows):
            marks += self._row(row, axis, rule=_TOP + at * height, width=width)
        return width, bottom + 4, marks

    def _sides(self, axis: Axis, width: int) -> Iterable[SafeString]:
        """Who is better left of zero, and who right of it, above the ticks."""
        zero = axis.place(0.0)
        later = self.later[0] if len(self.later) == 1 else _("the other")
        end = axis.start + axis.width
        # Both are said from zero outwards; where one side has little room, only the other is.
        for name, form, room, step in (
            (self.first, _("← %(name)s is better"), zero - axis.start, -8),
            (later, _("%(name)s is better →"), min(width - 8.0, end + 40) - zero, 8),
        ):
            said = form % {"name": name}
            if width_of(said) <= room - 8:
                side = "end" if step < 0 else "start"
                yield text(zero + step, 8.0, said, class_=f"chart__axis chart__tick--{side}")

    def _ends(self) -> list[float]:
        known = [one for row in self.rows for one in row.intervals if one is not None]
        return [100 * end for one in known for end in (one.low, one.high)]

    def _row(self, row: ForestRow, axis: Axis, *, rule: float, width: int) -> Iterable[SafeString]:
        middle = rule + (len(self.later) * _LINE + _GAP) / 2
        yield element("path", d=f"M0 {rule:g}H{width}", class_="chart__grid")
        weight = " chart__name--all" if row is self.rows[0] else ""
        yield text(0.0, middle, row.name, class_=f"chart__name chart__tick--start{weight}")
        if not any(row.intervals):
            yield text(
                axis.place(0.0) + 8,
                middle,
                _("not paired"),
                class_="chart__tick chart__tick--start",
            )
        for at, one in enumerate(row.intervals):
            if one is not None:
                y = rule + _GAP / 2 + _LINE * (at + 0.5)
                yield _mark(one, axis, y=y, number=at + 2, at=(self.later[at], row.name))
                if width >= _WITH_NUMBERS:
                    said = " ".join(_cells(one))
                    yield text(float(width), y, said, class_="chart__tick chart__tick--end")

    def figure(self, look: palette.Look) -> Figure:
        names = [row.name for row in self.rows]
        data: list[dict[str, Any]] = []
        for at, name in enumerate(self.later):
            known = [(row.name, row.intervals[at]) for row in self.rows]
            pairs = [(task, one) for task, one in known if one is not None]
            symbol = palette.SYMBOLS[(at + 1) % len(palette.SYMBOLS)]
            data.append(
                {
                    "type": "scatter",
                    "name": name,
                    "x": [percent(one.value) for _task, one in pairs],
                    "y": [task for task, _one in pairs],
                    "error_x": {
                        "type": "data",
                        "symmetric": False,
                        "array": [percent(one.high - one.value) for _task, one in pairs],
                        "arrayminus": [percent(one.value - one.low) for _task, one in pairs],
                    },
                    "mode": "markers",
                    "marker": palette.marker(
                        look,
                        at + 2,
                        symbol=[
                            symbol if one.is_told_apart else f"{symbol}-open"
                            for _task, one in pairs
                        ],
                    ),
                    "hovertemplate": "%{y}: %{x:+.1f}<extra>%{fullData.name}</extra>",
                }
            )
        axes = {
            "xaxis": palette.axis(look, _("Difference in points"), zeroline=True),
            "yaxis": palette.axis(
                look,
                type="category",
                autorange="reversed",
                automargin=True,
                categoryorder="array",
                categoryarray=names,
            ),
        }
        height = 140 + 36 * len(names)
        return {
            "data": data,
            "layout": palette.layout(look, **axes, height=height, scattermode="group"),
        }


def _cells(one: Interval | None) -> tuple[str, str]:
    if one is None:
        return MISSING, MISSING
    value = shown_points(one.value)
    return value, f"[{shown_points(one.low)}, {shown_points(one.high)}]"


def _grid(axis: Axis, bottom: float) -> Iterable[SafeString]:
    for x, value in axis.marks:
        yield element("path", d=f"M{place(x)} {_TOP - 6}V{place(bottom)}", class_="chart__grid")
        sign = f"{value:+g}".replace("-", "\u2212") if value else "0"
        yield text(x, _TOP - 14.0, sign, class_="chart__tick")
    yield element(
        "path", d=f"M{place(axis.place(0.0))} {_TOP - 6}V{place(bottom)}", class_="chart__zero"
    )


def _mark(one: Interval, axis: Axis, *, y: float, number: int, at: tuple[str, str]) -> SafeString:
    low, middle, high = (axis.place(100 * end) for end in (one.low, one.value, one.high))
    hollow = "" if one.is_told_apart else " is-hollow"
    line = element("path", d=f"M{place(low)} {place(y)}H{place(high)}", class_="chart__line")
    sign = mark(
        "path",
        at=at,
        value=shown_points(one.value),
        unit=_("points"),
        d=shape(number, middle, y),
        class_="chart__sign",
    )
    return element("g", line, sign, class_=f"series-{number}{hollow}")
