"""Reads a chart's numbers back out of its drawing, its Plotly figure and its table.

Each reader gives {(series, place): number as shown}, so that the three can be compared.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, TypeAlias
from xml.etree import ElementTree

from submissions.charts import Chart, Figure
from submissions.charts.chart import MIDDLE
from submissions.charts.numbers import shown, shown_points, thousands
from submissions.charts.words import SIZE, SMALL, width_of

Numbers: TypeAlias = dict[tuple[str, str], str]


def root_of(chart: Chart, width: int = MIDDLE) -> ElementTree.Element:
    """A drawing as a tree; without a namespace, which a page's parser gives it."""
    return ElementTree.fromstring(chart.svg(width))  # noqa: S314  We wrote it a moment ago.


def marks_of(chart: Chart, width: int = MIDDLE) -> list[ElementTree.Element]:
    """The elements of a drawing that stand for a number."""
    return [one for one in root_of(chart, width).iter() if "data-at" in one.attrib]


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a text in a drawing, and about where it stands."""

    words: str
    left: float
    right: float
    y: float


def lines_of(chart: Chart, width: int = MIDDLE) -> list[Line]:
    """Every line of text in a drawing that is not turned."""
    texts = [one for one in root_of(chart, width).iter("text") if "transform" not in one.attrib]
    return [
        _line(part, of=one.attrib["class"])
        for one in texts
        for part in (one.findall("tspan") or [one])
    ]


def _line(part: ElementTree.Element, *, of: str) -> Line:
    words, x = part.text or "", float(part.attrib["x"])
    wide = width_of(words, SMALL if "chart__tick" in of.split() else SIZE)
    left = x if "--start" in of else x - wide if "--end" in of else x - wide / 2
    return Line(words, left, left + wide, float(part.attrib["y"]))


def of_svg(chart: Chart, width: int = MIDDLE) -> Numbers:
    """What the marks of a drawing say."""
    found: Numbers = {}
    for one in marks_of(chart, width):
        series, place = one.attrib["data-at"].split("|")
        assert (series, place) not in found
        found[series, place] = one.attrib["data-value"]
        assert one.attrib["data-value"] in (one.findtext("title") or "")
    return found


def of_table(chart: Chart) -> Numbers:
    """What the table says, by the shape of each chart's own."""
    table = chart.table()
    return dict(_TABLES[chart.name](table.head, table.rows))


def of_figure(chart: Chart, figure: Figure) -> Numbers:
    """What Plotly is given."""
    return dict(_FIGURES[chart.name](figure["data"]))


Pairs: TypeAlias = Iterable[tuple[tuple[str, str], str]]
Rows: TypeAlias = tuple[tuple[str, ...], ...]


def _grid(head: tuple[str, ...], rows: Rows) -> Pairs:
    for row in rows:
        for column, cell in zip(head[1:], row[1:], strict=True):
            if cell != "–":
                yield (column, row[0]), cell


def _outcome_table(head: tuple[str, ...], rows: Rows) -> Pairs:
    for row in rows:
        for column, cell in zip(head[1:-1], row[1:-1], strict=True):
            if cell != "0":
                yield (row[0], column), cell


def _forest_table(head: tuple[str, ...], rows: Rows) -> Pairs:
    for row in rows:
        for at in range(1, len(head), 2):
            if row[at] != "–":
                yield (head[at], row[0]), row[at]


def _depth_table(head: tuple[str, ...], rows: Rows) -> Pairs:
    if len(head) == 5 and head[2] == "Examples":
        yield from (((row[1], row[0]), row[3]) for row in rows)
        return
    for (column, row), cell in _grid(head, rows):
        yield (row, column), cell


_TABLES: dict[str, Callable[[tuple[str, ...], Rows], Pairs]] = {
    "radar": _grid,
    "benchmark": lambda _head, rows: (((row[0], f"{row[1]} examples"), row[2]) for row in rows),
    "outcomes": _outcome_table,
    "timeline": lambda _head, rows: (((row[0], row[1]), row[3]) for row in rows),
    "distribution": lambda _head, rows: ((("", row[0]), row[1]) for row in rows),
    "difficulty": lambda _head, rows: ((("", row[0]), row[1]) for row in rows),
    "forest": _forest_table,
    "lengths": lambda _head, rows: (((row[0], row[1]), row[3]) for row in rows),
    "depths": _depth_table,
    "scatter": lambda _head, rows: (((row[0], row[1]), row[2]) for row in rows),
}

Traces: TypeAlias = list[dict[str, Any]]


def _polar(data: Traces) -> Pairs:
    for trace in data:
        # The first spoke is there twice, so that the line closes.
        for place, value in zip(trace["theta"][:-1], trace["r"][:-1], strict=True):
            if value is not None:
                yield (trace["name"], place), shown(value / 100)


def _benchmark(data: Traces) -> Pairs:
    (bars,) = data
    for name, count, tokens in zip(bars["text"], bars["customdata"], bars["r"], strict=True):
        yield (name, f"{count} examples"), thousands(tokens)


def _outcomes(data: Traces) -> Pairs:
    for pie in data:
        for label, value in zip(pie["labels"], pie["values"], strict=True):
            if value:
                yield (pie["name"], label), str(value)


def _timeline(data: Traces) -> Pairs:
    for trace in data:
        if trace["mode"] == "markers":
            for name, day, value in zip(trace["text"], trace["x"], trace["y"], strict=True):
                yield (name, day), shown(value / 100)


def _distribution(data: Traces) -> Pairs:
    if data[0]["type"] == "bar":
        yield from _difficulty(data)
        return
    for trace in data:
        for name, value in zip(trace["y"], trace["x"], strict=True):
            yield ("", name), shown(value / 100)


def _difficulty(data: Traces) -> Pairs:
    for label, value in zip(data[0]["text"], data[0]["y"], strict=True):
        yield ("", label), str(value)


def _forest(data: Traces) -> Pairs:
    for trace in data:
        for task, value in zip(trace["y"], trace["x"], strict=True):
            yield (trace["name"], task), shown_points(value / 100)


def _lengths(data: Traces) -> Pairs:
    for trace in data:
        for tokens, value in zip(trace["x"], trace["y"], strict=True):
            yield (trace["name"], thousands(tokens)), shown(value / 100)


def _depths(data: Traces) -> Pairs:
    (heat,) = data
    for depth, row in zip(heat["y"], heat["z"], strict=True):
        for length, value in zip(heat["x"], row, strict=True):
            if value is not None:
                yield (depth, length), shown(value / 100)


def _scatter(data: Traces) -> Pairs:
    (points,) = data
    for first, later, count in zip(points["x"], points["y"], points["text"], strict=True):
        yield (shown(first / 100), shown(later / 100)), str(count)


_FIGURES: dict[str, Callable[[Traces], Pairs]] = {
    "radar": _polar,
    "benchmark": _benchmark,
    "outcomes": _outcomes,
    "timeline": _timeline,
    "distribution": _distribution,
    "difficulty": _difficulty,
    "forest": _forest,
    "lengths": _lengths,
    "depths": _depths,
    "scatter": _scatter,
}
