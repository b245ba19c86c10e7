"""Where a model finds a needle: scores by length and depth, each with n and its interval."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Final

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from submissions.charts import palette
from submissions.charts.chart import Chart, Figure, Table
from submissions.charts.numbers import percent, shown, span
from submissions.charts.svg import element, mark, text

_LEFT: Final = 112.0
_TOP: Final = 30.0
_CELL: Final = (120.0, 40.0)


@dataclass(frozen=True, slots=True)
class Cell:
    """Examples of one length and depth: their number, mean score, and its 95 % interval."""

    examples: int
    mean: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class NeedleMap(Chart):
    """A model's scores on a task by depth of the needle (rows) and length (columns)."""

    name: ClassVar[str] = "needles"

    task: str
    model: str
    # As they are written: "0–10", "4k".
    depths: tuple[str, ...]
    lengths: tuple[str, ...]
    # A row a depth; None where there is no such example.
    cells: tuple[tuple[Cell | None, ...], ...]

    @property
    def title(self) -> str:
        return _("%(model)s on %(task)s by length and by depth of the needle") % {
            "model": self.model,
            "task": self.task,
        }

    @property
    def finding(self) -> str:
        lost = [(depth, length) for depth, length, one in self._known() if one.high < 0.5]
        if not lost:
            return _("Nowhere is it certain that fewer than half of the needles are found.")
        depth, length = lost[0]
        return _(
            "Fewer than half of the needles are found for sure in %(count)d of %(all)d cells, "
            "first at %(length)s tokens and a depth of %(depth)s %%."
        ) % {"count": len(lost), "all": len(self._known()), "length": length, "depth": depth}

    @property
    def note(self) -> str:
        return _(
            "Depth: where in the context the needle stands, 0 is the start. Below each score, its "
            "95 % interval and the number of examples."
        )

    def _known(self) -> Sequence[tuple[str, str, Cell]]:
        """Every cell that has examples, the shortest length first."""
        return [
            (depth, length, row[column])  # type: ignore[misc]
            for column, length in enumerate(self.lengths)
            for depth, row in zip(self.depths, self.cells, strict=True)
            if row[column] is not None
        ]

    def table(self) -> Table:
        rows = tuple(
            (length, depth, str(one.examples), shown(one.mean), span(one.low, one.high))
            for depth, length, one in self._known()
        )
        head = (
            _("Tokens"),
            _("Depth, percent"),
            _("Examples"),
            _("Score, percent"),
            _("95 % interval"),
        )
        return Table(self.title, head, rows)

    def draw(self) -> tuple[float, float, list[SafeString]]:
        wide, high = _CELL
        marks = [
            text(_LEFT - 10, 14.0, _("depth, % / tokens"), class_="chart__axis chart__tick--end")
        ]
        marks += [
            text(_LEFT + wide * (at + 0.5), 14.0, one, class_="chart__tick")
            for at, one in enumerate(self.lengths)
        ]
        for at, (depth, row) in enumerate(zip(self.depths, self.cells, strict=True)):
            y = _TOP + high * at
            end = "chart__tick chart__tick--end"
            marks.append(text(_LEFT - 10, y + high / 2, depth, class_=end))
            marks += [
                _draw_cell(one, _LEFT + wide * column, y, (depth, self.lengths[column]))
                for column, one in enumerate(row)
                if one is not None
            ]
        return _LEFT + wide * len(self.lengths), _TOP + high * len(self.depths) + 4, marks

    def figure(self, look: palette.Look) -> Figure:
        scores = [[None if one is None else percent(one.mean) for one in row] for row in self.cells]
        data = [
            {
                "type": "heatmap",
                "x": list(self.lengths),
                "y": list(self.depths),
                "z": scores,
                "text": [["" if one is None else _told(one) for one in row] for row in self.cells],
                "zmin": 0,
                "zmax": 100,
                "colorscale": [[0.0, look.surface], [1.0, look.accent]],
                "texttemplate": "%{z:.1f}<br>%{text}",
                "xgap": 2,
                "ygap": 2,
                "hovertemplate": "%{y} %, %{x}: %{z:.1f} %, %{text}<extra></extra>",
            }
        ]
        axes = {
            # Without a type, "50" would be read as a number.
            "xaxis": palette.axis(look, _("Tokens of input"), type="category"),
            "yaxis": palette.axis(look, _("Depth, percent"), type="category", autorange="reversed"),
        }
        return {"data": data, "layout": palette.layout(look, **axes, height=520)}


def _told(one: Cell) -> str:
    return f"{span(one.low, one.high)}, n {one.examples}"


def _draw_cell(one: Cell, x: float, y: float, at: tuple[str, str]) -> SafeString:
    wide, high = _CELL
    step = min(10, int(round(10 * one.mean, 12)))
    return element(
        "g",
        mark(
            "rect",
            at=at,
            value=shown(one.mean),
            x=x + 1,
            y=y + 1,
            width=wide - 2,
            height=high - 2,
            class_="chart__cell",
        ),
        text(x + wide / 2, y + high * 0.36, shown(one.mean), class_="chart__number"),
        text(x + wide / 2, y + high * 0.74, _told(one), class_="chart__aside"),
        class_=f"heat h{step}",
    )
