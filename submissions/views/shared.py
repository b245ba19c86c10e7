"""What other places show of the board: a feed, a badge a model, a picture for links."""

import re
from typing import Final

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from scoring import SUITES
from submissions.board_query import default_query
from submissions.events import Event, board_events, last_event
from submissions.leaderboard import read_board, read_model_row, read_states
from submissions.remembered import cache
from submissions.templatetags.portal import half_width, percent, rank_range
from submissions.unchanged import answer_unchanged, etag_of, with_tag
from submissions.views.http import scorer_of

_ENTRIES: Final = 50
_PICTURE_ROWS: Final = 5
# Verdana's widths, in tenths of a pixel at 11 pixels, are near enough to these two.
# What XML cannot hold, however it is written: one such sign in a name would end the whole feed.
_NOT_IN_XML: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_NARROW: Final = frozenset(" .,:;'|!iIjlt()[]±–-1")


@require_safe
def feed(request: HttpRequest) -> HttpResponse:
    """The newest changes of the board as an Atom feed."""
    etag = etag_of(request, last_event())
    if unchanged := answer_unchanged(request, etag):
        return unchanged
    atom = Atom1Feed(
        title=_("∞-Bench: what happened on the board"),
        link=request.build_absolute_uri(reverse("submissions:leaderboard")),
        feed_url=request.build_absolute_uri(),
        description=_("Rows that were scored, scored again or withdrawn."),
    )
    for event in board_events(limit=_ENTRIES):
        page = request.build_absolute_uri(
            reverse("submissions:submission", args=[event.submission_id])
        )
        atom.add_item(
            title=_title(event),
            link=page,
            description=_title(event),
            unique_id=f"tag:{request.get_host()},2026:board-event-{event.number}",
            pubdate=event.at,
            updateddate=event.at,
            author_name=_plain(event.organization) or "∞-Bench",
        )
    answer = HttpResponse(atom.writeString("utf-8"), content_type=Atom1Feed.content_type)
    return with_tag(answer, etag)


def _title(event: Event) -> str:
    said = {
        "scored": _("%(model)s was scored on %(release)s"),
        "rescored": _("%(model)s was scored again on %(release)s"),
        "withdrawn": _("%(model)s was withdrawn from %(release)s"),
    }
    return said[event.kind] % {"model": _plain(event.model_name), "release": event.release}


def _plain(text: str) -> str:
    """What people entered, as XML can hold it."""
    return _NOT_IN_XML.sub("", text)


@require_safe
def badge(request: HttpRequest, slug: str) -> HttpResponse:
    """A model's average with its interval and rank, to be shown beside its own description."""
    suite = SUITES[settings.DEFAULT_SUITE]
    scorer = scorer_of(suite, request.GET.get("scorer") or settings.DEFAULT_SCORER)
    query = default_query(suite, scorer=scorer.name)
    etag = etag_of(request, read_states(query.board).version(scorer.name))
    if unchanged := answer_unchanged(request, etag):
        return unchanged
    row = read_model_row(query, slug)
    if row is None:
        raise Http404("no ranked row")
    rank = rank_range(row) if row.has_rank_interval else str(row.rank)
    value = f"{percent(row.average)} {half_width(row)}".strip() + f" · #{rank}"
    label, width = "∞-Bench", 62
    context = {
        "label": label,
        "value": value,
        "left": width,
        "right": _width(value) + 14,
        "total": width + _width(value) + 14,
        "middle": width + (_width(value) + 14) / 2,
        "name": _plain(row.model_name),
        "scorer": scorer.name,
    }
    answer = render(request, "leaderboard/badge.svg", context, content_type="image/svg+xml")
    return with_tag(answer, etag)


def _width(text: str) -> int:
    """About how many pixels a text takes at 11 pixels."""
    return round(sum(4.6 if one in _NARROW else 7.1 for one in text))


@require_safe
def picture(request: HttpRequest) -> HttpResponse:
    """A picture of the top of the board, for a link to it where people talk."""
    query = default_query(SUITES[settings.DEFAULT_SUITE])
    states = read_states(query.board)
    version = states.version(query.scorer)
    etag = etag_of(request, version)
    if unchanged := answer_unchanged(request, etag):
        return unchanged
    key = f"board-picture-{query.board}-{query.scorer}-{version}"
    png = cache.get(key)
    if png is None:
        from submissions.picture import draw_board  # noqa: PLC0415  Pillow is slow to import.

        board = read_board(query, states=states, limit=_PICTURE_ROWS, is_whole=False)
        png = draw_board(board)
        cache.set(key, png, timeout=86_400)
    return with_tag(HttpResponse(png, content_type="image/png"), etag)
