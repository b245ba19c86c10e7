"""Where in the context the needle lies, against the score: by length, or model beside model.

Where cells have intervals, the map and its table say these and the number of examples as well.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, Final

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from submissions.charts import palette
from submissions.charts.cells import Box, Cell, told
from submissions.charts.chart import Chart, Figure, Table
from submissions.charts.lengths import group_by_length
from submissions.charts.numbers import percent, shown, span, thousands
from submissions.charts.svg import LINE, place, text, text_lines
from submissions.charts.words import SMALL, break_lines, fits, shorten, width_of

_LEFT: Final = 56.0
_WIDEST: Final = 180.0
_LENGTHS: Final = 6
# Of the names that stand upright because their columns are too narrow for them.
_UPRIGHT: Final = 150.0


@dataclass(frozen=True, slots=True)
class Examples:
    """Examples with their needles' depths, fractions of the context before it, and scores."""

    depths: Sequence[float]
    scores: Sequence[float]


@dataclass(frozen=True, slots=True)
class DepthMap(Chart):
    """Mean scores by depth, from the start of the context, in columns."""

    name: ClassVar[str] = "depths"

    heading: str
    # What the columns are: lengths, models.
    across: str
    depths: tuple[str, ...]
    columns: tuple[str, ...]
    # A row a depth; None where there is no such example.
    rows: tuple[tuple[Cell | None, ...], ...]
    # Whether depths follow from the examples' order because the release does not tell them.
    are_inferred: bool = False

    @property
    def title(self) -> str:
        return self.heading

    @property
    def has_intervals(self) -> bool:
        """Whether each cell says how sure it is."""
        return all(one.interval for _depth, _column, one in self._known())

    def _known(self) -> Sequence[tuple[str, str, Cell]]:
        """Every cell that has examples, with its depth and column, column by column."""
        return [
            (depth, column, one)
            for at, column in enumerate(self.columns)
            for depth, row in zip(self.depths, self.rows, strict=True)
            if (one := row[at]) is not None
        ]

    @property
    def finding(self) -> str:
        if self.has_intervals:
            return self._lost()
        known = [(one.mean, depth, column) for depth, column, one in self._known()]
        low, high = min(known), max(known)
        return _(
            "Lowest at a depth of %(depth)s %% (%(column)s): %(low)s %%; highest anywhere:"
            " %(high)s %%."
        ) % {"depth": low[1], "column": low[2], "low": shown(low[0]), "high": shown(high[0])}

    def _lost(self) -> str:
        """In how many cells fewer than half are found whatever the error, and where first."""
        known = self._known()
        lost = [at for at in known if at[2].interval and at[2].interval[1] < 0.5]
        if not lost:
            return _("Nowhere is it certain that fewer than half of the needles are found.")
        depth, column, _one = lost[0]
        return _(
            "Fewer than half of the needles are found for sure in %(count)d of %(all)d cells, "
            "first at %(length)s tokens and a depth of %(depth)s %%."
        ) % {"count": len(lost), "all": len(known), "length": column, "depth": depth}

    @property
    def note(self) -> str:
        said = _("Depth: where in the input the needle stands, 0 is the start.")
        if self.has_intervals:
            below = _(
                "Each score’s 95 % interval and number of examples stand below it or in the table."
            )
            return f"{said} {below}"
        if not self.are_inferred:
            return said
        return said + " " + _("This data tells no depths: they follow from the examples’ order.")

    def table(self) -> Table:
        return self._long_table() if self.has_intervals else self._wide_table()

    def _long_table(self) -> Table:
        rows = tuple(
            (column, depth, str(one.examples), shown(one.mean), span(*(one.interval or (0, 0))))
            for depth, column, one in self._known()
        )
        head = (self.across, _("Depth, percent"), _("Examples"), _("Score, percent"))
        return Table(self.title, (*head, _("95 % interval")), rows)

    def _wide_table(self) -> Table:
        rows = tuple(
            (depth, *(shown(one.mean if one else None) for one in row))
            for depth, row in zip(self.depths, self.rows, strict=True)
        )
        caption = _("%(title)s, in percent") % {"title": self.title}
        return Table(caption, (_("Depth, percent"), *self.columns), rows)

    def draw(self, width: int) -> tuple[float, float, list[SafeString]]:
        wide = min(_WIDEST, (width - _LEFT) / len(self.columns))
        marks, top = self._heads(wide)
        box = Box(wide, self._asides(wide))
        for at, (depth, row) in enumerate(zip(self.depths, self.rows, strict=True)):
            y = top + box.high * at
            label = text(_LEFT - 8, y + box.high / 2, depth, class_="chart__tick chart__tick--end")
            marks.append(label)
            marks += [
                box.draw(one, _LEFT + wide * column, y, (depth, self.columns[column]))
                for column, one in enumerate(row)
                if one is not None
            ]
        return _LEFT + wide * len(self.columns), top + box.high * len(self.depths) + 2, marks

    def _heads(self, wide: float) -> tuple[list[SafeString], float]:
        """The columns' names, broken or upright where they are long, and where the cells begin."""
        broken = [break_lines(one, wide - 6, most=3, size=SMALL) for one in self.columns]
        is_upright = any(line.endswith("…") for name in broken for line in name)
        if is_upright:
            broken = [[shorten(one, _UPRIGHT, SMALL)] for one in self.columns]
            top = 16 + max(width_of(one, SMALL) for (one,) in broken)
        else:
            top = 12 + LINE * max(map(len, broken))
        marks = [text(0.0, top - 12, _("depth, %"), class_="chart__axis chart__tick--start")]
        for at, name in enumerate(broken):
            x = _LEFT + wide * (at + 0.5)
            if is_upright:
                turned = f"rotate(-90 {place(x)} {place(top - 6)})"
                look = "chart__name chart__tick chart__tick--start"
                marks.append(text(x, top - 6, name[0], class_=look, transform=turned))
            else:
                y = top - 4 - LINE * len(name) / 2
                marks.append(text_lines(x, y, name, class_="chart__name chart__tick"))
        return marks, top

    def _asides(self, wide: float) -> int:
        """On how many lines each cell says how sure it is: one, two, or none for want of room."""
        if not self.has_intervals:
            return 0
        lines = [told(one) for *_at, one in self._known()]
        if fits(lines, wide - 8, SMALL):
            return 1
        return 2 if fits((line.rsplit(", ", 1)[0] for line in lines), wide - 4, SMALL) else 0

    def figure(self, look: palette.Look) -> Figure:
        data = [
            {
                "type": "heatmap",
                "x": list(self.columns),
                "y": list(self.depths),
                "z": [
                    [None if one is None else percent(one.mean) for one in row] for row in self.rows
                ],
                "text": [[told(one) if one else "" for one in row] for row in self.rows],
                "zmin": 0,
                "zmax": 100,
                "colorscale": [[0.0, look.surface], [1.0, look.heat]],
                # Every cell has its number.  The scale's own colours would break the page's policy.
                "showscale": False,
                "texttemplate": "%{z:.1f}",
                "textfont": {"color": look.text},
                "xgap": 2,
                "ygap": 2,
                "hovertemplate": "%{y} %, %{x}: %{z:.1f} %, %{text}<extra></extra>",
            }
        ]
        axes = {
            # Without a type, "50" would be read as a number.
            "xaxis": palette.axis(look, self.across, type="category"),
            "yaxis": palette.axis(look, _("Depth, percent"), type="category", autorange="reversed"),
        }
        return {"data": data, "layout": palette.layout(look, **axes, height=520)}


def depths_by_length(
    task: str, model: str, *, lengths: Sequence[float], examples: Examples
) -> DepthMap:
    """One model's examples in columns of about equal length; lengths in tokens, in their order."""
    groups = group_by_length(lengths, examples.scores, groups=_LENGTHS)
    middles = [group.tokens for group in groups]
    columns: dict[str, tuple[list[float], list[float]]] = {
        _tokens(middle): ([], []) for middle in middles
    }
    for length, depth, score in zip(lengths, examples.depths, examples.scores, strict=True):
        nearest = min(middles, key=lambda middle: abs(middle - length))
        depths, scores = columns[_tokens(nearest)]
        depths.append(depth)
        scores.append(score)
    heading = _("%(model)s on %(task)s by length and by depth of the needle")
    return _map(
        heading % {"model": model, "task": task},
        _("Tokens of input"),
        {name: Examples(depths, scores) for name, (depths, scores) in columns.items()},
    )


def depths_by_release(
    task: str,
    model: str,
    *,
    depths: tuple[str, ...],
    lengths: tuple[str, ...],
    rows: tuple[tuple[Cell | None, ...], ...],
) -> DepthMap:
    """One model's examples on the releases of a series, a length each; a row a depth."""
    heading = _("%(model)s on %(task)s by length and by depth of the needle")
    return DepthMap(
        heading=heading % {"model": model, "task": task},
        across=_("Tokens of input"),
        depths=depths,
        columns=lengths,
        rows=rows,
    )


def depths_by_model(task: str, models: Mapping[str, Examples], *, are_inferred: bool) -> DepthMap:
    """Several models' examples, a column each."""
    heading = _("Scores on %(task)s by depth of the needle") % {"task": task}
    return _map(heading, _("Model"), models, are_inferred=are_inferred)


def _map(
    heading: str, across: str, columns: Mapping[str, Examples], *, are_inferred: bool = False
) -> DepthMap:
    """Ten depths, or five where there are too few examples for ten."""
    parts = 10 if min(len(one.scores) for one in columns.values()) >= 100 else 5
    cells: dict[tuple[int, str], list[float]] = {}
    for name, examples in columns.items():
        for depth, score in zip(examples.depths, examples.scores, strict=True):
            row = min(parts - 1, int(round(depth * parts, 9)))
            cells.setdefault((row, name), []).append(score)
    used = sorted({row for row, _name in cells})
    step = 100 // parts
    return DepthMap(
        heading=heading,
        across=across,
        depths=tuple(f"{step * row}–{step * row + step}" for row in used),
        columns=tuple(columns),
        rows=tuple(tuple(_cell(cells.get((row, name))) for name in columns) for row in used),
        are_inferred=are_inferred,
    )


def _tokens(middle: float) -> str:
    return _("%(tokens)s tokens") % {"tokens": thousands(middle)}


def _cell(scores: Sequence[float] | None) -> Cell | None:
    return Cell(len(scores), sum(scores) / len(scores)) if scores else None
