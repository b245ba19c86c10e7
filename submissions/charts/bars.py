"""Upright bars over the scale of a score: how many things lie in which part of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.utils.safestring import SafeString

from submissions.charts import palette
from submissions.charts.axis import Axis, fit_axis
from submissions.charts.chart import Figure
from submissions.charts.frame import PERCENT_TICKS, Frame, numbered, span_across, span_up
from submissions.charts.numbers import percent
from submissions.charts.svg import mark, place, text

HEIGHT: Final = 300
# More bars than this are too thin for a number each.
_MOST_NUMBERS: Final = 11


@dataclass(frozen=True, slots=True)
class Bar:
    """What a bar counts between two fractions of the scale."""

    label: str
    low: float
    high: float
    count: int
    # Whether it stands for one value, its middle, and not for all between its ends.
    is_single: bool = False


def tenths(values: Sequence[float], parts: int = 10) -> list[Bar]:
    """As many bars of equal width from 0 to 1; the last one holds the whole, too."""
    # Twelve decimals: 0.7 * 10 must not fall to the bar below.
    places = [min(parts - 1, int(round(parts * one, 12))) for one in values]
    return [
        Bar(
            f"{100 * at / parts:g}–{100 * (at + 1) / parts:g}",
            at / parts,
            (at + 1) / parts,
            places.count(at),
        )
        for at in range(parts)
    ]


def draw_bars(
    bars: Sequence[Bar], width: int, *, across: str, up: str
) -> tuple[float, float, list[SafeString]]:
    """The bars in their frame, with what both axes count."""
    height = min(HEIGHT, 140 + width // 3)
    scale = Axis(100 * bars[0].low, 100 * bars[-1].high, (), **span_across(width))
    counts = [0.0, *(float(bar.count) for bar in bars)]
    frame = Frame(scale, fit_axis(counts, **span_up(height), most_ticks=6))
    marks = frame.grid_up(numbered(frame.up))
    marks += frame.ticks_across(_ticks(bars))
    marks += frame.titles(across, up)
    marks += [_draw(bar, frame) for bar in bars]
    if len(bars) <= _MOST_NUMBERS:
        marks += [_number(bar, frame) for bar in bars if bar.count]
    return width, height, marks


def _ticks(bars: Sequence[Bar]) -> list[tuple[float, str]]:
    """Where and how the level axis is named: at its round values, or each bar by its own name."""
    if any(bar.is_single for bar in bars):
        return [(50 * (bar.low + bar.high), bar.label) for bar in bars]
    return [(tick, f"{tick:g}") for tick in PERCENT_TICKS]


def bars_figure(bars: Sequence[Bar], look: palette.Look, *, across: str, up: str) -> Figure:
    """The same bars for Plotly."""
    middles = [percent((bar.low + bar.high) / 2) for bar in bars]
    data: list[dict[str, Any]] = [
        {
            "type": "bar",
            "x": middles,
            "y": [bar.count for bar in bars],
            "width": [percent(bar.high - bar.low) for bar in bars],
            "text": [bar.label for bar in bars],
            "textposition": "none",
            "marker": {"color": look.accent, "line": {"color": look.surface, "width": 2}},
            "hovertemplate": "%{text}: %{y}<extra></extra>",
        }
    ]
    ticks = _ticks(bars)
    axes = {
        "xaxis": palette.axis(
            look,
            across,
            tickvals=[value for value, _label in ticks],
            ticktext=[label for _value, label in ticks],
        ),
        "yaxis": palette.axis(look, up),
    }
    return {"data": data, "layout": palette.layout(look, **axes, height=420)}


def _draw(bar: Bar, frame: Frame) -> SafeString:
    left, y = frame.point(100 * bar.low, bar.count)
    right = frame.across.place(100 * bar.high)
    gap = min(2.0, (right - left) / 8)
    return mark(
        "path",
        at=("", bar.label),
        value=str(bar.count),
        unit="",
        d=f"M{place(left + gap)} {place(frame.bottom)}V{place(y)}"
        f"H{place(right - gap)}V{place(frame.bottom)}z",
        class_="chart__bar",
    )


def _number(bar: Bar, frame: Frame) -> SafeString:
    x, y = frame.point(50 * (bar.low + bar.high), bar.count)
    return text(x, y - 8, f"{bar.count:,}", class_="chart__tick chart__count")
