"""Reads what people type into the board's search: terms that must all hold, `;` between choices.

llama 8b ; @org:mistral "large 2" ; @context:>=1M
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Final

from django.db.models import Q
from django.utils.translation import gettext as _

MOST_TERMS: Final = 24
MOST_CHARACTERS: Final = 200
_TERM: Final = re.compile(
    r'@(?P<field>\w+):(?P<of>"[^"]*"?|\S*)|"(?P<quoted>[^"]*)"?|(?P<word>\S+)'
)
_MAGNITUDES: Final = {"": 0, "K": 3, "M": 6, "B": 9, "T": 12}
_MAGNITUDE: Final = re.compile(r"(\d{1,18}(?:[.,]\d{1,9})*)\s*([KMBT]?)", re.IGNORECASE)
_COMPARISON: Final = re.compile(r"(<=|>=|<|>|=|≤|≥)?(.+)")
_LOOKUPS: Final = {"<": "lt", ">": "gt", "<=": "lte", ">=": "gte", "≤": "lte", "≥": "gte"}


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


def search_condition(text: str) -> tuple[Q, tuple[str, ...]]:
    """What board lines must satisfy, and sentences about the terms that were left out."""
    found, problems, terms = Q(), [], 0
    for choice in text[:MOST_CHARACTERS].split(";"):
        condition = Q()
        for match in _TERM.finditer(choice):
            terms += 1
            try:
                condition &= _term(match)
            except NotUnderstood as error:
                problems.append(str(error))
        if condition and terms <= MOST_TERMS:
            found |= condition
    if len(text) > MOST_CHARACTERS or terms > MOST_TERMS:
        problems.append(_("The search is too long: its end was left out."))
    return found, tuple(problems)


def _term(match: re.Match[str]) -> Q:
    field = match["field"]
    if field is None:
        word = (match["quoted"] or match["word"] or "").casefold()
        return Q(name_key__contains=word) | Q(organization_key__contains=word)
    value = match["of"].strip('"').casefold()
    if field.casefold() not in _FIELDS:
        raise NotUnderstood(
            _("“@%(field)s:” is no field of the search: it knows %(known)s.")
            % {"field": field, "known": ", ".join(f"@{one}:" for one in _SHOWN)}
        )
    return _FIELDS[field.casefold()](value)


def _contains(column: str) -> Callable[[str], Q]:
    return lambda value: Q(**{f"{column}__contains": value})


def _starts(column: str) -> Callable[[str], Q]:
    return lambda value: Q(**{f"{column}__startswith": value})


@dataclass(frozen=True, slots=True)
class _Compared:
    """A number, compared: >=7B, <1M, 128K."""

    column: str

    def __call__(self, value: str) -> Q:
        found = _COMPARISON.fullmatch(value)
        number = read_magnitude(found[2]) if found else None
        if found is None or number is None:
            raise NotUnderstood(
                _("“%(value)s” is no number: write for example >=7B or <128K.") % {"value": value}
            )
        lookup = _LOOKUPS.get(found[1] or "=", "exact")
        return Q(**{f"{self.column}__{lookup}": number})


_FIELDS: Final[dict[str, Callable[[str], Q]]] = {
    "model": _contains("name_key"),
    "name": _contains("name_key"),
    "org": _contains("organization_key"),
    "organization": _contains("organization_key"),
    "licence": _contains("licence_key"),
    "license": _contains("licence_key"),
    "release": _contains("release__name"),
    "tier": _starts("tier"),
    "weights": _starts("weights"),
    "params": _Compared("parameters"),
    "parameters": _Compared("parameters"),
    "context": _Compared("context_tokens"),
}
_SHOWN: Final = ("model", "org", "licence", "release", "tier", "weights", "params", "context")
