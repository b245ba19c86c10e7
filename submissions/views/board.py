"""The board as a page, and a row of it as it opens."""

from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from scoring import SUITES, Suite
from submissions.board_query import BoardQuery, parse_query
from submissions.charts.axis import Axis, fit_axis
from submissions.leaderboard import NotOnBoard, read_board, read_states
from submissions.row_details import read_details
from submissions.rows import Board
from submissions.unchanged import answer_unchanged, etag_of, with_tag
from submissions.views.columns import families, score_columns, sort_column
from submissions.views.http import HtmxRequest, scorer_of
from submissions.views.toolbar import sections, toolbar_context


@require_safe
@gzip_page
@vary_on_headers("HX-Request")
def leaderboard(request: HtmxRequest) -> HttpResponse:
    """Show models under one scorer; the address says which, and in what order."""
    suite = SUITES[settings.DEFAULT_SUITE]
    query = parse_query(request.GET, suite)
    states = read_states(query.board)
    etag = etag_of(request, states.versions)
    if unchanged := answer_unchanged(request, etag):
        return unchanged
    try:
        board = read_board(query, states=states, is_whole=False)
    except NotOnBoard as error:
        raise Http404(str(error)) from error
    template = "leaderboard/_board.html" if request.htmx else "leaderboard/page.html"
    context = board_context(suite, board) | toolbar_context(suite, board)
    context |= _opened(request, suite, query)
    return with_tag(render(request, template, context), etag)


@require_safe
def row(request: HtmxRequest, public_id: str) -> HttpResponse:
    """Show what a row says when it is opened, for the page that has the row."""
    suite = SUITES[settings.DEFAULT_SUITE]
    scorer = scorer_of(suite, request.GET.get("scorer") or settings.DEFAULT_SCORER)
    details = read_details(public_id, suite=suite.slug, scorer=scorer.name, site=_site(request))
    if details is None:
        raise Http404("no such row")
    context = {"details": details, "suite": suite, "scorer": scorer}
    return render(request, "leaderboard/_opened.html", context)


def board_context(suite: Suite, board: Board) -> dict[str, Any]:
    """What the board's templates show."""
    query = board.query
    columns = score_columns(query, suite)
    parts = sections(board)
    # Withdrawn rows have no figures; incomplete ones stand in the table where somebody asks.
    folded = {"withdrawn"} if query.part == "incomplete" else {"incomplete", "withdrawn"}
    return {
        "suite": suite,
        "board": board,
        "query": query,
        "axis": strip_axis(board),
        "scorer": scorer_of(suite, board.scorer),
        "scorers": [(one, query.address(scorer=one.name)) for one in suite.scorers],
        "columns": columns,
        "families": families(columns),
        "heads": {
            slug: sort_column(query, slug, name)
            for slug, name in (
                ("rank", _("Rank")),
                ("name", _("Model")),
                ("average", _("Average")),
                ("date", _("Run")),
            )
        },
        "shown": [one for one in parts if one.part not in folded],
        "folded": [one for one in parts if one.part in folded],
    }


def strip_axis(board: Board) -> Axis | None:
    """One axis for all strips, zoomed to where the intervals are."""
    ends = [100 * end for one in board.rows for end in (one.low, one.high) if end is not None]
    return fit_axis(ends, start=8, width=104, most_ticks=5) if ends else None


def _opened(request: HttpRequest, suite: Suite, query: BoardQuery) -> dict[str, Any]:
    """The row that the address opens, for readers without JavaScript."""
    if not query.opened:
        return {}
    found = read_details(query.opened, suite=suite.slug, scorer=query.scorer, site=_site(request))
    return {"details": found}


def _site(request: HttpRequest) -> str:
    return request.build_absolute_uri("/").rstrip("/")
