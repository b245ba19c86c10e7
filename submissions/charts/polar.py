"""The polar pie of the benchmark: how many examples a task has, and how long they are."""

from dataclasses import dataclass
from math import log10, pi
from typing import ClassVar, Final

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from submissions.charts import palette
from submissions.charts.chart import Chart, Figure, Table
from submissions.charts.numbers import thousands
from submissions.charts.svg import LINE, element, mark, place, text
from submissions.charts.wheel import Wheel, fit_wheel, parts
from submissions.charts.words import width_of

# Tokens where the radius is nothing, and where it is the whole.
INNER_TOKENS: Final = 20_000
OUTER_TOKENS: Final = 2_200_000
RINGS: Final = (50_000, 100_000, 200_000, 500_000, 1_000_000, 2_000_000)
_LARGEST: Final = 165.0
# Half of what a ring's label is high: nearer to a slice than this it would lie on it.
_HALF_LABEL: Final = 8.0


@dataclass(frozen=True, slots=True)
class Slice:
    """A task: how many examples, their mean length in tokens, and where its page is."""

    name: str
    family: str
    examples: int
    tokens: float
    href: str


@dataclass(frozen=True, slots=True)
class PolarPie(Chart):
    """Angle counts examples, radius is the logarithm of the mean length."""

    name: ClassVar[str] = "benchmark"

    suite: str
    slices: tuple[Slice, ...]
    # The name of the slice that the page is about; empty where it is about all.
    current: str = ""

    @property
    def title(self) -> str:
        return _("Examples of %(suite)s: how many, how long") % {"suite": self.suite}

    @property
    def finding(self) -> str:
        most = max(self.slices, key=lambda one: one.examples)
        longest = max(self.slices, key=lambda one: one.tokens)
        shortest = min(self.slices, key=lambda one: one.tokens)
        return _(
            "%(most)s has the most examples, %(count)s of %(all)s; the inputs of %(longest)s are"
            " the longest, %(long)s tokens on average, and those of %(shortest)s the shortest,"
            " %(short)s."
        ) % {
            "most": most.name,
            "count": most.examples,
            "all": f"{sum(one.examples for one in self.slices):,}",
            "longest": longest.name,
            "long": thousands(longest.tokens),
            "shortest": shortest.name,
            "short": thousands(shortest.tokens),
        }

    @property
    def note(self) -> str:
        return _(
            "Angle: number of examples. Radius: mean tokens of input. The radius is logarithmic;"
            " compare radii, not areas."
        )

    @property
    def has_links(self) -> bool:
        return True

    def table(self) -> Table:
        return Table(
            self.title,
            (_("Task"), _("Examples"), _("Mean tokens")),
            tuple((one.name, str(one.examples), thousands(one.tokens)) for one in self.slices),
        )

    def draw(self, width: int) -> tuple[float, float, list[SafeString]]:
        wheel = fit_wheel(width, (one.name for one in self.slices), largest=_LARGEST)
        x, y = wheel.middle
        rings = [
            element("circle", cx=x, cy=y, r=wheel.radius * _share(ring), class_="chart__grid")
            for ring in RINGS
        ]
        slices = [self._slice(wheel, one, start, end) for one, start, end in self.angles()]
        return width, wheel.height, [*rings, *slices, *self._labels(wheel)]

    def _edge(self) -> tuple[float, float]:
        """Between the two shortest neighbours: the longer one's tokens, and the angle."""
        angles = self.angles()
        # Behind the last comes the first.
        pairs = zip(angles, [*angles[1:], angles[0]], strict=True)
        return min((max(one.tokens, after.tokens), end) for (one, _, end), (after, _, _) in pairs)

    def _labels(self, wheel: Wheel) -> list[SafeString]:
        """The rings by their tokens, where the slices leave the most room for them."""
        tokens, edge = self._edge()
        free = wheel.radius * _share(tokens) + _HALF_LABEL
        drawn: list[SafeString] = []
        last = wheel.point(edge, 2 * wheel.width)
        for ring in reversed(RINGS):
            reach, label = wheel.radius * _share(ring), thousands(ring)
            x, y = wheel.point(edge, reach)
            has_room = abs(y - last[1]) > LINE or abs(x - last[0]) > width_of(label) + 4
            if reach > free and has_room:
                drawn.append(text(x, y, label, class_="chart__ring"))
                last = x, y
        return drawn

    def angles(self) -> list[tuple[Slice, float, float]]:
        """Each slice with both its edges, in radians clockwise from the top."""
        total = sum(one.examples for one in self.slices)
        edges, passed = [], 0
        for one in self.slices:
            start = 2 * pi * passed / total
            passed += one.examples
            edges.append((one, start, 2 * pi * passed / total))
        return edges

    def _slice(self, wheel: Wheel, one: Slice, start: float, end: float) -> SafeString:
        radius = wheel.radius * _share(one.tokens)
        (x0, y0), (x1, y1), (x2, y2) = (
            wheel.middle,
            wheel.point(start, radius),
            wheel.point(end, radius),
        )
        is_large = int(end - start > pi)
        way = (
            f"M{place(x0)} {place(y0)}L{x1:.2f} {y1:.2f}"
            f"A{place(radius)} {place(radius)} 0 {is_large} 1 {x2:.2f} {y2:.2f}z"
        )
        look = " is-current" if one.name == self.current else ""
        return element(
            "a",
            mark(
                "path",
                at=(one.name, _("%(count)s examples") % {"count": one.examples}),
                value=thousands(one.tokens),
                unit=_("tokens"),
                data_examples=one.examples,
                d=way,
                class_="chart__slice",
            ),
            wheel.name(one.name, (start + end) / 2),
            href=one.href,
            class_=f"family--{one.family[:2].lower()}{look}",
        )

    def figure(self, look: palette.Look) -> Figure:
        angles = self.angles()
        degrees = [180 / pi * (start + end) / 2 for _one, start, end in angles]
        bars = {
            "type": "barpolar",
            "name": _("Mean tokens"),
            # The axis is logarithmic, and a bar begins at its inner end.
            "r": [one.tokens for one in self.slices],
            "theta": [round(angle, 4) for angle in degrees],
            "width": [round(180 / pi * (end - start), 4) for _one, start, end in angles],
            "text": [one.name for one in self.slices],
            "customdata": [one.examples for one in self.slices],
            "marker": {
                "color": [look.families[one.family] for one in self.slices],
                "line": {"color": look.surface, "width": 2},
                "opacity": 0.85,
            },
            "hovertemplate": _("%{text}: %{customdata} examples, %{r:.4s} tokens")
            + "<extra></extra>",
        }
        longest, edge = self._edge()
        rings = [ring for ring in RINGS if ring > 1.25 * longest]
        polar = {
            "bgcolor": "rgba(0,0,0,0)",
            "radialaxis": palette.round_axis(
                look,
                type="log",
                range=[log10(INNER_TOKENS), log10(OUTER_TOKENS)],
                tickvals=rings,
                ticktext=[thousands(ring) for ring in rings],
                # Plotly counts from the right, against the clock.
                angle=round(90 - 180 / pi * edge, 4),
                # Counted from the axis' own direction: level.
                tickangle=round(90 - 180 / pi * edge, 4),
            ),
            "angularaxis": palette.round_axis(
                look,
                direction="clockwise",
                rotation=90,
                tickvals=[round(angle, 4) for angle in degrees],
                ticktext=["<br>".join(parts(one.name)) for one in self.slices],
            ),
        }
        return {"data": [bars], "layout": palette.round_layout(look, polar=polar)}


def _share(tokens: float) -> float:
    """How far from the middle a length is drawn, as a part of the radius."""
    return max(0.0, log10(tokens / INNER_TOKENS)) / log10(OUTER_TOKENS / INNER_TOKENS)
