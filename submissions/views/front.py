"""The figures of the charts that show the whole board."""

from django.conf import settings
from django.http import Http404, HttpResponse
from django.views.decorators.http import require_safe

from scoring import SUITES
from submissions.board_query import default_query
from submissions.figures.front import TOP_ROWS, averages_over_time, top_radar
from submissions.leaderboard import read_board, read_states
from submissions.views.drawn import figure_json
from submissions.views.http import HtmxRequest, scorer_of


@require_safe
def chart(request: HtmxRequest, name: str) -> HttpResponse:
    """A chart of the board under one scorer, as a Plotly figure."""
    suite = SUITES[settings.DEFAULT_SUITE]
    scorer = scorer_of(suite, request.GET.get("scorer") or settings.DEFAULT_SCORER)
    states = read_states(suite.slug)
    if name == "timeline":
        found = averages_over_time(states, scorer=scorer.name)
        return figure_json(request, found)
    if name != "radar":
        raise Http404("no such chart")
    board = read_board(default_query(suite, scorer=scorer.name), states=states, limit=TOP_ROWS)
    return figure_json(request, top_radar(board, suite))
