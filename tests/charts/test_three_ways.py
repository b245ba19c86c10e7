"""A chart's drawing, figure and table hold the same numbers, where their values put them."""

import re
from collections.abc import Callable, Sequence
from math import hypot, log10, pi, sin
from pathlib import Path
from statistics import linear_regression
from xml.etree import ElementTree

import plotly.graph_objects as go
import pytest

from submissions.charts import Chart
from submissions.charts.chart import MIDDLE, NARROW, WIDE
from submissions.charts.distribution import Distribution, Placed
from submissions.charts.palette import DARK, DASHES, LIGHT, LOOKS, OUTCOMES, Look
from tests.charts.reading import lines_of, marks_of, of_figure, of_svg, of_table, root_of
from tests.charts.samples import HOSTILE, all_charts, forest, lengths, outcomes, polar

CHARTS = all_charts()
WIDTHS = (NARROW, MIDDLE, WIDE)
each_width = pytest.mark.parametrize("width", WIDTHS)
CSS = Path(__file__).resolve().parent.parent.parent / "static" / "css"
each_chart = pytest.mark.parametrize("chart", CHARTS.values(), ids=CHARTS)


@each_chart
def test_drawings_figure_and_table_hold_the_same_numbers(chart: Chart) -> None:
    drawn = of_svg(chart)

    assert len(drawn) > 1
    assert all(of_svg(chart, width) == drawn for width in WIDTHS)
    assert of_table(chart) == drawn
    assert all(chart.table().head)
    for look in LOOKS.values():
        assert of_figure(chart, chart.figure(look)) == drawn


@each_chart
@pytest.mark.parametrize("look", LOOKS.values(), ids=LOOKS)
def test_plotly_takes_every_figure(chart: Chart, look: Look) -> None:
    figure = chart.figure(look)

    # The constructor raises on every property that it does not know.
    assert len(go.Figure(figure).data) == len(figure["data"])


@each_chart
@each_width
def test_every_drawing_says_what_it_is_and_what_it_shows(chart: Chart, width: int) -> None:
    root = root_of(chart, width)
    named = [root.find(f"*[@id='{one}']") for one in root.attrib["aria-labelledby"].split()]

    assert [one.tag for one in named if one is not None] == ["title", "desc"]
    assert chart.title
    assert chart.finding
    assert root.attrib["role"] == ("group" if chart.has_links else "img")
    assert "style" not in {key for one in root.iter() for key in one.attrib}


@each_chart
def test_no_name_is_taken_for_markup(chart: Chart) -> None:
    assert "<script" not in chart.svg(MIDDLE)
    assert (HOSTILE in str(chart)) == (
        HOSTILE.split('"')[0].replace("<", "&lt;")[:10] in chart.svg(MIDDLE)
    )


def first_point(mark: ElementTree.Element) -> tuple[float, float]:
    """Where a mark stands: the middle of its sign."""
    if "cx" in mark.attrib:
        return float(mark.attrib["cx"]), float(mark.attrib["cy"])
    x, y = re.match(r"M(-?[\d.]+) (-?[\d.]+)", mark.attrib["d"]).groups()  # type: ignore[union-attr]
    return float(x), float(y)


def number(shown: str) -> float:
    return float(shown.replace("−", "-"))


def values_of(marks: Sequence[ElementTree.Element]) -> list[float]:
    return [number(one.attrib["data-value"]) for one in marks]


def assert_straight(values: Sequence[float], pixels: Sequence[float]) -> None:
    """One straight rule leads from all values to their pixels, but for rounding."""
    slope, start = linear_regression(values, pixels)
    assert slope != 0
    for value, pixel in zip(values, pixels, strict=True):
        assert abs(start + slope * value - pixel) < 0.35, (value, pixel)


def up(chart: Chart, width: int) -> tuple[list[float], list[float]]:
    marks = marks_of(chart, width)
    return values_of(marks), [first_point(one)[1] for one in marks]


def across(chart: Chart, width: int) -> tuple[list[float], list[float]]:
    marks = marks_of(chart, width)
    return values_of(marks), [first_point(one)[0] for one in marks]


def bar_tops(chart: Chart, width: int) -> tuple[list[float], list[float]]:
    marks = marks_of(chart, width)
    tops = [float(re.findall(r"V(-?[\d.]+)", one.attrib["d"])[0]) for one in marks]
    return values_of(marks), tops


def from_middle(chart: Chart, width: int) -> tuple[list[float], list[float]]:
    marks = marks_of(chart, width)
    x0, y0 = (float(one) / 2 for one in root_of(chart, width).attrib["viewBox"].split()[2:])
    reach = [hypot(x - x0, y - y0) for x, y in (first_point(one) for one in marks)]
    return values_of(marks), reach


@pytest.mark.parametrize(
    ("name", "places"),
    [
        ("radar", from_middle),
        ("against-field", from_middle),
        ("timeline", up),
        ("distribution", across),
        ("difficulty-few", bar_tops),
        ("difficulty-many", bar_tops),
        ("histogram", bar_tops),
        ("forest", across),
        ("lengths", up),
    ],
)
@each_width
def test_marks_stand_where_their_values_put_them(
    name: str, places: Callable[[Chart, int], tuple[list[float], list[float]]], width: int
) -> None:
    assert_straight(*places(CHARTS[name], width))


@each_width
def test_scattered_points_stand_where_both_scores_put_them(width: int) -> None:
    marks = marks_of(CHARTS["scatter"], width)
    scores = [tuple(map(float, one.attrib["data-at"].split("|"))) for one in marks]
    points = [first_point(one) for one in marks]

    assert_straight([first for first, _ in scores], [x for x, _ in points])
    assert_straight([later for _, later in scores], [y for _, y in points])


@each_width
def test_slices_have_the_angle_of_their_number_and_the_radius_of_their_length(width: int) -> None:
    marks = marks_of(polar(), width)
    total = sum(one.examples for one in polar().slices)
    radii = []
    for mark, one in zip(marks, polar().slices, strict=True):
        (start, end) = (
            tuple(map(float, point))
            for point in re.findall(r"(?:L|0 [01] 1 )(-?[\d.]+) (-?[\d.]+)", mark.attrib["d"])
        )
        middle = first_point(mark)
        radius = hypot(start[0] - middle[0], start[1] - middle[1])
        chord = hypot(start[0] - end[0], start[1] - end[1])
        angle = 2 * pi * one.examples / total
        half = abs(2 * radius * sin(angle / 2))
        assert abs(chord - half) < 0.2
        radii.append(radius)

    assert_straight([log10(one.tokens) for one in polar().slices], radii)


def test_a_whole_pie_is_a_ring_and_small_parts_have_no_letter() -> None:
    drawn = root_of(outcomes())

    letters = [one.text for one in drawn.iter("text") if one.get("class") == "chart__letter"]
    assert letters == ["R", "W", "R", "P", "M"]


def test_intervals_are_the_same_in_figure_and_table() -> None:
    for chart, errors, axis in ((forest(), "error_x", "x"), (lengths(), "error_y", "y")):
        shown = {cell for row in chart.table().rows for cell in row if cell.startswith("[")}
        for trace in chart.figure(LIGHT)["data"]:
            rows = zip(
                trace[axis], trace[errors]["arrayminus"], trace[errors]["array"], strict=True
            )
            for value, below, above in rows:
                sign = "+" if axis == "x" else ""
                ends = f"[{value - below:{sign}.1f}, {value + above:{sign}.1f}]"
                assert ends.replace("-", "−") in shown


def test_style_sheet_and_figures_have_the_same_colours() -> None:
    files = ("charts.css", "portal.css")
    css = re.sub(r"\s*([{:;}])\s*", r"\1", "".join((CSS / one).read_text() for one in files))
    pairs = [
        (f".series-{number}", LIGHT.series[number - 1], DARK.series[number - 1])
        for number in range(1, 7)
    ]
    pairs += [(f".outcome--{one}", LIGHT.outcomes[one], DARK.outcomes[one]) for one in OUTCOMES]
    pairs += [
        (f".family--{one[:2].lower()}", LIGHT.families[one], DARK.families[one])
        for one in LIGHT.families
    ]
    for selector, light, dark in pairs:
        rule = rf"{re.escape(selector)}{{--\w+:light-dark\({light}, ?{dark}\)"
        assert re.search(rule, css), selector
    for number, dash in enumerate(DASHES, 1):
        assert not dash or re.search(rf"\.series-{number}{{[^}}]*--dash:{dash};", css)


def test_series_are_told_apart_from_the_ground() -> None:
    for look in LOOKS.values():
        for colour in (*look.series, *look.outcomes.values()):
            assert contrast(colour, look.surface) >= 3.0, (look.name, colour)


def contrast(one: str, other: str) -> float:
    """The ratio of two colours' luminances, as WCAG 2.2 defines it."""
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@each_chart
@each_width
def test_nothing_is_written_beyond_its_card(chart: Chart, width: int) -> None:
    across, high = map(float, root_of(chart, width).attrib["viewBox"].split()[2:])

    assert across <= width
    for one in lines_of(chart, width):
        # Half a tick's name at the end of an axis stands in the padding of the card.
        assert -16 <= one.left <= one.right <= across + 16, one
        assert 0 <= one.y <= high, one


@each_chart
@each_width
def test_no_words_stand_on_others(chart: Chart, width: int) -> None:
    lines = lines_of(chart, width)

    for at, one in enumerate(lines):
        for other in lines[at + 1 :]:
            is_beside = one.right <= other.left + 2 or other.right <= one.left + 2
            assert is_beside or abs(one.y - other.y) >= 9, (one, other)


def test_the_best_that_is_named_is_the_one_that_is_drawn_first() -> None:
    tied = Distribution("En.QA", tuple(Placed(name, 1.0) for name in ("Beta", "Alpha", "Gamma")))

    assert "100.0 % (Alpha and 2 more)" in tied.finding
    assert tied.table().rows[0][0] == "Alpha"
    assert marks_of(tied)[0].attrib["data-at"] == "|Alpha"
