"""Shows a chart: drawing, legend, the button that loads Plotly, and the numbers as a table."""

from typing import Any

from django import template

from submissions.views.drawn import Drawn

register = template.Library()


@register.inclusion_tag("charts/_chart.html")
def chart(drawn: Drawn, level: int = 2) -> dict[str, Any]:
    """A chart of a page; `level` is that of its heading, 2 or 3."""
    one = drawn.chart
    return {
        "chart": one,
        "href": drawn.href,
        # A number and its sign stay on one line.
        "finding": one.finding.replace(" %", "\u00a0%"),
        "level": level,
        "svg": one.svg(),
        "table": one.table(),
    }
