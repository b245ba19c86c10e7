"""Shows a chart: drawing, legend, the button that loads Plotly, and the numbers as a table."""

import re
from typing import Any

from django import template

from submissions.views.drawn import Drawn

register = template.Library()


@register.inclusion_tag("charts/_chart.html")
def chart(drawn: Drawn, level: int = 2, *, is_wide: bool = False) -> dict[str, Any]:
    """A chart of a page; `level` is that of its heading, 2 or 3; a wide one has a page's width."""
    one = drawn.chart
    return {
        "chart": one,
        "href": drawn.href,
        "finding": unbroken(one.finding),
        "level": level,
        "drawings": one.drawings(is_wide=is_wide),
        "table": one.table(),
    }


@register.filter
def unbroken(text: str) -> str:
    """A text whose names and figures stay on one line: no break after a hyphen or before a percent.

    U+2060 is a word joiner: it has no width, and a line does not break at it.
    """
    return re.sub(r"(?<=\S)-(?=\w)", "-\u2060", text).replace(" %", "\u00a0%")
