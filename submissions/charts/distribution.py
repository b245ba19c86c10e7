"""The score distribution of a task: every model as a sign on one axis."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Final

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from submissions.charts import palette
from submissions.charts.axis import Axis
from submissions.charts.chart import Chart, Figure, Key, Table
from submissions.charts.frame import Frame, percent_axis
from submissions.charts.numbers import MISSING, percent, quantile, shown, span
from submissions.charts.svg import element, mark, place, shape, text

_WIDTH: Final = 640
_LINE: Final = 12.0
# Signs that are nearer than this stand above each other.
_APART: Final = 11.0
_TOP: Final = 48.0
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
        best = max(self.models, key=lambda one: one.score)
        worst = min(self.models, key=lambda one: one.score)
        return _(
            "%(count)s scores from %(low)s %% (%(worst)s) to %(high)s %% (%(best)s);"
            " the median is %(middle)s %%."
        ) % {
            "count": len(self.models),
            "low": shown(worst.score),
            "worst": worst.name,
            "high": shown(best.score),
            "best": best.name,
            "middle": shown(self.median),
        }

    @property
    def median(self) -> float:
        """The middle score."""
        return quantile([one.score for one in self.models], 0.5)

    @property
    def keys(self) -> Sequence[Key]:
        scored = Key(_("scored here"), "series-1", shape(1, 22, 6))
        if not any(one.is_reported for one in self.models):
            return [scored]
        return [scored, Key(_("reported"), "series-2 is-hollow", shape(2, 22, 6))]

    def table(self) -> Table:
        ordered = sorted(self.models, key=lambda one: (-one.score, one.name))
        rows = tuple(
            (
                one.name,
                shown(one.score),
                MISSING if one.low is None or one.high is None else span(one.low, one.high),
                _("reported") if one.is_reported else _("scored here"),
            )
            for one in ordered
        )
        head = (_("Model"), _("Score, percent"), _("95 % interval"), _("Source"))
        return Table(self.title, head, rows)

    def draw(self) -> tuple[float, float, list[SafeString]]:
        floors = self._floors()
        height = _TOP + _LINE * (max(floors) + 1) + 52
        across = percent_axis(start=24, width=_WIDTH - 48)
        frame = Frame(across, Axis(0.0, 1.0, (), height - 44, _TOP - height + 44))
        marks = frame.ticks_across([(tick, f"{tick:g}") for tick in across.ticks], has_lines=True)
        marks += frame.titles(_("Score, percent"))
        x = across.place(100 * self.median)
        marks.append(
            element("path", d=f"M{place(x)} {_TOP}V{place(frame.bottom)}", class_="chart__median")
        )
        ordered = self._ordered()
        for one, floor in zip(ordered, floors, strict=True):
            y = frame.bottom - _LINE * (floor + 0.5) - 2
            number = 2 if one.is_reported else 1
            sign = mark(
                "path",
                at=("", one.name),
                value=shown(one.score),
                d=shape(number, across.place(100 * one.score), y),
                class_="chart__sign",
            )
            hollow = " is-hollow" if one.is_reported else ""
            marks.append(element("g", sign, class_=f"series-{number}{hollow}"))
        # The best is named above the worst: they may be near to each other.
        for one, y in {ordered[0]: 36.0, ordered[-1]: 14.0}.items():
            near = across.place(100 * one.score)
            side = "start" if near < 90 else "end" if near > _WIDTH - 90 else "middle"
            marks.append(text(near, y, one.name, class_=f"chart__name chart__tick--{side}"))
        return _WIDTH, height, marks

    def _ordered(self) -> list[Placed]:
        return sorted(self.models, key=lambda one: (one.score, one.name))

    def _floors(self) -> list[int]:
        """How high each sign stands, from 0, so that none hides another; from low to high."""
        scale = (_WIDTH - 48) / 100
        ends: list[float] = []
        floors = []
        for one in self._ordered():
            x = 100 * one.score * scale
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
        axes = {
            "xaxis": palette.axis(look, _("Score, percent"), range=[-2, 102]),
            "yaxis": palette.axis(
                look,
                type="category",
                automargin=True,
                categoryorder="array",
                categoryarray=[one.name for one in self._ordered()],
            ),
        }
        height = 160 + 22 * len(self.models)
        return {"data": data, "layout": palette.layout(look, **axes, height=height)}
