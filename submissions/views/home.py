"""The front page: what this is, the top of the board, what happened last."""

import re
from functools import lru_cache
from typing import Final

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe

from scoring import SUITES, Suite
from submissions.board_query import default_query
from submissions.events import board_events, last_event
from submissions.figures.front import averages_over_time, top_radar
from submissions.leaderboard import count_models, read_board, read_states
from submissions.unchanged import answer_unchanged, etag_of, with_tag
from submissions.views.board import board_context
from submissions.views.columns import family_columns
from submissions.views.drawn import drawn
from submissions.views.http import HtmxRequest

TOP_ROWS: Final = 10
_EVENTS: Final = 6
_NEWS: Final = 5


@require_safe
@gzip_page
def home(request: HtmxRequest) -> HttpResponse:
    """Say what this is, and show the top of the board."""
    suite = SUITES[settings.DEFAULT_SUITE]
    query = default_query(suite)
    states = read_states(query.board)
    etag = etag_of(request, states.versions, last_event())
    if unchanged := answer_unchanged(request, etag):
        return unchanged
    board = read_board(query, states=states, limit=TOP_ROWS, is_whole=False)
    charts = {
        "radar": top_radar(board, suite),
        "timeline": averages_over_time(states, scorer=board.scorer),
    }
    context = board_context(suite, board) | {
        "top": board.rows[:TOP_ROWS],
        "columns": family_columns(suite),
        "row_count": board.total,
        "models": count_models(states),
        "examples": sum(task.n for task in suite.tasks),
        "median_input_tokens": _median_input_tokens(suite),
        "events": board_events(limit=_EVENTS),
        "news": _news(),
        "charts": drawn(request, "submissions:board-chart", charts),
    }
    return with_tag(render(request, "home/page.html", context), etag)


def _median_input_tokens(suite: Suite) -> int:
    """The length of an example's input that half of the suite's examples do not exceed, where each
    counts as long as its task's mean: the length of each single one is nowhere published.
    """
    left = sum(task.n for task in suite.tasks) / 2
    for task in sorted(suite.tasks, key=lambda one: one.mean_input_tokens):
        left -= task.n
        if left <= 0:
            return round(task.mean_input_tokens)
    return 0


@lru_cache(maxsize=1)
def _news() -> list[str]:
    """The first sentences of the newest entries of the change log that are about what readers see.

    What only those who run a portal meet, commands and settings, stands in backticks there.
    """
    text = (settings.BASE_DIR / "CHANGELOG.md").read_text(encoding="utf-8")
    entries = re.findall(r"^- (.+(?:\n  .+)*)", text, re.MULTILINE)
    firsts = (re.split(r"(?<=[.;]) ", " ".join(one.split()))[0] for one in entries)
    plain = [one.replace("**", "").rstrip(".;") for one in firsts if "`" not in one]
    return plain[:_NEWS]
