"""The board as a page, and the front page that shows its top."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from scoring import SUITES, Suite
from submissions.board_query import ASCENDING_FIRST, BoardQuery, default_query, parse_query
from submissions.leaderboard import NotOnBoard, read_board
from submissions.rows import Board
from submissions.views.axis import fit_axis
from submissions.views.http import HtmxRequest, scorer_of

TOP_ROWS = 8


@dataclass(frozen=True, slots=True)
class Column:
    """A column's head: its name, and where its sort link leads."""

    slug: str
    name: str
    family: str
    href: str
    # The value of aria-sort on the one column that the rows are sorted by, else empty.
    sorted: str


@require_safe
@vary_on_headers("HX-Request")
def leaderboard(request: HtmxRequest) -> HttpResponse:
    """Show models under one scorer; the address says which, and in what order."""
    suite = SUITES[settings.DEFAULT_SUITE]
    board = _read(parse_query(request.GET, suite))
    template = "leaderboard/_board.html" if request.htmx else "leaderboard/page.html"
    return render(request, template, _context(suite, board))


@require_safe
def home(request: HtmxRequest) -> HttpResponse:
    """Say what this is, and show the top of the board."""
    suite = SUITES[settings.DEFAULT_SUITE]
    board = read_board(default_query(suite), limit=TOP_ROWS)
    context = _context(suite, replace(board, rows=board.rows[:TOP_ROWS])) | {
        "row_count": board.total,
        "examples": sum(task.n for task in suite.tasks),
        "mean_input_tokens": _mean_input_tokens(suite),
    }
    return render(request, "home/page.html", context)


def _read(query: BoardQuery) -> Board:
    """The board.

    Raises:
        Http404: if it has no such scorer, track or release.
    """
    try:
        return read_board(query)
    except NotOnBoard as error:
        raise Http404(str(error)) from error


def _mean_input_tokens(suite: Suite) -> int:
    """The mean length of an example's input, over all examples of the suite."""
    tokens = sum(task.n * task.mean_input_tokens for task in suite.tasks)
    return round(tokens / sum(task.n for task in suite.tasks))


def _context(suite: Suite, board: Board) -> dict[str, Any]:
    columns = [_column(board.query, task.slug, task.name, task.family) for task in suite.tasks]
    ends = [100 * end for row in board.rows for end in (row.low, row.high) if end is not None]
    return {
        "suite": suite,
        "board": board,
        # One axis for all strips, zoomed to where the intervals are.
        "axis": fit_axis(ends, start=8, width=104, most_ticks=5) if ends else None,
        "scorer": scorer_of(suite, board.scorer),
        "scorers": [(one, _href(board.query, scorer=one.name)) for one in suite.scorers],
        "columns": columns,
        "families": _families(columns),
        "heads": {
            slug: _column(board.query, slug, name, "")
            for slug, name in (
                ("rank", "Rank"),
                ("name", "Model"),
                ("average", "Average"),
                ("date", "Date"),
            )
        },
    }


def _families(columns: Sequence[Column]) -> list[tuple[str, int]]:
    """Neighbouring columns of one family, and how many they are."""
    return [(family, len(list(of))) for family, of in groupby(columns, lambda one: one.family)]


def _column(query: BoardQuery, slug: str, name: str, family: str) -> Column:
    is_sorted = query.sort == slug
    descending = not query.is_descending if is_sorted else slug not in ASCENDING_FIRST
    direction = "descending" if query.is_descending else "ascending"
    href = _href(query, sort=slug, order="desc" if descending else "asc")
    return Column(slug, name, family, href, direction if is_sorted else "")


def _href(query: BoardQuery, **changes: str) -> str:
    """The board's address with some of its parameters changed; defaults are left out."""
    return f"{reverse('submissions:leaderboard')}{query.address(**changes)}"
