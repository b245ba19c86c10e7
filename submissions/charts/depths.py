"""Where in the context the needle lies, and how long the context is, against the score."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Final

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from submissions.charts import palette
from submissions.charts.chart import Chart, Figure, Table
from submissions.charts.lengths import group_by_length
from submissions.charts.numbers import percent, shown, thousands
from submissions.charts.svg import element, mark, text

_LEFT: Final = 92.0
_TOP: Final = 30.0
_CELL: Final = (86.0, 40.0)
_DEPTHS: Final = 5
_LENGTHS: Final = 6


@dataclass(frozen=True, slots=True)
class Field:
    """Examples of about one length and depth: their number and mean score."""

    examples: int
    mean: float


@dataclass(frozen=True, slots=True)
class DepthMap(Chart):
    """Mean scores by depth (rows, from the start of the context) and length (columns)."""

    name: ClassVar[str] = "depths"

    task: str
    model: str
    depths: tuple[str, ...]
    lengths: tuple[str, ...]
    # A row a depth; None where there is no such example.
    fields: tuple[tuple[Field | None, ...], ...]

    @property
    def title(self) -> str:
        return _("%(model)s on %(task)s by length and by depth of the needle") % {
            "model": self.model,
            "task": self.task,
        }

    @property
    def finding(self) -> str:
        known = [
            (one.mean, depth, length)
            for depth, row in zip(self.depths, self.fields, strict=True)
            for length, one in zip(self.lengths, row, strict=True)
            if one is not None
        ]
        low, high = min(known), max(known)
        return _(
            "Lowest at a depth of %(depth)s %% with %(length)s tokens: %(low)s %%;"
            " highest anywhere: %(high)s %%."
        ) % {"depth": low[1], "length": low[2], "low": shown(low[0]), "high": shown(high[0])}

    @property
    def note(self) -> str:
        return _("Depth: where in the input the needle stands, 0 is the start.")

    def table(self) -> Table:
        rows = tuple(
            (depth, *(shown(one.mean if one else None) for one in row))
            for depth, row in zip(self.depths, self.fields, strict=True)
        )
        head = (
            _("Depth, percent"),
            *(_("%(tokens)s tokens") % {"tokens": one} for one in self.lengths),
        )
        return Table(_("%(title)s, in percent") % {"title": self.title}, head, rows)

    def draw(self) -> tuple[float, float, list[SafeString]]:
        wide, high = _CELL
        marks = [
            text(_LEFT - 10, 14.0, _("depth, % / tokens"), class_="chart__axis chart__tick--end")
        ]
        marks += [
            text(_LEFT + wide * (at + 0.5), 14.0, one, class_="chart__tick")
            for at, one in enumerate(self.lengths)
        ]
        for at, (depth, row) in enumerate(zip(self.depths, self.fields, strict=True)):
            y = _TOP + high * at
            marks.append(
                text(_LEFT - 10, y + high / 2, depth, class_="chart__tick chart__tick--end")
            )
            marks += [
                _cell(one, _LEFT + wide * column, y, (depth, self.lengths[column]))
                for column, one in enumerate(row)
                if one is not None
            ]
        return _LEFT + wide * len(self.lengths), _TOP + high * len(self.depths) + 4, marks

    def figure(self, look: palette.Look) -> Figure:
        values = [
            [None if one is None else percent(one.mean) for one in row] for row in self.fields
        ]
        data = [
            {
                "type": "heatmap",
                "x": list(self.lengths),
                "y": list(self.depths),
                "z": values,
                "zmin": 0,
                "zmax": 100,
                "colorscale": [[0.0, look.surface], [1.0, look.accent]],
                "texttemplate": "%{z:.1f}",
                "xgap": 2,
                "ygap": 2,
                "hovertemplate": "%{y} %, %{x}: %{z:.1f} %<extra></extra>",
            }
        ]
        axes = {
            # Without a type, "50" would be read as a number.
            "xaxis": palette.axis(look, _("Tokens of input"), type="category"),
            "yaxis": palette.axis(look, _("Depth, percent"), type="category", autorange="reversed"),
        }
        return {"data": data, "layout": palette.layout(look, **axes, height=420)}


def map_depths(
    task: str,
    model: str,
    *,
    lengths: Sequence[float],
    depths: Sequence[float],
    scores: Sequence[float],
) -> DepthMap:
    """Group examples into at most five depths and six lengths.

    Args:
        task: The task's name.
        model: The model's name.
        lengths: in tokens, one an example.
        depths: fractions of the context before the needle, in the same order.
        scores: fractions, in the same order.
    """
    columns = group_by_length(lengths, scores, groups=_LENGTHS)
    places = [_nearest(length, [group.tokens for group in columns]) for length in lengths]
    cells: dict[tuple[int, int], list[float]] = {}
    for place, depth, score in zip(places, depths, scores, strict=True):
        cells.setdefault((min(_DEPTHS - 1, int(depth * _DEPTHS)), place), []).append(score)
    used = sorted({row for row, _column in cells})
    step = 100 // _DEPTHS
    return DepthMap(
        task=task,
        model=model,
        depths=tuple(f"{step * row}–{step * row + step}" for row in used),
        lengths=tuple(thousands(group.tokens) for group in columns),
        fields=tuple(
            tuple(_field(cells.get((row, at))) for at in range(len(columns))) for row in used
        ),
    )


def _nearest(length: float, middles: Sequence[float]) -> int:
    return min(range(len(middles)), key=lambda at: abs(middles[at] - length))


def _field(scores: Sequence[float] | None) -> Field | None:
    return Field(len(scores), sum(scores) / len(scores)) if scores else None


def _cell(one: Field, x: float, y: float, at: tuple[str, str]) -> SafeString:
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
        text(x + wide / 2, y + high / 2, shown(one.mean), class_="chart__number"),
        class_=f"heat h{step}",
    )
