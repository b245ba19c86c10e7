"""How numbers and texts look on pages: the only place where a fraction becomes a percentage."""

import json
import math
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Final, Protocol

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, gettext_lazy

from scoring import Suite
from submissions.charts.axis import Axis
from submissions.charts.numbers import shown, track_length
from submissions.models import ReportedScore
from submissions.rows import BoardRow, Cell
from submissions.text_difference import Parted, first_difference

register = template.Library()

MINUS: Final = "\u2212"
_STEPS: Final = ((10**12, "T"), (10**9, "B"), (10**6, "M"), (10**3, "K"))


class RankedLike(Protocol):
    """Whatever has an interval of ranks."""

    @property
    def rank_low(self) -> int | None: ...

    @property
    def rank_high(self) -> int | None: ...


@register.filter
def percent(value: float | None) -> str:
    """A fraction as percent with one decimal; what is small but not zero never reads 0.0."""
    return shown(value if value is not None and math.isfinite(value) else None)


def percent_exact(value: float | None) -> str:
    """A fraction as percent with four decimals, for a title."""
    return "" if value is None or not math.isfinite(value) else f"{value * 100:.4f} %"


@register.filter
def percent_two(value: float) -> str:
    """A fraction as percent with the two decimals that the authors printed."""
    return f"{value * 100:.2f}"


@register.filter
def printed(figure: Cell | ReportedScore) -> str:
    """A figure as the authors printed it, in percent."""
    if figure.value is None:
        return f"< {(figure.below or 0.0) * 100:g}"
    return f"{figure.value * 100:.2f}".rstrip("0").rstrip(".")


@register.filter
def heat(value: float | None) -> str:
    """The class of a cell's tint: h0 below ten percent up to h9, and h10 for full marks."""
    if value is None or not math.isfinite(value):
        return "h0"
    # Twelve decimals: 0.7 * 10 must not fall to the step below.
    return f"h{min(10, max(0, math.floor(round(value * 10, 12))))}"


@register.filter
def score(cell: Cell | None) -> SafeString:
    """A cell's text: percent, a bound such as < 5, or a dash that says why."""
    if cell is not None and cell.below is not None:
        bound = f"{cell.below * 100:g}"
        why = gettext("reported only as below %(bound)s %%") % {"bound": bound}
        return format_html('<span title="{}">&lt; {}</span>', why, bound)
    if cell is None or cell.value is None or not math.isfinite(cell.value):
        return format_html('<abbr title="{}">\u2013</abbr>', gettext("not submitted"))
    return format_html('<span title="{}">{}</span>', percent_exact(cell.value), percent(cell.value))


@register.filter
def as_cell(value: float | None) -> Cell:
    """A bare fraction as a cell."""
    return Cell(value)


@register.filter
def lookup(mapping: dict[str, Any], key: str) -> Any:
    """A mapping's value; templates cannot ask for a key that is in a variable."""
    return mapping.get(key)


@register.filter
def count(value: int | None) -> str:
    """A large number in three figures: 7B, 128K; empty where there is none."""
    if not value:
        return ""
    for step, suffix in _STEPS:
        if value >= step:
            return f"{value / step:.3g}{suffix}"
    return str(value)


@register.filter
def as_length(tokens: int) -> str:
    """Tokens as lengths of tracks are shown: 4K, 1M."""
    return track_length(tokens)


@register.filter
def family_class(family: str) -> str:
    """The class that carries a task family's colour."""
    return f"family--{family[:2].lower()}"


@register.filter
def before_dot(name: str) -> str:
    """The family part of a task's name, with its dot."""
    return name[: name.find(".") + 1]


@register.filter
def after_dot(name: str) -> str:
    """A task's name without its family part."""
    return name[name.find(".") + 1 :]


@register.filter
def points(value: float | None) -> str:
    """A difference of fractions in percentage points, with its sign."""
    if value is None or not math.isfinite(value):
        return "\u2013"
    # What is left of a difference of equal numbers is rounding.
    shown = percent(value if abs(value) > 1e-9 else 0.0)
    return f"+{shown}" if value > 1e-9 else shown


@register.filter
def p_value(p: float, equals: str = "") -> str:
    """A p-value to four places; `equals` stands before it unless it is smaller than that."""
    if p < 0.0001:
        return "< 0.0001"
    shown = f"{p:.4f}" if p < 0.01 else f"{p:.3f}" if p < 0.1 else f"{p:.2f}"
    return f"{equals} {shown}" if equals else shown


@register.filter
def pick(at: int, several: Sequence[Any]) -> Any:
    """The item at a place that is in a variable, from 0."""
    return several[at]


@register.filter
def pick_next(at: int, several: Sequence[Any]) -> Any:
    """The item behind that place."""
    return several[at + 1]


@register.filter
def rank_range(row: RankedLike) -> str:
    """The ranks that the scores allow: 1\u20133, or 2 where there is only one."""
    if row.rank_low == row.rank_high:
        return str(row.rank_low)
    return f"{row.rank_low}\u2013{row.rank_high}"


@register.filter
def half_width(row: BoardRow) -> str:
    """Half of an average's interval in percent, or both ends where an end of the scale cut it."""
    if row.low is None or row.high is None or row.average is None:
        return ""
    below, above = row.average - row.low, row.high - row.average
    if abs(above - below) > 0.0005:
        return f"[{percent(row.low)}, {percent(row.high)}]"
    return f"\u00b1{percent((row.high - row.low) / 2)}"


@register.filter
def strip(row: BoardRow, axis: Axis) -> str:
    """The path of an average's interval on the axis: a line, and a bar at the average."""
    low, middle, high = (axis.place(100 * (one or 0.0)) for one in (row.low, row.average, row.high))
    return f"M{low:g} 6H{high:g}M{middle:g} 2V10"


@register.filter
def average_label(name: str, suite: Suite) -> str:
    """What another average is called."""
    if name.startswith("without_"):
        task = suite.task(name.removeprefix("without_")).name
        return gettext("without %(task)s") % {"task": task}
    known = {"family": gettext("by family"), "above_chance": gettext("above chance")}
    return known.get(name, words(name))


@register.filter
def words(slug: str) -> str:
    """A slug in words."""
    return slug.replace("_", " ").replace("-", " ")


_OUTCOMES: Final = {
    "right": gettext_lazy("right"),
    "partial": gettext_lazy("partial"),
    "wrong": gettext_lazy("wrong"),
    "refused": gettext_lazy("refused"),
    "truncated": gettext_lazy("truncated"),
    "empty": gettext_lazy("empty"),
    "unscorable": gettext_lazy("unscorable"),
    "missing": gettext_lazy("missing"),
    "differs": gettext_lazy("scorers differ"),
}


@register.filter
def outcome_words(outcome: str) -> str:
    """An outcome's slug in the reader's language."""
    return str(_OUTCOMES.get(outcome, words(outcome)))


@register.filter
def parted_from(prediction: str, answer: Any) -> Parted | None:
    """Where a prediction parts from the answer, or from the nearest of several."""
    if isinstance(answer, list) and answer and all(isinstance(one, str) for one in answer):
        return first_difference(prediction, answer)
    if isinstance(answer, list):
        # As models write them, without brackets.
        return first_difference(prediction, [", ".join(map(str, answer))])
    return first_difference(prediction, [answer_text(answer)])


@register.filter
def seconds(value: float) -> str:
    """A span of time in the largest unit that it fills."""
    for size, text in (
        (86400, gettext("%(n)s d")),
        (3600, gettext("%(n)s h")),
        (60, gettext("%(n)s min")),
    ):
        if value >= size:
            return text % {"n": round(value / size)}
    return gettext("%(n)s s") % {"n": round(value) if value >= 10 else f"{value:.1f}"}


@register.filter
def lang_code(language: str) -> str:
    """The value of a lang attribute for a task's texts."""
    return "zh" if language.lower().startswith(("zh", "chin")) else "en"


@register.filter
def answer_text(answer: Any) -> str:
    """An answer in any canonical shape as text; several right answers stand on lines."""
    if isinstance(answer, str):
        return answer
    if isinstance(answer, list) and answer and all(isinstance(one, str) for one in answer):
        return "\n".join(answer)
    return json.dumps(answer, ensure_ascii=False)


@register.filter
def when(value: datetime | None) -> SafeString:
    """A time in UTC to the minute, as an element that machines read too."""
    if value is None:
        return SafeString("")
    utc = value.astimezone(UTC)
    return format_html(
        '<time datetime="{}">{}</time>',
        utc.isoformat(timespec="seconds"),
        f"{utc:%Y-%m-%d %H:%M} UTC",
    )


@register.filter
def day(value: datetime | None) -> SafeString:
    """The day of a time, in UTC."""
    if value is None:
        return SafeString("")
    utc = value.astimezone(UTC)
    return format_html(
        '<time datetime="{}">{}</time>', utc.isoformat(timespec="seconds"), f"{utc:%Y-%m-%d}"
    )


@register.filter
def duration(seconds: float | None) -> str:
    """A length of time in the two largest of its units that matter: 2 h 5 min, 40 s."""
    if seconds is None:
        return "–"
    whole = max(1, round(seconds))
    hours, minutes = whole // 3600, whole % 3600 // 60
    if hours >= 48:
        return gettext("%(days)s days") % {"days": round(whole / 86_400)}
    if hours:
        return gettext("%(hours)s h %(minutes)s min") % {"hours": hours, "minutes": minutes}
    if minutes:
        return gettext("%(minutes)s min") % {"minutes": minutes}
    return gettext("%(seconds)s s") % {"seconds": whole}
