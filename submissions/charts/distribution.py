"""The score distribution of a task: every model as a sign on one axis."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Final

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from submissions.charts import palette
from submissions.charts.axis import Axis
from submissions.charts.chart import Chart, Figure, Key, Table
from submissions.charts.frame import Frame, percent_axis
from submissions.charts.numbers import MISSING, percent, quantile, shown, span
from submissions.charts.svg import element, mark, place, shape, text
from submissions.charts.words import shorten, width_of

# Up to this many models have a line each, with name and interval; more are signs on one axis.
_MOST_LINES: Final = 16
_LINE: Final = 22.0
_SIGN: Final = 12.0
# Signs that are nearer than this stand above each other.
_APART: Final = 11.0
_TOP: Final = 48.0
# Of a name in a figure, in pixels.
_NAME: Final = 150.0
# Of what was scored here, and of what was only reported.
_SYMBOLS: Final = ("circle", "square-open")


@dataclass(frozen=True, slots=True)
class Placed:
    """A model's score; its 95 % interval where it is known; reported ones were not scored here."""

    name: str
    score: float
    low: float | None = None
    high: float | None = None
    is_reported: bool = False


@dataclass(frozen=True, slots=True)
class Distribution(Chart):
    """All scores on a task, on the whole scale."""

    name: ClassVar[str] = "distribution"

    task: str
    models: tuple[Placed, ...]

    @property
    def title(self) -> str:
        return _("Scores of all models on %(task)s") % {"task": self.task}

    @property
    def finding(self) -> str:
        ordered = self._ordered()
        return _(
            "%(count)s scores from %(low)s %% (%(worst)s) to %(high)s %% (%(best)s);"
            " the median is %(middle)s %%."
        ) % {
            "count": len(self.models),
            "low": shown(ordered[-1].score),
            "worst": self._named(ordered[-1]),
            "high": shown(ordered[0].score),
            "best": self._named(ordered[0]),
            "middle": shown(self.median),
        }

    def _named(self, one: Placed) -> str:
        """A model, and how many more have its score."""
        more = sum(other.score == one.score for other in self.models) - 1
        if not more:
            return one.name
        return ngettext("%(name)s and %(more)s more", "%(name)s and %(more)s more", more) % {
            "name": one.name,
            "more": more,
        }

    @property
    def median(self) -> float:
        """The middle score."""
        return quantile([one.score for one in self.models], 0.5)

    @property
    def keys(self) -> Sequence[Key]:
        known = [Key(_("scored here"), "series-1", shape(1, 22, 6), has_line=self._has_intervals)]
        if any(one.is_reported for one in self.models):
            known.append(Key(_("reported"), "series-2 is-hollow", shape(2, 22, 6)))
        return [*known, Key(_("median"), "chart__middle-key", "M22 0V12")]

    @property
    def note(self) -> str:
        return _("Lines are 95 % intervals.") if self._has_intervals else ""

    @property
    def _has_intervals(self) -> bool:
        return self._has_lines and any(one.low is not None for one in self.models)

    @property
    def _has_lines(self) -> bool:
        return len(self.models) <= _MOST_LINES

    def table(self) -> Table:
        rows = tuple(
            (
                one.name,
                shown(one.score),
                MISSING if one.low is None or one.high is None else span(one.low, one.high),
                _("reported") if one.is_reported else _("scored here"),
            )
            for one in self._ordered()
        )
        head = (_("Model"), _("Score, percent"), _("95 % interval"), _("Source"))
        return Table(self.title, head, rows)

    def draw(self, width: int) -> tuple[float, float, list[SafeString]]:
        return self._draw_lines(width) if self._has_lines else self._draw_signs(width)

    def _draw_lines(self, width: int) -> tuple[float, float, list[SafeString]]:
        """A line a model, the best on top: name, interval, sign and number."""
        names = min(0.36 * width, 12 + max(width_of(one.name) for one in self.models))
        across = percent_axis(start=names + 8, width=width - names - 64)
        bottom = 8 + _LINE * len(self.models)
        marks = self._grid(across, top=8.0, bottom=bottom)
        for at, one in enumerate(self._ordered()):
            y = 8 + _LINE * (at + 0.5)
            name = shorten(one.name, names)
            marks.append(text(0.0, y, name, class_="chart__name chart__tick--start"))
            marks.append(_draw(one, across, y))
            number = text(
                float(width), y, shown(one.score), class_="chart__number chart__tick--end"
            )
            marks.append(number)
        return width, bottom + 48, marks

    def _draw_signs(self, width: int) -> tuple[float, float, list[SafeString]]:
        """Every model on one axis; the best and the worst have their names."""
        across = percent_axis(start=16, width=width - 32)
        floors = self._floors(across)
        bottom = _TOP + _SIGN * (max(floors) + 1)
        marks = self._grid(across, top=_TOP, bottom=bottom)
        ordered = self._ordered()
        for one, floor in zip(ordered, floors, strict=True):
            marks.append(_draw(one, across, bottom - _SIGN * (floor + 0.5) - 2))
        # The best is named above the worst: they may be near to each other.
        for one, y in {ordered[-1]: 34.0, ordered[0]: 14.0}.items():
            near = across.place(100 * one.score)
            half = width_of(one.name) / 2
            side = "start" if near < half else "end" if near > width - half else "middle"
            marks.append(text(near, y, one.name, class_=f"chart__name chart__tick--{side}"))
        return width, bottom + 48, marks

    def _grid(self, across: Axis, *, top: float, bottom: float) -> list[SafeString]:
        frame = Frame(across, Axis(0.0, 1.0, (), bottom, top - bottom))
        marks = frame.ticks_across([(tick, f"{tick:g}") for tick in across.ticks], has_lines=True)
        marks += frame.titles(_("Score, percent"))
        x = across.place(100 * self.median)
        way = f"M{place(x)} {place(top)}V{place(bottom)}"
        return [*marks, element("path", d=way, class_="chart__median")]

    def _ordered(self) -> list[Placed]:
        """The best first; of equal scores, what was scored here, and then by name."""
        return sorted(self.models, key=lambda one: (-one.score, one.is_reported, one.name))

    def _floors(self, across: Axis) -> list[int]:
        """How high each sign stands, from 0, so that none hides another; from high to low."""
        ends: list[float] = []
        floors = []
        for one in self._ordered():
            x = -across.place(100 * one.score)
            floor = next((at for at, end in enumerate(ends) if x - end >= _APART), len(ends))
            ends[floor : floor + 1] = [x]
            floors.append(floor)
        return floors

    def figure(self, look: palette.Look) -> Figure:
        data: list[dict[str, Any]] = []
        for number, is_reported in ((1, False), (2, True)):
            models = [one for one in self._ordered() if one.is_reported is is_reported]
            if not models:
                continue
            errors = {
                "type": "data",
                "symmetric": False,
                "array": [percent((one.high or one.score) - one.score) for one in models],
                "arrayminus": [
                    percent(one.score - (one.score if one.low is None else one.low))
                    for one in models
                ],
                "thickness": 1,
            }
            data.append(
                {
                    "type": "scatter",
                    "name": _("reported") if is_reported else _("scored here"),
                    "x": [percent(one.score) for one in models],
                    "y": [one.name for one in models],
                    "error_x": errors,
                    "mode": "markers",
                    "marker": palette.marker(look, number, symbol=_SYMBOLS[is_reported]),
                    "hovertemplate": "%{y}: %{x:.1f} %<extra></extra>",
                }
            )
        names = [one.name for one in reversed(self._ordered())]
        axes = {
            "xaxis": palette.axis(look, _("Score, percent"), range=[-2, 102]),
            "yaxis": palette.axis(
                look,
                type="category",
                automargin=True,
                categoryorder="array",
                categoryarray=names,
                tickvals=names,
                ticktext=[shorten(name, _NAME) for name in names],
            ),
        }
        height = 160 + 22 * len(self.models)
        return {"data": data, "layout": palette.layout(look, **axes, height=height)}


def _draw(one: Placed, across: Axis, y: float) -> SafeString:
    """A model's interval, where it is known, and its sign."""
    number = 2 if one.is_reported else 1
    sign = mark(
        "path",
        at=("", one.name),
        value=shown(one.score),
        d=shape(number, across.place(100 * one.score), y),
        class_="chart__sign",
    )
    drawn = [sign]
    if one.low is not None and one.high is not None:
        low, high = (place(across.place(100 * end)) for end in (one.low, one.high))
        drawn.insert(0, element("path", d=f"M{low} {place(y)}H{high}", class_="chart__line"))
    hollow = " is-hollow" if one.is_reported else ""
    return element("g", *drawn, class_=f"series-{number}{hollow}")
