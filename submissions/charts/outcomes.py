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
from submissions.charts.svg import element, mark, text

# The letter that stands in a slice: colour is not alone.
LETTERS: Final = dict(zip(OUTCOMES, "RPWFTEUM", strict=True))
_ACROSS: Final = 4
# Of a pie's name, in letters: longer ones would touch.
_NAME: Final = 16
_CELL: Final = 124
_LINE: Final = 122
_OUTER: Final = 42.0
_HOLE: Final = 23.0
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
            Key(f"{LETTERS[one]} {outcome_name(one)}", f"outcome--{one}", "M15 0h12v12h-12z")
            for one in self.used
        ]

    def table(self) -> Table:
        head = (self.each, *(outcome_name(one) for one in self.used), _("Examples"))
        rows = tuple(
            (pie.name, *(str(pie.counts.get(one, 0)) for one in self.used), str(pie.total))
            for pie in self.pies
        )
        return Table(self.title, head, rows)

    def draw(self) -> tuple[float, float, list[SafeString]]:
        across = min(_ACROSS, len(self.pies))
        lines = -(-len(self.pies) // _ACROSS)
        marks = [
            self._pie(pie, _CELL * (at % _ACROSS + 0.5), _LINE * (at // _ACROSS) + 50.0)
            for at, pie in enumerate(self.pies)
        ]
        return _CELL * across, _LINE * lines, marks

    def _pie(self, pie: Pie, x: float, y: float) -> SafeString:
        parts, passed = [], 0
        for one in self.used:
            count = pie.counts.get(one, 0)
            if count:
                start, end = passed / pie.total, (passed + count) / pie.total
                parts.append(self._part(pie, one, (x, y), start, end))
                passed += count
        name = pie.name if len(pie.name) <= _NAME else f"{pie.name[: _NAME - 1]}…"
        return element(
            "g",
            *parts,
            text(x, y, f"{100 * pie.share('right'):.0f}\u2009%", class_="chart__middle"),
            text(x, y + _OUTER + 16, name, class_="chart__name"),
        )

    def _part(
        self, pie: Pie, outcome: str, middle: tuple[float, float], start: float, end: float
    ) -> SafeString:
        ring = _ring(middle, start, end)
        drawn = [
            mark(
                "path",
                at=(pie.name, outcome_name(outcome)),
                value=str(pie.counts.get(outcome, 0)),
                unit="",
                d=ring,
                class_="chart__part",
                fill_rule="evenodd",
            )
        ]
        if end - start >= _WITH_LETTER:
            x, y = _on(middle, (_OUTER + _HOLE) / 2, (start + end) / 2)
            drawn.append(text(x, y, LETTERS[outcome], class_="chart__letter"))
        return element("g", *drawn, class_=f"outcome--{outcome}")

    def figure(self, look: palette.Look) -> Figure:
        lines = -(-len(self.pies) // _ACROSS)
        across = min(_ACROSS, len(self.pies))
        data: list[dict[str, Any]] = [
            {
                "type": "pie",
                "name": pie.name,
                "title": {"text": pie.name, "position": "bottom center"},
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
        height = 190 * lines + 100
        return {"data": data, "layout": palette.layout(look, grid=grid, height=height)}


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


def _ring(middle: tuple[float, float], start: float, end: float) -> str:
    """A part of a ring between two shares of a turn; a whole ring is two circles."""
    if end - start > 1 - 1e-9:
        return "".join(_circle(middle, radius) for radius in (_OUTER, _HOLE))
    (ax, ay), (bx, by) = _on(middle, _OUTER, start), _on(middle, _OUTER, end)
    (cx, cy), (dx, dy) = _on(middle, _HOLE, end), _on(middle, _HOLE, start)
    large = int(end - start > 0.5)
    return (
        f"M{ax:.2f} {ay:.2f}A{_OUTER:g} {_OUTER:g} 0 {large} 1 {bx:.2f} {by:.2f}"
        f"L{cx:.2f} {cy:.2f}A{_HOLE:g} {_HOLE:g} 0 {large} 0 {dx:.2f} {dy:.2f}z"
    )


def _circle(middle: tuple[float, float], radius: float) -> str:
    x, y = middle
    half = f"a{radius:g} {radius:g} 0 1 1"
    return f"M{x - radius:.2f} {y:.2f}{half} {2 * radius:g} 0{half} {-2 * radius:g} 0z"


def _on(middle: tuple[float, float], radius: float, share: float) -> tuple[float, float]:
    return middle[0] + radius * sin(2 * pi * share), middle[1] - radius * cos(2 * pi * share)
