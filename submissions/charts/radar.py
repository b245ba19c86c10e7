"""The radar: up to six submissions over all tasks, or one against the field."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import pi
from typing import Any, ClassVar, Final

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from submissions.charts import palette
from submissions.charts.chart import Chart, Figure, Key, Table
from submissions.charts.numbers import percent, shown
from submissions.charts.svg import element, mark, path, shape, text
from submissions.charts.wheel import Wheel, fit_wheel, parts

MOST: Final = 6
_LARGEST: Final = 150.0
_RINGS: Final = (0.2, 0.4, 0.6, 0.8, 1.0)


@dataclass(frozen=True, slots=True)
class Spoke:
    """A task: its name and the family that its axis stands with."""

    name: str
    family: str


@dataclass(frozen=True, slots=True)
class Series:
    """One submission's scores in the spokes' order; None where it has none."""

    name: str
    scores: tuple[float | None, ...]


@dataclass(frozen=True, slots=True)
class Band:
    """Where the middle half of the field is, a spoke at a time, and its median."""

    low: tuple[float, ...]
    middle: tuple[float, ...]
    high: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Radar(Chart):
    """Scores of one to six series on every spoke."""

    name: ClassVar[str] = "radar"

    heading: str
    spokes: tuple[Spoke, ...]
    series: tuple[Series, ...]
    band: Band | None = None

    @property
    def title(self) -> str:
        return self.heading

    @property
    def finding(self) -> str:
        if self.band is not None and len(self.series) == 1:
            return self._against_field(self.band)
        if len(self.series) == 1:
            return self._alone()
        best = [_best(self.series, at) for at in range(len(self.spokes))]
        counts = [(one.name, sum(one.name in names for names in best)) for one in self.series]
        told = pgettext("between clauses", "; ").join(
            _("%(name)s is highest on %(count)s") % {"name": name, "count": count}
            for name, count in counts
            if count
        )
        return _("Of %(tasks)s tasks: %(told)s.") % {"tasks": len(self.spokes), "told": told}

    def _alone(self) -> str:
        one = self.series[0]
        pairs = zip(one.scores, self.spokes, strict=True)
        known = [(score, spoke.name) for score, spoke in pairs if score is not None]
        if not known:
            return _("%(name)s has no scores.") % {"name": one.name}
        low, high = min(known), max(known)
        return _("%(name)s: from %(low)s %% (%(worst)s) to %(high)s %% (%(best)s).") % {
            "name": one.name,
            "low": shown(low[0]),
            "worst": low[1],
            "high": shown(high[0]),
            "best": high[1],
        }

    def _against_field(self, band: Band) -> str:
        one = self.series[0]
        both = zip(one.scores, band.middle, strict=True)
        above = sum(score is not None and score > middle for score, middle in both)
        return _("%(name)s is above the field’s median on %(above)s of %(tasks)s tasks.") % {
            "name": one.name,
            "above": above,
            "tasks": len(self.spokes),
        }

    @property
    def note(self) -> str:
        return _(
            "Rings are 20 % apart, 100 % is the outermost; compare places on a spoke, not areas."
        )

    @property
    def keys(self) -> Sequence[Key]:
        lines = [
            Key(one.name, f"series-{number}", shape(number, 22, 6), has_line=True)
            for number, one in enumerate(self.series, 1)
        ]
        if self.band is None:
            return lines
        field = Key(_("the field: median, and its middle half"), "chart__field", "M15 1h14v10h-14z")
        return [*lines, field]

    def table(self) -> Table:
        band = self.band
        fields = (_("Field: quarter"), _("Median"), _("Three quarters")) if band else ()
        head = (_("Task"), *(one.name for one in self.series), *fields)
        rows = []
        for at, spoke in enumerate(self.spokes):
            of_field = (band.low[at], band.middle[at], band.high[at]) if band else ()
            cells = (*(one.scores[at] for one in self.series), *of_field)
            rows.append((spoke.name, *(shown(cell) for cell in cells)))
        return Table(_("%(title)s, in percent") % {"title": self.title}, head, tuple(rows))

    def draw(self, width: int) -> tuple[float, float, list[SafeString]]:
        wheel = fit_wheel(width, (one.name for one in self.spokes), largest=_LARGEST)
        marks = [self._ring(wheel, ring) for ring in _RINGS]
        marks += [self._spoke(wheel, at) for at in range(len(self.spokes))]
        if self.band is not None:
            marks += self._field(wheel, self.band)
        for number, one in enumerate(self.series, 1):
            marks.append(self._line(wheel, number, one))
        # Over the lines, or these would hide them.
        marks += [
            text(*wheel.point(0, wheel.radius * ring), f"{100 * ring:.0f}", class_="chart__ring")
            for ring in _RINGS[1::2]
        ]
        return width, wheel.height, marks

    def _point(self, wheel: Wheel, at: int, score: float) -> tuple[float, float]:
        return wheel.point(self._angle(at), wheel.radius * score)

    def _angle(self, at: int) -> float:
        return 2 * pi * at / len(self.spokes)

    def _around(self, wheel: Wheel, scores: Iterable[float]) -> str:
        """A closed line through a score on each spoke."""
        points = (self._point(wheel, at, score) for at, score in enumerate(scores))
        return path(points, is_closed=True)

    def _ring(self, wheel: Wheel, score: float) -> SafeString:
        ring = self._around(wheel, [score] * len(self.spokes))
        return element("path", d=ring, class_="chart__grid")

    def _spoke(self, wheel: Wheel, at: int) -> SafeString:
        spoke = self.spokes[at]
        middle, end, outside = (self._point(wheel, at, score) for score in (0, 1, 1.04))
        return element(
            "g",
            element("path", d=path([middle, end]), class_="chart__grid"),
            element("path", d=path([end, outside]), class_="chart__family"),
            wheel.name(spoke.name, self._angle(at)),
            class_=f"family--{spoke.family[:2].lower()}",
        )

    def _field(self, wheel: Wheel, band: Band) -> list[SafeString]:
        low, middle, high = (
            self._around(wheel, scores) for scores in (band.low, band.middle, band.high)
        )
        drawn = [
            element("path", d=high + low, fill_rule="evenodd", class_="chart__field"),
            element("path", d=middle, class_="chart__median"),
        ]
        for label, scores in zip(
            self.table().head[-3:], (band.low, band.middle, band.high), strict=True
        ):
            for at, score in enumerate(scores):
                x, y = self._point(wheel, at, score)
                drawn.append(
                    mark(
                        "circle",
                        at=(label, self.spokes[at].name),
                        value=shown(score),
                        cx=x,
                        cy=y,
                        r=3,
                        class_="chart__quiet",
                    )
                )
        return drawn

    def _line(self, wheel: Wheel, number: int, one: Series) -> SafeString:
        points = {
            at: self._point(wheel, at, score)
            for at, score in enumerate(one.scores)
            if score is not None
        }
        signs = [
            mark(
                "path",
                at=(one.name, self.spokes[at].name),
                value=shown(one.scores[at]),
                d=shape(number, *point),
                class_="chart__sign",
            )
            for at, point in points.items()
        ]
        if len(points) == len(self.spokes):
            way = path(points.values(), is_closed=True)
        else:
            # Neighbours only: a line across a missing task would draw a score that is not there.
            after = [(at, (at + 1) % len(self.spokes)) for at in points]
            way = "".join(path([points[a], points[b]]) for a, b in after if b in points)
        return element(
            "g", element("path", d=way, class_="chart__line"), *signs, class_=f"series-{number}"
        )

    def figure(self, look: palette.Look) -> Figure:
        names = [spoke.name for spoke in self.spokes]
        around = [*names, names[0]]
        data: list[dict[str, Any]] = []
        if self.band is not None:
            data += self._field_traces(self.band, around, look)
        for number, one in enumerate(self.series, 1):
            scores = [None if score is None else percent(score) for score in one.scores]
            data.append(
                {
                    "type": "scatterpolar",
                    "name": one.name,
                    "theta": around,
                    "r": [*scores, scores[0]],
                    "mode": "lines+markers",
                    "connectgaps": False,
                    "line": palette.line(look, number),
                    "marker": palette.marker(look, number),
                    "hovertemplate": "%{theta}: %{r:.1f} %<extra>%{fullData.name}</extra>",
                }
            )
        polar = {
            "bgcolor": "rgba(0,0,0,0)",
            "radialaxis": palette.round_axis(
                look,
                range=[0, 100],
                ticksuffix=" %",
                angle=90,
                # Counted from the axis' own direction: level.
                tickangle=90,
            ),
            "angularaxis": palette.round_axis(
                look,
                direction="clockwise",
                rotation=90,
                type="category",
                categoryarray=names,
                tickvals=names,
                ticktext=["<br>".join(parts(name)) for name in names],
            ),
        }
        return {"data": data, "layout": palette.round_layout(look, polar=polar)}

    def _field_traces(
        self, band: Band, around: Sequence[str], look: palette.Look
    ) -> list[dict[str, Any]]:
        labels = self.table().head[-3:]
        traces = []
        for label, scores, fill in zip(
            labels, (band.low, band.middle, band.high), ("none", "none", "tonext"), strict=True
        ):
            values = [percent(score) for score in scores]
            traces.append(
                {
                    "type": "scatterpolar",
                    "name": label,
                    "theta": list(around),
                    "r": [*values, values[0]],
                    "mode": "lines",
                    "fill": fill,
                    "line": {"color": look.muted, "width": 2 if fill == "none" else 1},
                    "hovertemplate": "%{theta}: %{r:.1f} %<extra>%{fullData.name}</extra>",
                }
            )
        # The band lies between the quarters, so that the median is drawn over it.
        return [traces[0], traces[2], traces[1]]


def _best(series: Sequence[Series], at: int) -> set[str]:
    """Who has the highest score on a spoke; several where they are equal."""
    scores = {one.name: one.scores[at] for one in series}
    known = {name: score for name, score in scores.items() if score is not None}
    top = max(known.values(), default=0.0)
    return {name for name, score in known.items() if score == top}
