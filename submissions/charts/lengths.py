"""Scores over the length of the context, with how sure each mean is."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import log10, sqrt
from typing import Any, ClassVar, Final

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from submissions.charts import palette
from submissions.charts.axis import Axis
from submissions.charts.chart import NARROW, Chart, Figure, Key, Table
from submissions.charts.frame import (
    BELOW,
    Frame,
    numbered,
    percent_axis,
    span_across,
    span_up,
)
from submissions.charts.numbers import percent, quantile, shown, span, thousands, track_length
from submissions.charts.svg import element, mark, path, shape
from submissions.charts.words import apart

_HEIGHT: Final = 340
# Of a normal distribution, the part within 1.96 standard errors is 95 %.
_SIGMAS: Final = 1.959964


@dataclass(frozen=True, slots=True)
class Group:
    """Examples of about one length: its middle in tokens, their number, mean score, interval."""

    tokens: float
    examples: int
    mean: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class LengthSeries:
    """One submission's groups, from short to long."""

    name: str
    groups: tuple[Group, ...]


@dataclass(frozen=True, slots=True)
class LengthCurve(Chart):
    """Mean scores of one to six submissions over the length of the input, in tokens."""

    name: ClassVar[str] = "lengths"

    task: str
    series: tuple[LengthSeries, ...]
    # Whether lengths are those of tracks, which are counted in units of 1,024: 4K, 128K.
    has_tracks: bool = False

    def tokens(self, tokens: float) -> str:
        """A length as this chart writes it."""
        return track_length(round(tokens)) if self.has_tracks else thousands(tokens)

    @property
    def title(self) -> str:
        return _("Score on %(task)s over the length of the input") % {"task": self.task}

    @property
    def finding(self) -> str:
        ends = {(one.groups[0].tokens, one.groups[-1].tokens) for one in self.series}
        if len(self.series) > 1 and len(ends) == 1:
            ((short, long),) = ends
            told = pgettext("between clauses", "; ").join(
                _("%(name)s: %(first)s to %(last)s")
                % {
                    "name": one.name,
                    "first": shown(one.groups[0].mean),
                    "last": shown(one.groups[-1].mean),
                }
                for one in self.series
            )
            return _("From %(short)s to %(long)s tokens, in percent: %(told)s.") % {
                "short": self.tokens(short),
                "long": self.tokens(long),
                "told": told,
            }
        return " ".join(map(self._told, self.series))

    def _told(self, one: LengthSeries) -> str:
        return _("%(name)s: %(first)s %% at %(short)s tokens, %(last)s %% at %(long)s.") % {
            "name": one.name,
            "first": shown(one.groups[0].mean),
            "short": self.tokens(one.groups[0].tokens),
            "last": shown(one.groups[-1].mean),
            "long": self.tokens(one.groups[-1].tokens),
        }

    @property
    def note(self) -> str:
        return _("Lengths on a logarithmic axis; bands are 95 % intervals of the means.")

    @property
    def keys(self) -> Sequence[Key]:
        return [
            Key(one.name, f"series-{number}", shape(number, 22, 6), has_line=True)
            for number, one in enumerate(self.series, 1)
        ]

    def table(self) -> Table:
        rows = tuple(
            (
                one.name,
                self.tokens(group.tokens),
                str(group.examples),
                shown(group.mean),
                span(group.low, group.high),
            )
            for one in self.series
            for group in one.groups
        )
        head = (_("Model"), _("Tokens"), _("Examples"), _("Score, percent"), _("95 % interval"))
        return Table(self.title, head, rows)

    def _frame(self, width: int) -> Frame:
        tokens = [group.tokens for one in self.series for group in one.groups]
        low, high = log10(min(tokens)), log10(max(tokens))
        if high - low < 0.05:
            low, high = low - 0.05, high + 0.05
        across = Axis(low, high, (), **span_across(width))
        return Frame(across, percent_axis(**span_up(min(_HEIGHT, 180 + width // 4))))

    def draw(self, width: int) -> tuple[float, float, list[SafeString]]:
        frame = self._frame(width)
        marks = frame.grid_up(numbered(frame.up))
        tokens = sorted({group.tokens for one in self.series for group in one.groups})
        marks += frame.ticks_across([(log10(one), self.tokens(one)) for one in tokens])
        marks += frame.titles(_("Tokens of input"), _("Score, percent"))
        for number, one in enumerate(self.series, 1):
            marks.append(_series(frame, number, one, self.tokens))
        return width, frame.bottom + BELOW, marks

    def figure(self, look: palette.Look) -> Figure:
        data: list[dict[str, Any]] = [
            {
                "type": "scatter",
                "name": one.name,
                "x": [round(group.tokens, 1) for group in one.groups],
                "y": [percent(group.mean) for group in one.groups],
                "error_y": {
                    "type": "data",
                    "symmetric": False,
                    "array": [percent(group.high - group.mean) for group in one.groups],
                    "arrayminus": [percent(group.mean - group.low) for group in one.groups],
                },
                "mode": "lines+markers",
                "line": palette.line(look, number),
                "marker": palette.marker(look, number),
                "hovertemplate": "%{x:.4s}: %{y:.1f} %<extra>%{fullData.name}</extra>",
            }
            for number, one in enumerate(self.series, 1)
        ]
        known = sorted({group.tokens for one in self.series for group in one.groups})
        frame = self._frame(NARROW)
        kept = apart([(frame.across.place(log10(one)), self.tokens(one)) for one in known])
        tokens = [known[at] for at in kept]
        marked = {"tickvals": tokens, "ticktext": [self.tokens(one) for one in tokens]}
        axes = {
            "xaxis": palette.axis(look, _("Tokens of input"), type="log", **marked),
            "yaxis": palette.axis(look, _("Score, percent"), range=[-2, 102]),
        }
        return {"data": data, "layout": palette.layout(look, **axes, height=440)}


def group_by_length(
    lengths: Sequence[float], scores: Sequence[float], *, groups: int = 6
) -> tuple[Group, ...]:
    """Groups of about equally many examples, from short to long.

    Examples of one length are never parted, so that there may be fewer groups.  The interval is
    Wilson's for the mean of fractions in [0, 1]: a share of n examples that is right.

    Args:
        lengths: in tokens, one an example.
        scores: fractions in the same order.
        groups: at most this many.
    """
    edges = [quantile(lengths, at / groups) for at in range(1, groups)]
    found: dict[int, list[tuple[float, float]]] = {}
    for length, score in zip(lengths, scores, strict=True):
        found.setdefault(sum(length > edge for edge in edges), []).append((length, score))
    return tuple(_group(found[at]) for at in sorted(found))


def _group(pairs: Sequence[tuple[float, float]]) -> Group:
    n = len(pairs)
    mean = sum(score for _length, score in pairs) / n
    low, high = wilson(mean, n)
    return Group(quantile([length for length, _score in pairs], 0.5), n, mean, low, high)


def wilson(share: float, n: int) -> tuple[float, float]:
    """Wilson's 95 % interval of a share of n; it stays within [0, 1] and holds at both ends.

    Source: E. B. Wilson, Probable inference, JASA 22 (1927), 209-212.
    """
    square = _SIGMAS**2 / n
    middle = (share + square / 2) / (1 + square)
    half = _SIGMAS * sqrt(share * (1 - share) / n + square / (4 * n)) / (1 + square)
    return min(share, max(0.0, middle - half)), max(share, min(1.0, middle + half))


def _series(
    frame: Frame, number: int, one: LengthSeries, label: Callable[[float], str]
) -> SafeString:
    def points(end: str) -> list[tuple[float, float]]:
        return [frame.point(log10(group.tokens), 100 * getattr(group, end)) for group in one.groups]

    band = path([*points("low"), *reversed(points("high"))], is_closed=True)
    signs = [
        mark(
            "path",
            at=(one.name, label(group.tokens)),
            value=shown(group.mean),
            d=shape(number, x, y),
            class_="chart__sign",
        )
        for group, (x, y) in zip(one.groups, points("mean"), strict=True)
    ]
    return element(
        "g",
        element("path", d=band, class_="chart__band"),
        element("path", d=path(points("mean")), class_="chart__line"),
        *signs,
        class_=f"series-{number}",
    )
