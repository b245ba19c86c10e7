"""Reads a page of board lines from a place in their order on, as an index has them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db.models import F, Q, QuerySet
from django.db.models.expressions import OrderBy

from submissions.board_query import Cursor
from submissions.line_rows import Fetched, fetched
from submissions.models import BoardLine

Value = float | str | datetime | None
VALUE: Final = "sorted_by"


@dataclass(frozen=True, slots=True)
class Order:
    """By a column; equal ones by name, which turns round with the column.

    So one index serves both directions.  Lines without a value stand last in both, by name.
    """

    column: str
    is_descending: bool

    @property
    def by_name(self) -> bool:
        """Whether the column is the name itself, which every line has."""
        return self.column == "name_key"

    def columns(self, *, backwards: bool = False) -> list[tuple[str, bool]]:
        """Columns with whether each descends."""
        flip = self.is_descending == self.by_name
        if self.by_name:
            columns = [("name_key", False), ("pk", False)]
        else:
            columns = [(self.column, True), ("name_key", False), ("pk", False)]
        return [(name, is_down != (flip != backwards)) for name, is_down in columns]

    def with_value(self, lines: QuerySet[BoardLine]) -> QuerySet[BoardLine]:
        """The lines with what they are sorted by under a name of its own."""
        return lines.annotate(**{VALUE: F(self.column)})

    def with_missing_last(self) -> list[OrderBy | str]:
        """For a whole list in one statement."""
        first, *others = self.columns()
        expression = F(first[0])
        value = expression.desc(nulls_last=True) if first[1] else expression.asc(nulls_last=True)
        return [value, *(f"-{name}" if is_down else name for name, is_down in others)]


@dataclass(frozen=True, slots=True)
class Page:
    """Lines in their order, and the places where other pages begin."""

    lines: list[Fetched]
    next: Cursor | None = None
    previous: Cursor | None = None


def read_page(
    lines: QuerySet[BoardLine],
    order: Order,
    *,
    columns: Sequence[str],
    is_whole: bool,
    may_lack_values: bool,
    cursor: Cursor | None,
    limit: int,
) -> Page:
    """Read `limit` lines of one part from a cursor on; a cursor of another order is none."""
    segments = _segments(lines, order, may_lack_values=may_lack_values)
    value, cursor = _understand(cursor, order)
    if value is None and len(segments) == 1:
        cursor = None
    is_before = cursor is not None and cursor.is_before
    if cursor is not None:
        at = len(segments) - 1 if value is None and not order.by_name else 0
        own, narrowed = segments[at]
        segments[at] = (own, narrowed.filter(_beyond(own, cursor, value)))
        segments = segments[: at + 1] if is_before else segments[at:]
    found: list[Fetched] = []
    for own, segment in reversed(segments) if is_before else segments:
        if len(found) > limit:
            break
        by = [f"-{n}" if down else n for n, down in own.columns(backwards=is_before)]
        rows = order.with_value(segment.order_by(*by)).values_list(*columns, VALUE)
        found += [fetched(row, is_whole=is_whole) for row in rows[: limit + 1 - len(found)]]
    has_more = len(found) > limit
    found = found[:limit]
    if is_before:
        found.reverse()
    return Page(
        found,
        next=_end(found, is_there=has_more or is_before),
        previous=_start(found, is_there=has_more if is_before else cursor is not None),
    )


def _segments(
    lines: QuerySet[BoardLine], order: Order, *, may_lack_values: bool
) -> list[tuple[Order, QuerySet[BoardLine]]]:
    """The lines with a value, then those without one: each stands in one index."""
    if order.by_name:
        return [(order, lines)]
    known = (order, lines.filter(**{f"{order.column}__isnull": False}))
    if not may_lack_values:
        return [known]
    by_name = Order("name_key", is_descending=order.columns()[1][1])
    return [known, (by_name, lines.filter(**{f"{order.column}__isnull": True}))]


def _end(found: list[Fetched], *, is_there: bool) -> Cursor | None:
    return found[-1].cursor(is_before=False) if found and is_there else None


def _start(found: list[Fetched], *, is_there: bool) -> Cursor | None:
    return found[0].cursor(is_before=True) if found and is_there else None


def _understand(cursor: Cursor | None, order: Order) -> tuple[Value, Cursor | None]:
    """The cursor's value as the column holds it; a cursor of another order is dropped."""
    if cursor is None or cursor.value is None:
        return None, None if cursor is not None and order.by_name else cursor
    value: Value = cursor.value
    try:
        if order.column == "submitted_at":
            value = datetime.fromisoformat(str(value))
            return (value, cursor) if value.tzinfo else (None, None)
    except ValueError:
        return None, None
    is_text = isinstance(value, str)
    return (value, cursor) if is_text == order.by_name else (None, None)


def _beyond(order: Order, cursor: Cursor, value: Value) -> Q:
    """What stands on the wanted side of the cursor.

    The first column is bounded on its own too: that is where the index is entered.
    """
    columns = order.columns(backwards=cursor.is_before)
    values = {order.column: value, "name_key": cursor.name_key, "pk": cursor.line}
    first, is_down = columns[0]
    beyond = Q()
    same = Q()
    for name, down in columns:
        beyond |= same & Q(**{f"{name}__{'lt' if down else 'gt'}": values[name]})
        same &= Q(**{name: values[name]})
    return Q(**{f"{first}__{'lte' if is_down else 'gte'}": values[first]}) & beyond
