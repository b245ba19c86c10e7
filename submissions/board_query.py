"""What somebody asks of the board: parsed from an address, and written back as one.

    query = parse_query(request.GET, suite)      # a page's or an API request's parameters
    board = read_board(query)                    # submissions.leaderboard: a page of rows
    query.address(sort="passkey", after=None)    # "?sort=passkey&order=desc"

Parameters, all optional; what is not understood is left out and named in `problems`:

    track        the board (default: the suite's own), by its slug
    scorer       whose scores; rows of different scorers are never mixed
    release      only rows on this release, by its name
    q            search: terms that must all hold; `;` between alternatives; `@field:` terms
    weights      open or closed
    params_min, params_max, context_min, context_max    numbers such as 7B, 128K, 1000000
    licence      a licence; may be repeated
    tier         run, rescored or reported; may be repeated
    part         only ranked, incomplete, reported or withdrawn rows
    sort, order  rank, name, average, date or a task's slug; asc or desc
    columns      the set of columns: summary, all, families, cost or protocol
    heat         off: no tint behind the scores
    density      compact: lower rows of one line
    s            submissions pinned for a comparison, separated by commas or repeated
    open         the submission whose row is opened
    after, before    a place in the order, as a page's links give it
"""

import base64
import binascii
import json
import math
import re
from dataclasses import dataclass, field, replace
from typing import Any, Final
from urllib.parse import urlencode

from django.conf import settings
from django.http import QueryDict
from django.utils.translation import gettext as _

from scoring import Suite
from submissions.models import SORT_COLUMNS, ModelEntry, Part, Tier
from submissions.search import MOST_CHARACTERS, read_magnitude

SORTS: Final = tuple(SORT_COLUMNS)
# What is best or newest stands on top the first time that somebody sorts by it.
ASCENDING_FIRST: Final = frozenset({"rank", "name"})
COLUMN_SETS: Final = ("all", "summary", "families", "cost", "protocol")
MOST_PINS: Final = 6
_PUBLIC_ID: Final = re.compile(r"[-\w]{1,16}", re.ASCII)
_NUMBERS: Final = ("params_min", "params_max", "context_min", "context_max")


@dataclass(frozen=True, slots=True)
class Cursor:
    """A place between two rows: what the row beside it is sorted by, its name and line."""

    value: float | str | None
    name_key: str
    line: int
    # Whether the rows wanted stand before that place.
    is_before: bool = False

    def encode(self) -> str:
        """As it stands in an address."""
        text = json.dumps([self.value, self.name_key, self.line], separators=(",", ":"))
        return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def read_cursor(text: str, *, is_before: bool) -> Cursor | None:
    """A cursor from an address; None if nobody wrote it here."""
    try:
        value, name_key, line = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except (binascii.Error, ValueError, TypeError):
        return None
    is_known = (value is None or isinstance(value, str | float | int)) and "\0" not in str(value)
    is_finite = not isinstance(value, float) or math.isfinite(value)
    if not (is_known and is_finite and isinstance(name_key, str) and "\0" not in name_key):
        return None
    if isinstance(line, bool) or not isinstance(line, int) or not 0 <= line < 2**63:
        return None
    return Cursor(value, name_key, line, is_before)


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardQuery:
    """Everything that a board's address can say."""

    suite: str
    board: str
    scorer: str
    release: str | None = None
    q: str = ""
    weights: str = ""
    params_min: int | None = None
    params_max: int | None = None
    context_min: int | None = None
    context_max: int | None = None
    licences: tuple[str, ...] = ()
    tiers: tuple[str, ...] = ()
    part: str = ""
    sort: str = "rank"
    # None: what is natural for `sort`.
    order: str = ""
    columns: str = "all"
    heat: bool = True
    is_compact: bool = False
    pins: tuple[str, ...] = ()
    opened: str = ""
    cursor: Cursor | None = None
    problems: tuple[str, ...] = field(default=(), compare=False)

    @property
    def is_descending(self) -> bool:
        """The direction in which the rows stand."""
        return self.sort not in ASCENDING_FIRST if not self.order else self.order == "desc"

    @property
    def is_filtered(self) -> bool:
        """Whether rows of the board may be missing because of a filter."""
        plain = replace(self.without_place(), part="")
        return plain != BoardQuery(
            suite=self.suite,
            board=self.board,
            scorer=self.scorer,
            **{name: getattr(self, name) for name in _SHOWN_ONLY},
        )

    def without_place(self) -> "BoardQuery":
        """The same rows from their beginning."""
        return replace(self, cursor=None)

    def parameters(self) -> list[tuple[str, str]]:
        """Name and value of what differs from a plain board, in a fixed order."""
        descending = "desc" if self.is_descending else "asc"
        is_natural = not self.order or self.is_descending == (self.sort not in ASCENDING_FIRST)
        pairs: list[tuple[str, Any]] = [
            ("track", self.board if self.board != self.suite else ""),
            ("scorer", self.scorer if self.scorer != settings.DEFAULT_SCORER else ""),
            ("release", self.release),
            ("q", self.q),
            ("weights", self.weights),
            *((name, getattr(self, name)) for name in _NUMBERS),
            *(("licence", one) for one in self.licences),
            *(("tier", one) for one in self.tiers),
            ("part", self.part),
            ("sort", self.sort if self.sort != "rank" or not is_natural else ""),
            ("order", descending if self.sort != "rank" or not is_natural else ""),
            ("columns", self.columns if self.columns != "all" else ""),
            ("heat", "" if self.heat else "off"),
            ("density", "compact" if self.is_compact else ""),
            ("s", ",".join(self.pins)),
            ("open", self.opened),
        ]
        if self.cursor:
            pairs.append(("before" if self.cursor.is_before else "after", self.cursor.encode()))
        return [(name, str(value)) for name, value in pairs if value not in (None, "")]

    def address(self, **changes: Any) -> str:
        """The query string with some fields changed, from the first row on; always with a "?"."""
        changed = replace(self, **({"cursor": None, "opened": ""} | changes))
        return f"?{urlencode(changed.parameters(), safe=',')}"


# What changes how the rows look and not which they are.
_SHOWN_ONLY: Final = ("sort", "order", "columns", "heat", "is_compact", "pins", "opened")


def default_query(suite: Suite, **changes: Any) -> BoardQuery:
    """The board as it opens."""
    plain = BoardQuery(suite=suite.slug, board=suite.slug, scorer=settings.DEFAULT_SCORER)
    return replace(plain, **changes)


def parse_query(parameters: QueryDict, suite: Suite) -> BoardQuery:
    """Read an address.  Scorer, track and release are taken as they are: a view looks them up."""
    problems: list[str] = []
    read = _Reader(parameters, problems)
    numbers = {name: read.number(name) for name in _NUMBERS}
    return BoardQuery(
        suite=suite.slug,
        board=read.text("track") or suite.slug,
        scorer=read.text("scorer") or settings.DEFAULT_SCORER,
        release=read.text("release") or None,
        q=" ".join(read.text("q").split())[: MOST_CHARACTERS + 1],
        weights=read.choice("weights", ModelEntry.Weights.values),
        licences=read.several("licence", None),
        tiers=read.several("tier", Tier.values),
        part=read.choice("part", Part.labels),
        # Anything that is no column is the rank, and always was.
        sort=sort if (sort := read.text("sort")) in (*SORTS, *suite.slugs) else "rank",
        order=read.choice("order", ("asc", "desc")),
        columns=read.choice("columns", COLUMN_SETS) or "all",
        heat=read.text("heat") != "off",
        is_compact=read.text("density") == "compact",
        pins=read.pins(),
        opened=one if _PUBLIC_ID.fullmatch(one := read.text("open")) else "",
        cursor=read.cursor(),
        problems=tuple(problems),
        **numbers,
    )


@dataclass(frozen=True, slots=True)
class _Reader:
    """Takes values out of parameters, and notes what they may not be."""

    parameters: QueryDict
    problems: list[str]

    def text(self, name: str) -> str:
        # PostgreSQL refuses to look for a NUL.
        return str(self.parameters.get(name, "") or "").replace("\0", "").strip()

    def choice(self, name: str, known: Any) -> str:
        value = self.text(name)
        if not value or value in known:
            return value
        self._refuse(name, value, known)
        return ""

    def several(self, name: str, known: Any) -> tuple[str, ...]:
        values = [str(one).replace("\0", "").strip() for one in self.parameters.getlist(name)]
        kept = [one for one in dict.fromkeys(values) if one and (known is None or one in known)]
        for value in values:
            if value and known is not None and value not in known:
                self._refuse(name, value, known)
        return tuple(one.casefold() for one in kept[:20])

    def number(self, name: str) -> int | None:
        value = self.text(name)
        number = read_magnitude(value) if value else None
        if value and number is None:
            self.problems.append(
                _("“%(name)s=%(value)s” was left out: write a number such as 7B or 128K.")
                % {"name": name, "value": value[:40]}
            )
        return number

    def pins(self) -> tuple[str, ...]:
        named = [
            str(one) for value in self.parameters.getlist("s") for one in str(value).split(",")
        ]
        known = [one for one in dict.fromkeys(named) if _PUBLIC_ID.fullmatch(one)]
        return tuple(known[:MOST_PINS])

    def cursor(self) -> Cursor | None:
        for name in ("after", "before"):
            if value := self.text(name):
                if found := read_cursor(value, is_before=name == "before"):
                    return found
                self.problems.append(_("This place in the list is not known: it begins anew."))
        return None

    def _refuse(self, name: str, value: str, known: Any) -> None:
        self.problems.append(
            _("“%(name)s=%(value)s” was left out: it may be %(known)s.")
            % {"name": name, "value": value[:40], "known": ", ".join(known)}
        )
