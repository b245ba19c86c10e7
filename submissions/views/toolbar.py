"""What stands around the board's table: filters as chips, presets, sets of columns, sections."""

from dataclasses import dataclass, replace
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from scoring import Suite
from submissions.board_query import COLUMN_SETS, BoardQuery
from submissions.rows import Board, BoardRow

FORMATS: Final = ("csv", "json", "parquet", "tex", "md")
# More releases than this are chosen from a list.
_MOST_TABS: Final = 5
# What the form of filters has a field for; the rest of an address goes with it hidden.
_FIELDS: Final = frozenset(
    {"q", "weights", "params_min", "params_max", "context_min", "context_max", "licence", "tier"}
    | {"sort", "order", "after", "before", "open"}
)
_NO_FACETS: Final[dict[str, Any]] = {
    "weights": "",
    "params_min": None,
    "params_max": None,
    "context_min": None,
    "context_max": None,
    "licences": (),
    "tiers": (),
}


@dataclass(frozen=True, slots=True)
class Link:
    """A choice: what it is called, where it leads, whether it is the one that holds now."""

    name: str
    href: str
    is_current: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the board on this page, and how many rows it has in all."""

    part: str
    rows: tuple[BoardRow, ...]
    total: int
    # Where all of it stands, if more of it is than here.
    href: str


def toolbar_context(suite: Suite, board: Board) -> dict[str, Any]:
    """What the templates around the table show."""
    query = board.query
    hidden = _FIELDS if len(board.releases) <= _MOST_TABS else _FIELDS | {"release"}
    here = {row.submission_id for row in board.rows}
    here_href = query.address(cursor=query.cursor)
    releases = [("", _("All releases")), *((one.name, one.title) for one in board.releases)]
    return {
        "releases": [
            (name, title, query.address(release=name or None), name == (query.release or ""))
            for name, title in releases
        ],
        "are_releases_tabs": 1 < len(board.releases) <= _MOST_TABS,
        "tracks": [
            (one, name, query.address(board=one, release=None), one == query.board)
            for one, name in board.tracks.items()
        ],
        "presets": presets(query),
        "chips": chips(query),
        "column_sets": column_sets(query),
        "heat_href": query.address(heat=not query.heat),
        "density_href": query.address(is_compact=not query.is_compact),
        "plain_href": query.address(q="", release=None, part="", **_NO_FACETS),
        "exports": [(one, query.address(pins=())) for one in FORMATS],
        "access_names": access_names(),
        "tier_names": tier_names(),
        "part_names": part_names(),
        "next_href": query.address(cursor=board.next) if board.next else "",
        "previous_href": query.address(cursor=board.previous) if board.previous else "",
        "kept": [one for one in query.parameters() if one[0] not in hidden],
        "pins_elsewhere": [one for one in query.pins if one not in here],
        "open_href": f"{here_href}{'&' if len(here_href) > 1 else ''}",
        "close_href": here_href,
        "kept_with_pins": [one for one in query.parameters() if one[0] != "s"],
        "sorts": [(task.slug, task.name) for task in suite.tasks],
    }


def sections(board: Board) -> list[Section]:
    """The board's parts that have rows, in their order."""
    return [
        Section(part, rows, total, board.query.address(part=part) if total > len(rows) else "")
        for part, total in board.counts.items()
        if (rows := tuple(row for row in board.rows if row.part == part)) or total
    ]


def chips(query: BoardQuery) -> list[Link]:
    """Every filter that holds, with the address without it."""
    parts, access = part_names(), access_names()
    single: list[tuple[str, Any, str]] = [
        ("q", "", f"“{query.q}”"),
        ("release", None, query.release or ""),
        ("weights", "", access.get(query.weights, "")),
        ("params_min", None, f"≥ {short_count(query.params_min or 0)} params"),
        ("params_max", None, f"≤ {short_count(query.params_max or 0)} params"),
        ("context_min", None, f"≥ {short_count(query.context_min or 0)} context"),
        ("context_max", None, f"≤ {short_count(query.context_max or 0)} context"),
        ("part", "", parts.get(query.part, "")),
    ]
    found = [
        Link(text, query.address(**{name: nothing}))
        for name, nothing, text in single
        if getattr(query, name) != nothing
    ]
    for name, values in (("licences", query.licences), ("tiers", query.tiers)):
        for value in values:
            others = tuple(one for one in values if one != value)
            found.append(Link(tier_names().get(value, value), query.address(**{name: others})))
    return found


def presets(query: BoardQuery) -> list[Link]:
    """Views that many ask for, each a set of filters in place of those that hold."""
    wanted: list[tuple[str, dict[str, Any]]] = [
        (pgettext("every model", "All"), {}),
        (_("Open"), {"weights": "open"}),
        (_("≤ 10B"), {"params_max": 10_000_000_000}),
        (_("≥ 1M context"), {"context_min": 1_000_000}),
        (_("Verified"), {"tiers": ("run", "rescored")}),
    ]
    found = []
    for name, facets in wanted:
        changed = replace(query.without_place(), **(_NO_FACETS | facets))
        found.append(Link(name, changed.address(), changed == query.without_place()))
    return found


def column_sets(query: BoardQuery) -> list[Link]:
    """The sets of columns."""
    names = {
        "all": _("All tasks"),
        "summary": _("Summary"),
        "families": _("Families"),
        "cost": _("Cost"),
        "protocol": _("Protocol"),
    }
    return [
        Link(names[one], query.address(columns=one), one == query.columns) for one in COLUMN_SETS
    ]


def short_count(value: int) -> str:
    """A large number in three figures: 7B, 128K."""
    for step, suffix in ((10**12, "T"), (10**9, "B"), (10**6, "M"), (10**3, "K")):
        if value >= step:
            return f"{value / step:.3g}{suffix}"
    return str(value)


def access_names() -> dict[str, str]:
    """What the kinds of access to a model's weights are called."""
    return {"open": _("open"), "closed": _("closed")}


def tier_names() -> dict[str, str]:
    """Who made the figures, in few words."""
    return {
        "run": _("run by us"),
        "rescored": pgettext("tier", "re-scored"),
        "reported": _("reported"),
    }


def part_names() -> dict[str, str]:
    """What the parts of the board are called."""
    return {
        "ranked": _("Ranked"),
        "incomplete": _("Incomplete"),
        "reported": _("Reported"),
        "withdrawn": _("Withdrawn"),
    }
