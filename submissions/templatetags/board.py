"""The rows of the board's table, made in Python.

A hundred rows of twenty cells are the page: as templates they took most of its time and, with the
tags that HTML lets be left out, most of its size.
"""

import math
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, Final

from django import template
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from submissions.charts.axis import Axis
from submissions.rows import BoardRow, Cell
from submissions.templatetags.portal import family_class, half_width, percent, rank_range, strip
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


@register.simple_tag(takes_context=True)
def board_rows(context: Any, rows: Sequence[BoardRow]) -> SafeString:
    """Rows of the table, an opened one with its details below it."""
    page = _Page(context)
    details = context.get("details")
    opened = details.row.submission_id if details else None
    html: list[str] = []
    for row in rows:
        is_open = opened is not None and row.submission_id == opened
        html.append(page.row(row, is_open=is_open))
        if is_open:
            html.append(render_to_string(_OPENED, context.flatten()))
    return mark_safe("".join(html))  # noqa: S308  Every value in it is escaped.


_OPENED: Final = "leaderboard/_opened.html"


class _Page:
    """What all rows of a page share: texts in the reader's language, links, columns."""

    def __init__(self, context: Any) -> None:
        self._columns: Sequence[Column] = context["columns"]
        self._axis: Axis | None = context["axis"]
        self._pins = frozenset(context["query"].pins)
        self._open_href = conditional_escape(context["open_href"])
        self._close_href = conditional_escape(context["close_href"])
        self._model_href = reverse("submissions:model", args=["slug"]).replace("slug/", "")
        self._submission_href = reverse("submissions:submission", args=["id"]).replace("id/", "")
        self._cells = ScoreCells(self._columns)
        self._access, self._tiers = access_names(), tier_names()
        names = (_("Compare"), _("Details"), _("interval is being computed"), _("reported"))
        compare, details, computed, reported = (conditional_escape(name) for name in names)
        self._compare, self._details, self._reported = compare, details, reported
        self._computed = f"<abbr title='{computed}'>…</abbr>"
        average = conditional_escape(_("an average needs all tasks"))
        self._no_average = f"<abbr title='{average}'>–</abbr>"
        self._unknown = f"<abbr title='{conditional_escape(_('not known'))}'>–</abbr>"

    def row(self, row: BoardRow, *, is_open: bool) -> str:
        """One row, from its pin to the link that opens it."""
        id_ = row.submission_id
        name = conditional_escape(row.model_name)
        return (
            f"<tr{f' id=row-{id_}' if id_ else ''}>"
            f"<td class=pin>{self._pin(id_, name) if id_ else ''}"
            f"<td class=rank>{self._rank(row)}"
            f'<th scope=row><a href="{self._model_href}{row.model_slug}/">{name}</a>'
            f"<small>{conditional_escape(_under_name(row, self._access))}</small>"
            f"<td class=avg>{self._average(row)}<td class=ci>{self._strip(row)}"
            f"{self._cells.of(row)}<td class=n>{self._answered(row)}"
            f"<td class=run>{self._run(row)}<td class=more>{self._more(id_, is_open=is_open)}\n"
        )

    def _pin(self, id_: str, name: str) -> str:
        checked = " checked" if id_ in self._pins else ""
        label = f'aria-label="{self._compare} {name}"'
        return f"<input type=checkbox name=s value={id_}{checked} {label}>"

    def _rank(self, row: BoardRow) -> str:
        if row.has_rank_interval:
            return rank_range(row)
        return f"{row.rank}{self._computed}" if row.rank else ""

    def _average(self, row: BoardRow) -> str:
        if row.average is None:
            return self._no_average
        width = f"<small>{half_width(row)}</small>" if row.low is not None else ""
        return percent(row.average) + width

    def _strip(self, row: BoardRow) -> str:
        if self._axis is None or row.low is None:
            return ""
        return f'<svg aria-hidden=true><path d="{strip(row, self._axis)}"/></svg>'

    def _answered(self, row: BoardRow) -> str:
        if not row.n or row.answered is None:
            return self._unknown
        missing = f"<small>/{row.n:,}</small>" if row.answered < row.n else ""
        return f"{row.answered:,}{missing}"

    def _run(self, row: BoardRow) -> str:
        if not row.submission_id or row.submitted_at is None:
            return f"<span class=muted>{self._reported}</span>"
        told = f"{self._tiers[row.tier]} · {row.release}"
        return (
            f'<a href="{self._submission_href}{row.submission_id}/">{row.submitted_at:%Y-%m-%d}</a>'
            f"<small>{conditional_escape(told)}</small>"
        )

    def _more(self, id_: str | None, *, is_open: bool) -> str:
        if not id_:
            return ""
        href = f"{self._close_href}" if is_open else f"{self._open_href}open={id_}"
        state, sign = ("true", "▾") if is_open else ("false", "▸")
        state = f'aria-expanded={state} aria-label="{self._details}"'
        return f'<a href="{href}#row-{id_}" {state}>{sign}</a>'


class ScoreCells:
    """The cells of some columns."""

    def __init__(self, columns: Sequence[Column]) -> None:
        self._columns = columns
        self._missing = f"<abbr title='{conditional_escape(_('not submitted'))}'>–</abbr>"
        self._unknown = f"<abbr title='{conditional_escape(_('not known'))}'>–</abbr>"

    def of(self, row: BoardRow) -> str:
        """A row's cells, one for each column."""
        return "".join(
            self._score(row, column)
            if column.tasks
            else f"<td class=n>{_cost(row, column.slug) or self._unknown}"
            if column.is_number
            else f"<td class=fact>{_fact(row, column.slug)}"
            for column in self._columns
        )

    def of_families(self, row: BoardRow) -> str:
        """A row's means by family, each with a bar in the family's colour."""
        cells = ((column.cell(row), column.name) for column in self._columns)
        return "".join(
            f'<td class="{tint(cell.value)} {family_class(name)}">{self.text(cell)}'
            for cell, name in cells
        )

    def _score(self, row: BoardRow, column: Column) -> str:
        cell = column.cell(row)
        if (
            cell.value is not None
            and cell.below is None
            and math.isfinite(cell.value)
            and not (cell.note or column.sorted or column.slug in row.inseparable)
        ):
            return _plain_score(cell.value)
        label = f' data-label="{conditional_escape(column.name)}"' if column.sorted else ""
        kind = tint(cell.value)
        if column.slug in row.inseparable or cell.note:
            best = " is-best" if column.slug in row.inseparable else ""
            kind = f'"{kind}{best}{" has-mark" if cell.note else ""}"'
        return f"<td class={kind}{label}>{self.text(cell)}{_mark(cell) if cell.note else ''}"

    def text(self, cell: Cell) -> str:
        """A cell's text: percent, a bound such as < 5, or a dash that says why."""
        if cell.below is not None:
            bound = f"{cell.below * 100:g}"
            title = conditional_escape(_("reported only as below %(bound)s %%") % {"bound": bound})
            return f'<span title="{title}">&lt; {bound}</span>'
        if cell.value is None or not math.isfinite(cell.value):
            return self._missing
        return percent(cell.value)


# A page has more than a thousand, and most scores are k of the same n.
@lru_cache(maxsize=20_000)
def _plain_score(value: float) -> str:
    return f"<td class={tint(value)}>{percent(value)}"


@register.simple_tag
def family_cells(row: BoardRow, columns: Sequence[Column]) -> SafeString:
    """A row's means by family."""
    return mark_safe(ScoreCells(columns).of_families(row))  # noqa: S308  Numbers and names of ours.


def _mark(cell: Cell) -> str:
    label = conditional_escape(_("note %(number)s") % {"number": cell.note})
    number = cell.note
    return f'<a class=mark id=from-{number} href=#note-{number} aria-label="{label}">{number}</a>'


def _cost(row: BoardRow, slug: str) -> str:
    """What asking took, empty where nobody knows; each for one answered example."""
    usage, answered = row.usage, row.answered or 0
    usd, seconds = usage.get("usd"), usage.get("seconds")
    if slug in ("tokens_in", "tokens_out"):
        return short_count(int(usage.get(slug) or 0)) if usage.get(slug) else ""
    if slug in ("usd", "usd_each"):
        each = answered if slug == "usd_each" else 1
        return f"{usd / each:,.{2 if each == 1 else 4}f}" if usd and each else ""
    if not seconds or not answered:
        return ""
    return f"{seconds / 3600:,.1f}" if slug == "hours" else f"{seconds / answered:,.1f}"


def _fact(row: BoardRow, slug: str) -> str:
    facts: dict[str, Any] = {
        "access": access_names().get(row.weights, row.weights),
        "licence": row.licence,
        "parameters": short_count(row.parameters) if row.parameters else "",
        "context": short_count(row.context_tokens) if row.context_tokens else "",
        "tier": checked(row),
        "release": row.release,
    }
    return conditional_escape(facts[slug] or "–")


@register.filter
def under_name(row: BoardRow) -> str:
    """Who made a model, how open it is, how far it reads."""
    return _under_name(row, access_names())


def _under_name(row: BoardRow, access: dict[str, str]) -> str:
    parts = [row.organization, access.get(row.weights, row.weights)]
    if row.context_tokens:
        parts.append(short_count(row.context_tokens))
    return " · ".join(part for part in parts if part)


@register.filter
def checked(row: BoardRow) -> str:
    """Who made a row's figures."""
    return tier_names().get(row.tier, row.tier)
