"""The cells of the board's table.  Twelve hundred stand on a page, so they are made in Python."""

import math
from collections.abc import Sequence
from typing import Any, Final

from django import template
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from submissions.rows import BoardRow, Cell
from submissions.templatetags.portal import family_class, percent
from submissions.views.columns import Column
from submissions.views.toolbar import access_names, short_count, tier_names

register = template.Library()
# Of the tint and the bar in a cell: five percent each.
STEPS: Final = 20


@register.filter
def tint(value: float | None) -> str:
    """The class of a cell's tint and bar: v0 for nothing up to v20 for full marks."""
    if value is None or not math.isfinite(value):
        return "v0"
    return f"v{min(STEPS, max(0, round(value * STEPS)))}"


@register.simple_tag
def score_cells(row: BoardRow, columns: Sequence[Column], note_page: str = "") -> SafeString:
    """A row's cells, one for each column."""
    return mark_safe("".join(_cell(row, column, note_page) for column in columns))  # noqa: S308


@register.simple_tag
def family_cells(row: BoardRow, columns: Sequence[Column]) -> SafeString:
    """A row's means by family, each with a bar in the family's colour."""
    cells = []
    for column in columns:
        cell = column.cell(row)
        classes = f"{tint(cell.value)} {family_class(column.name)}"
        cells.append(f'<td class="{classes}">{_text(cell)}</td>')
    return mark_safe("".join(cells))  # noqa: S308


def _cell(row: BoardRow, column: Column, note_page: str) -> str:
    label = f' data-label="{conditional_escape(column.name)}"' if column.sorted else ""
    if not column.tasks:
        return f"<td class=fact>{conditional_escape(_fact(row, column.slug))}</td>"
    cell = column.cell(row)
    classes = tint(cell.value)
    if column.slug in row.inseparable:
        classes += " is-best"
    if cell.note:
        classes += " has-mark"
    return f'<td class="{classes}"{label}>{_text(cell)}{_mark(cell, note_page)}</td>'


def _text(cell: Cell) -> str:
    if cell.below is not None:
        bound = f"{cell.below * 100:g}"
        title = conditional_escape(_("reported only as below %(bound)s %%") % {"bound": bound})
        return f'<span title="{title}">&lt; {bound}</span>'
    if cell.value is None or not math.isfinite(cell.value):
        return f'<abbr title="{conditional_escape(_("not submitted"))}">–</abbr>'
    return percent(cell.value)


def _mark(cell: Cell, note_page: str) -> str:
    if not cell.note:
        return ""
    return format_html(
        '<a class="mark" id="from-{}" href="{}#note-{}" aria-label="{}">{}</a>',
        cell.note,
        note_page,
        cell.note,
        _("note %(number)s") % {"number": cell.note},
        cell.note,
    )


def _fact(row: BoardRow, slug: str) -> str:
    facts: dict[str, Any] = {
        "access": access_names().get(row.weights, row.weights),
        "licence": row.licence,
        "parameters": short_count(row.parameters) if row.parameters else "",
        "context": short_count(row.context_tokens) if row.context_tokens else "",
        "tier": tier_names().get(row.tier, row.tier),
        "release": row.release,
    }
    return facts[slug] or "–"


@register.filter
def under_name(row: BoardRow) -> str:
    """Who made a model, how open it is, how far it reads."""
    parts = [row.organization, access_names().get(row.weights, row.weights)]
    if row.context_tokens:
        parts.append(short_count(row.context_tokens))
    return " · ".join(part for part in parts if part)


@register.filter
def checked(row: BoardRow) -> str:
    """Who made a row's figures."""
    return tier_names().get(row.tier, row.tier)
