"""Reads what people type into the board's search: terms that must all hold, `;` between choices.

llama 8b ; @org:mistral "large 2" ; @context:>=1M ; /^gpt-?[45]/
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from functools import cached_property
from typing import Final

from django.db.models import Q
from django.utils.translation import gettext as _

from submissions.limits import PATTERNS_A_SEARCH
from submissions.patterns import BadPattern, TooSlow, compile_pattern, matching

MOST_TERMS: Final = 24
MOST_CHARACTERS: Final = 200
_TERM: Final = re.compile(
    r"(?P<choice>;)|@(?P<bare>\w+):(?![^\s;])"
    r"|(?:@(?P<field>\w+):)?(?:/(?P<pattern>(?:[^/\\]|\\.)+)/(?![^\s;])"
    r'|"(?P<quoted>[^"]*)"?|(?P<word>[^\s;]+))'
)
_MAGNITUDES: Final = {"": 0, "K": 3, "M": 6, "B": 9, "T": 12}
_MAGNITUDE: Final = re.compile(r"(\d{1,18}(?:[.,]\d{1,9})*)\s*([KMBT]?)", re.IGNORECASE)
_COMPARISON: Final = re.compile(r"(<=|>=|<|>|=|≤|≥)?(.+)")
_LOOKUPS: Final = {"<": "lt", ">": "gt", "<=": "lte", ">=": "gte", "≤": "lte", "≥": "gte"}

# A model's number, then its names by these columns of its lines.
NAME_COLUMNS: Final = ("name_key", "organization_key", "licence_key")
Names = Callable[[], Iterable[Sequence[object]]]


class NotUnderstood(ValueError):
    """A term that says nothing; the message tells people what it may be."""


def read_magnitude(text: str) -> int | None:
    """A number as people write it: 7000000000, 7B, 1.5M, 128k; None if it is none.

    A comma groups thousands; K is a thousand, as in the names of context lengths.
    """
    found = _MAGNITUDE.fullmatch(text.strip())
    if found is None:
        return None
    try:
        number = Decimal(found[1].replace(",", "")).scaleb(_MAGNITUDES[found[2].upper()])
    except InvalidOperation:
        return None
    # Larger than what a column of the database can hold, it would match nothing anyway.
    return min(int(number), 2**62)


def search_condition(text: str, names: Names = tuple) -> tuple[Q, tuple[str, ...]]:
    """What board lines must satisfy, and sentences about the terms that were left out.

    Args:
        text: what was typed.
        names: gives each model of the board as its key and what `NAME_COLUMNS` hold; asked at
            most once, and only where a regular expression stands in the search.
    """
    search = _Search(names)
    found, problems, terms = Q(), [], 0
    choice = Q()
    for match in _TERM.finditer(text[:MOST_CHARACTERS]):
        if match["choice"]:
            found, choice = found | choice if choice else found, Q()
            continue
        terms += 1
        if terms > MOST_TERMS:
            break
        try:
            choice &= search.term(match)
        except NotUnderstood as error:
            problems.append(str(error))
    if choice:
        found |= choice
    if len(text) > MOST_CHARACTERS or terms > MOST_TERMS:
        problems.append(_("The search is too long: its end was left out."))
    return found, tuple(problems)


@dataclass
class _Search:
    """Turns terms into conditions; reads the board's names once, if at all."""

    names: Names
    patterns: int = field(default=0, init=False)

    @cached_property
    def _models(self) -> list[Sequence[object]]:
        return list(self.names())

    def term(self, match: re.Match[str]) -> Q:
        name = match["field"] or match["bare"]
        if name is not None and name.casefold() not in _FIELDS:
            raise NotUnderstood(
                _("“@%(field)s:” is no field of the search: it knows %(known)s.")
                % {"field": name, "known": ", ".join(f"@{one}:" for one in _SHOWN)}
            )
        condition = _FIELDS[name.casefold()] if name else _IN_NAMES
        if match["pattern"] is not None:
            return self._pattern(match["pattern"], condition.columns)
        return condition((match["quoted"] or match["word"] or "").casefold())

    def _pattern(self, text: str, columns: Sequence[str]) -> Q:
        """The models in whose names an expression is found, by whichever list is shorter."""
        if not columns:
            raise NotUnderstood(
                _("“/%(pattern)s/” can be looked for in names only: %(known)s.")
                % {"pattern": text, "known": "@model: @org: @licence:"}
            )
        self.patterns += 1
        if self.patterns > PATTERNS_A_SEARCH:
            raise NotUnderstood(
                _("“/%(pattern)s/” was left out: a search has %(most)s patterns at most.")
                % {"pattern": text, "most": PATTERNS_A_SEARCH}
            )
        places = [1 + NAME_COLUMNS.index(one) for one in columns]
        names = ((model[0], tuple(str(model[at]) for at in places)) for model in self._models)
        try:
            found = matching(compile_pattern(text), names)
        except BadPattern as error:
            raise NotUnderstood(
                _("“/%(pattern)s/” is no pattern of the RE2 kind: %(why)s.")
                % {"pattern": text, "why": error}
            ) from None
        except TooSlow:
            raise NotUnderstood(
                _("“/%(pattern)s/” takes too long to look for; write a simpler one.")
                % {"pattern": text}
            ) from None
        others = {model[0] for model in self._models} - found
        if len(found) <= len(others):
            return Q(model__in=sorted(found, key=str))
        return ~Q(model__in=sorted(others, key=str))


@dataclass(frozen=True, slots=True)
class _Contains:
    """A text within one of some columns."""

    columns: tuple[str, ...]

    def __call__(self, value: str) -> Q:
        condition = Q()
        for column in self.columns:
            condition |= Q(**{f"{column}__contains": value})
        return condition


@dataclass(frozen=True, slots=True)
class _Fixed:
    """The beginning of one of a few words, or a part of a name of ours: nothing for patterns."""

    lookup: str
    columns: tuple[str, ...] = ()

    def __call__(self, value: str) -> Q:
        return Q(**{self.lookup: value})


@dataclass(frozen=True, slots=True)
class _Compared:
    """A number, compared: >=7B, <1M, 128K."""

    column: str
    columns: tuple[str, ...] = ()

    def __call__(self, value: str) -> Q:
        found = _COMPARISON.fullmatch(value)
        number = read_magnitude(found[2]) if found else None
        if found is None or number is None:
            raise NotUnderstood(
                _("“%(value)s” is no number: write for example >=7B or <128K.") % {"value": value}
            )
        lookup = _LOOKUPS.get(found[1] or "=", "exact")
        return Q(**{f"{self.column}__{lookup}": number})


_IN_NAMES: Final = _Contains(("name_key", "organization_key"))
_FIELDS: Final[dict[str, _Contains | _Fixed | _Compared]] = {
    "model": _Contains(("name_key",)),
    "name": _Contains(("name_key",)),
    "org": _Contains(("organization_key",)),
    "organization": _Contains(("organization_key",)),
    "licence": _Contains(("licence_key",)),
    "license": _Contains(("licence_key",)),
    "release": _Fixed("release__name__contains"),
    "tier": _Fixed("tier__startswith"),
    "weights": _Fixed("weights__startswith"),
    "params": _Compared("parameters"),
    "parameters": _Compared("parameters"),
    "context": _Compared("context_tokens"),
}
_SHOWN: Final = ("model", "org", "licence", "release", "tier", "weights", "params", "context")
