"""The board's columns: which a set has, where their heads lead, what their cells hold."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from django.utils.translation import gettext as _

from scoring import Suite
from submissions.board_query import ASCENDING_FIRST, BoardQuery
from submissions.rows import BoardRow, Cell


@dataclass(frozen=True, slots=True)
class Column:
    """A column's head: its name, and where its sort link leads; empty where nothing sorts by it."""

    slug: str
    name: str
    family: str = ""
    href: str = ""
    # The value of aria-sort on the one column that the rows are sorted by, else empty.
    sorted: str = ""
    # The tasks whose mean its cells hold; none: a fact about the run.
    tasks: tuple[str, ...] = ()
    # Of a fact: whether it stands to the right, as figures do.
    is_number: bool = False

    def cell(self, row: BoardRow) -> Cell:
        """The row's score in this column; a family has one only where all its tasks have."""
        if len(self.tasks) == 1:
            return row.cells[self.tasks[0]]
        values = [row.cells[task].value for task in self.tasks]
        known = [value for value in values if value is not None]
        return Cell(sum(known) / len(known) if known and len(known) == len(values) else None)


_COSTS: Final = ("usd", "usd_each", "tokens_in", "tokens_out", "hours", "seconds_each")
_FACTS: Final = ("access", "licence", "parameters", "context", "tier", "release")


def score_columns(query: BoardQuery, suite: Suite) -> list[Column]:
    """The columns between the average and the coverage in the query's set of columns."""
    if query.columns == "protocol":
        names = fact_names()
        return [Column(slug, names[slug]) for slug in _FACTS]
    if query.columns == "cost":
        costs = cost_names()
        return [Column(slug, costs[slug], is_number=True) for slug in _COSTS]
    if query.columns == "summary":
        return []
    if query.columns == "families":
        return family_columns(suite)
    return [
        sort_column(query, task.slug, task.name, family=task.family, tasks=(task.slug,))
        for task in suite.tasks
    ]


def family_columns(suite: Suite) -> list[Column]:
    """A column for each family of tasks, with the mean of its tasks."""
    return [
        Column(family, family, family, tasks=tuple(task.slug for task in of))
        for family, of in groupby(suite.tasks, lambda one: one.family)
    ]


def fact_names() -> dict[str, str]:
    """What the facts about a run are called."""
    return {
        "access": _("Access"),
        "licence": _("Licence"),
        "parameters": _("Parameters"),
        "context": _("Context"),
        "tier": _("Checked"),
        "release": _("Release"),
    }


def cost_names() -> dict[str, str]:
    """What the costs of a run are called; an example is one that was answered."""
    return {
        "usd": _("US$"),
        "usd_each": _("US$ an example"),
        "tokens_in": _("Tokens read"),
        "tokens_out": _("Tokens written"),
        "hours": _("Hours"),
        "seconds_each": _("Seconds an example"),
    }


def sort_column(
    query: BoardQuery, slug: str, name: str, *, family: str = "", tasks: tuple[str, ...] = ()
) -> Column:
    """A column whose head sorts by it, and turns it round where it is sorted so already."""
    is_sorted = query.sort == slug
    descending = not query.is_descending if is_sorted else slug not in ASCENDING_FIRST
    direction = "descending" if query.is_descending else "ascending"
    href = query.address(sort=slug, order="desc" if descending else "asc")
    return Column(slug, name, family, href, direction if is_sorted else "", tasks)


def families(columns: Sequence[Column]) -> list[tuple[str, int]]:
    """Neighbouring columns of one family, and how many they are."""
    return [(family, len(list(of))) for family, of in groupby(columns, lambda one: one.family)]
