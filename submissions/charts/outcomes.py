"""Outcome pies: of each task's or model's examples, how many became what."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import cos, pi, sin
from typing import Any, ClassVar, Final

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from submissions.charts import palette
from submissions.charts.chart import Chart, Figure, Key, Table
from submissions.charts.numbers import shown
from submissions.charts.palette import OUTCOMES
from submissions.charts.svg import LINE, element, mark, text, text_lines
from submissions.charts.words import break_lines

# The letter that stands in a slice: colour is not alone.
LETTERS: Final = dict(zip(OUTCOMES, "RPWFTEUM", strict=True))
# In a figure.
_ACROSS: Final = 3
# What a pie with its name needs at least, and how large it is at most.
_NARROWEST: Final = 110
_LARGEST: Final = 54.0
# Of the radius.
_HOLE: Final = 0.56
# Of the whole: a slice that is smaller has no room for its letter.
_WITH_LETTER: Final = 0.08


@dataclass(frozen=True, slots=True)
class Pie:
    """One pie: how many examples had which outcome."""

    name: str
    counts: Mapping[str, int]

    @property
    def total(self) -> int:
        """How many examples there are."""
        return sum(self.counts.values())

    def share(self, outcome: str) -> float:
        """The part of the examples with this outcome."""
        return self.counts.get(outcome, 0) / self.total if self.total else 0.0


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a pie stands, and how large it is."""

    x: float
    y: float
    radius: float

    def on(self, reach: float, share: float) -> tuple[float, float]:
        """The pixel at a part of the radius and at a share of a turn from the top."""
        far = self.radius * reach
        return self.x + far * sin(2 * pi * share), self.y - far * cos(2 * pi * share)

    def ring(self, start: float, end: float) -> str:
        """A part of a ring between two shares of a turn; a whole ring is two circles."""
        outer, hole = self.radius, self.radius * _HOLE
        if end - start > 1 - 1e-9:
            return self._circle(outer) + self._circle(hole)
        (ax, ay), (bx, by) = self.on(1, start), self.on(1, end)
        (cx, cy), (dx, dy) = self.on(_HOLE, end), self.on(_HOLE, start)
        large = int(end - start > 0.5)
        return (
            f"M{ax:.2f} {ay:.2f}A{outer:.2f} {outer:.2f} 0 {large} 1 {bx:.2f} {by:.2f}"
            f"L{cx:.2f} {cy:.2f}A{hole:.2f} {hole:.2f} 0 {large} 0 {dx:.2f} {dy:.2f}z"
        )

    def _circle(self, radius: float) -> str:
        half = f"a{radius:.2f} {radius:.2f} 0 1 1"
        start = f"M{self.x - radius:.2f} {self.y:.2f}"
        return f"{start}{half} {2 * radius:.2f} 0{half} {-2 * radius:.2f} 0z"


@dataclass(frozen=True, slots=True)
class OutcomePies(Chart):
    """A pie a task of one submission, or a pie a submission on one task."""

    name: ClassVar[str] = "outcomes"

    heading: str
    # What the pies are: tasks, models.
    each: str
    pies: tuple[Pie, ...]

    @property
    def title(self) -> str:
        return self.heading

    @property
    def finding(self) -> str:
        best = max(self.pies, key=lambda pie: pie.share("right"))
        worst = min(self.pies, key=lambda pie: pie.share("right"))
        told = _(
            "Wholly right: from %(low)s %% of the examples (%(worst)s) to %(high)s %% (%(best)s)."
        ) % {
            "low": shown(worst.share("right")),
            "worst": worst.name,
            "high": shown(best.share("right")),
            "best": best.name,
        }
        unread = sum(pie.counts.get(one, 0) for pie in self.pies for one in OUTCOMES[3:])
        if not unread:
            return told
        return (
            told
            + " "
            + _("Refused, truncated, empty, not scorable or missing: %(count)s.")
            % {"count": unread}
        )

    @property
    def used(self) -> tuple[str, ...]:
        """The outcomes that occur, in their order."""
        return tuple(one for one in OUTCOMES if any(pie.counts.get(one) for pie in self.pies))

    @property
    def note(self) -> str:
        return _(
            "From the top, clockwise, in the legend’s order; the middle says how many are"
            " wholly right."
        )

    @property
    def keys(self) -> Sequence[Key]:
        return [
            Key(f"{LETTERS[one]} {outcome_name(one)}", f"outcome--{one}", "M16 0h12v12h-12z")
            for one in self.used
        ]

    def table(self) -> Table:
        head = (self.each, *(outcome_name(one) for one in self.used), _("Examples"))
        rows = tuple(
            (pie.name, *(str(pie.counts.get(one, 0)) for one in self.used), str(pie.total))
            for pie in self.pies
        )
        return Table(self.title, head, rows)

    def draw(self, width: int) -> tuple[float, float, list[SafeString]]:
        most = width // _NARROWEST
        lines = -(-len(self.pies) // most)
        # As many on each line, as far as that goes.
        across = -(-len(self.pies) // lines)
        cell = width / max(3, across)
        radius = min(_LARGEST, 0.38 * cell)
        marks, top = [], 4.0
        for first in range(0, len(self.pies), across):
            pies = self.pies[first : first + across]
            names = [break_lines(pie.name, cell - 8, most=2) for pie in pies]
            for at, (pie, name) in enumerate(zip(pies, names, strict=True)):
                spot = Spot(cell * (at + 0.5), top + radius, radius)
                marks.append(self._pie(pie, name, spot))
            top += 2 * radius + LINE * max(map(len, names)) + 24
        return cell * across, top - 8, marks

    def _pie(self, pie: Pie, name: Sequence[str], spot: Spot) -> SafeString:
        parts, passed = [], 0
        for one in self.used:
            count = pie.counts.get(one, 0)
            if count:
                start, end = passed / pie.total, (passed + count) / pie.total
                parts.append(self._part(pie, one, spot, start, end))
                passed += count
        below = spot.y + spot.radius + 8 + LINE * len(name) / 2
        return element(
            "g",
            *parts,
            text(spot.x, spot.y, f"{100 * pie.share('right'):.0f}\u2009%", class_="chart__middle"),
            text_lines(spot.x, below, name, class_="chart__name"),
        )

    def _part(self, pie: Pie, outcome: str, spot: Spot, start: float, end: float) -> SafeString:
        drawn = [
            mark(
                "path",
                at=(pie.name, outcome_name(outcome)),
                value=str(pie.counts.get(outcome, 0)),
                unit="",
                d=spot.ring(start, end),
                class_="chart__part",
                fill_rule="evenodd",
            )
        ]
        if end - start >= _WITH_LETTER:
            x, y = spot.on(0.5 * (1 + _HOLE), (start + end) / 2)
            drawn.append(text(x, y, LETTERS[outcome], class_="chart__letter"))
        return element("g", *drawn, class_=f"outcome--{outcome}")

    def figure(self, look: palette.Look) -> Figure:
        lines = -(-len(self.pies) // _ACROSS)
        across = min(_ACROSS, len(self.pies))
        data: list[dict[str, Any]] = [
            {
                "type": "pie",
                "name": pie.name,
                "title": {
                    "text": "<br>".join(break_lines(pie.name, _NARROWEST, most=2)),
                    "position": "bottom center",
                },
                "labels": [outcome_name(one) for one in self.used],
                "values": [pie.counts.get(one, 0) for one in self.used],
                "sort": False,
                "direction": "clockwise",
                "hole": 0.55,
                "textinfo": "none",
                "marker": {
                    "colors": [look.outcomes[one] for one in self.used],
                    "line": {"color": look.surface, "width": 1},
                },
                "domain": {"row": at // _ACROSS, "column": at % _ACROSS},
                "hovertemplate": "%{label}: %{value} (%{percent})<extra>%{fullData.name}</extra>",
            }
            for at, pie in enumerate(self.pies)
        ]
        grid = {"rows": lines, "columns": across}
        # The page's own legend says what the colours are.
        layout = palette.layout(
            look,
            grid=grid,
            height=180 * lines + 40,
            showlegend=False,
            margin={"l": 8, "r": 8, "t": 24, "b": 16},
        )
        return {"data": data, "layout": layout}


def outcome_name(outcome: str) -> str:
    """An outcome as people read it."""
    names = {
        "right": _("right"),
        "partial": _("partly right"),
        "wrong": _("wrong"),
        "refused": _("refused"),
        "truncated": _("truncated"),
        "empty": _("empty"),
        "unscorable": _("not scorable"),
        "missing": _("missing"),
    }
    return names[outcome]
