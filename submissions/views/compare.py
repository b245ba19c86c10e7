"""Submissions side by side, and the examples on which two of them differ."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, Final, cast

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from scoring import SUITES
from scoring.types import Scorer, Suite
from submissions.access import visible_submissions
from submissions.charts import Chart
from submissions.compare import FEWEST, MOST, compare_submissions
from submissions.compared import Comparison
from submissions.counting import count_request
from submissions.differing import differing_examples
from submissions.figures.comparison import forest_of, radar_of, scatter_of
from submissions.files import DamagedFile
from submissions.models import Submission
from submissions.views.drawn import drawn, figure_json
from submissions.views.http import HtmxRequest, reader_of, scorer_of

_PUBLIC_ID: Final = re.compile(r"[-\w]{1,16}", re.ASCII)


@dataclass(frozen=True, slots=True)
class _Asked:
    """What an address asks to compare."""

    ids: list[str]
    submissions: list[Submission]
    suite: Suite
    scorer: Scorer


def _paced(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Let one address compare so often in a minute: a pair that nobody compared takes a second."""

    @wraps(view)
    def paced(request: HtmxRequest, *args: str, **kwargs: str) -> HttpResponse:
        limit = settings.COMPARISONS_PER_MINUTE
        if limit:
            address = BaseThrottle().get_ident(cast(Request, request)) or "unknown"
            allowance = count_request(f"compare:{address}", limit, now=timezone.now())
            if allowance.left < 0:
                answer = render(request, "429.html", status=429)
                answer["Retry-After"] = str(allowance.resets_in)
                return answer
        return view(request, *args, **kwargs)

    return paced


@require_safe
@_paced
def compare(request: HtmxRequest) -> HttpResponse:
    """Show two to six submissions side by side; `s` names them, the first is what counts from."""
    asked = _asked(request)
    if isinstance(asked, HttpResponse):
        return asked
    ids, scorer = asked.ids, asked.scorer
    is_confirmed = len(ids) == FEWEST or request.GET.get("confirm") == "1"
    found = compare_submissions(asked.submissions, scorer=scorer.name, is_confirmed=is_confirmed)
    task = _scatter_task(request, found)
    context = {
        "comparison": found,
        "suite": asked.suite,
        "scorer": scorer,
        "ids": ",".join(ids),
        "is_confirmed": is_confirmed,
        "is_hidden": _is_hidden(asked.submissions),
        "scorers": [(one, _href(ids, scorer=one.name)) for one in asked.suite.scorers],
        "confirm_href": _href(ids, scorer=scorer.name, confirm="1"),
        "first_choices": [(side, _first_href(ids, side.public_id, scorer)) for side in found.sides],
        "charts": drawn(request, "submissions:compare-chart", _charts(found, asked.suite, task)),
        "scatter_task": task,
        "scatter_tasks": [
            (asked.suite.task(one), _href(ids, scorer=scorer.name, task=one))
            for one in found.graded
        ],
    }
    return render(request, "compare/page.html", context)


@require_safe
@_paced
def chart(request: HtmxRequest, name: str) -> HttpResponse:
    """A chart of the comparison that the rest of the address names, as a Plotly figure."""
    asked = _asked(request)
    if isinstance(asked, HttpResponse):
        raise Http404("no such comparison")
    scorer = asked.scorer.name
    found = compare_submissions(asked.submissions, scorer=scorer, is_confirmed=False)
    charts = _charts(found, asked.suite, _scatter_task(request, found))
    return figure_json(request, charts.get(name))


def _charts(found: Comparison, suite: Suite, task: str) -> dict[str, Chart | None]:
    return {
        "forest": forest_of(found),
        "radar": radar_of(found, suite),
        "scatter": scatter_of(found, suite, task),
    }


def _asked(request: HtmxRequest) -> _Asked | HttpResponse:
    """What is to be compared, or why nothing can be.

    Raises:
        Http404: if the reader may not see one of the submissions, or if there is no such scorer.
    """
    ids = _named_ids(request)
    if not FEWEST <= len(ids) <= MOST:
        return _refuse(request, _wrong_number(len(ids)))
    submissions = _visible(request, ids)
    if len({one.release.suite for one in submissions}) > 1:
        return _refuse(request, _("These submissions belong to different benchmarks."))
    suite = SUITES[submissions[0].release.suite]
    scorer = scorer_of(suite, request.GET.get("scorer") or settings.DEFAULT_SCORER)
    return _Asked(ids, submissions, suite, scorer)


def _scatter_task(request: HttpRequest, found: Comparison) -> str:
    """The task whose examples are drawn: the one that is asked for, else the first that can be."""
    asked = request.GET.get("task", "")
    return asked if asked in found.graded else next(iter(found.graded), "")


def _first_href(ids: list[str], first: str, scorer: Scorer) -> str:
    """The same submissions, compared with another of them."""
    return _href([first, *(one for one in ids if one != first)], scorer=scorer.name)


@require_safe
@_paced
def differing(request: HtmxRequest) -> HttpResponse:
    """Show twenty of the examples on which two submissions differ on a task."""
    ids = _named_ids(request)
    if len(ids) != FEWEST:
        return _refuse(request, _("Examples stand side by side for two submissions at a time."))
    submissions = _visible(request, ids)
    first, later = submissions
    suite = SUITES[first.release.suite]
    scorer = scorer_of(suite, request.GET.get("scorer") or settings.DEFAULT_SCORER)
    task = next((one for one in suite.tasks if one.slug == request.GET.get("task")), None)
    if task is None or later.release.suite != suite.slug:
        raise Http404("no such task")
    number = request.GET.get("page", "1")
    are_public = all(one.release.are_answers_public for one in submissions)
    try:
        page = differing_examples(
            first,
            later,
            task=task.slug,
            scorer=scorer.name,
            page=int(number) if number.isdecimal() and len(number) < 6 else 1,
            with_answers=are_public or reader_of(request).is_staff,
        )
    except DamagedFile as error:
        raise Http404("a file is missing") from error
    context = {
        "submissions": submissions,
        "task": task,
        "scorer": scorer,
        "ids": ",".join(ids),
        "page": page,
        "back": _href(ids, scorer=scorer.name),
        "is_hidden": _is_hidden(submissions),
    }
    return render(request, "compare/examples.html", context)


def _named_ids(request: HttpRequest) -> list[str]:
    """The ids in `s`, which may be repeated and may hold several; each once, in order."""
    named = (one.strip() for value in request.GET.getlist("s") for one in value.split(","))
    return list(dict.fromkeys(one for one in named if one))


def _visible(request: HttpRequest, ids: list[str]) -> list[Submission]:
    """The submissions of these ids in this order.

    Raises:
        Http404: if the reader may not see one of them.
    """
    if not all(_PUBLIC_ID.fullmatch(one) for one in ids):
        raise Http404("no such submission")
    visible = visible_submissions(reader_of(request)).select_related("model", "release")
    by_id = {one.public_id: one for one in visible.filter(public_id__in=ids)}
    if len(by_id) < len(ids):
        raise Http404("no such submission")
    return [by_id[one] for one in ids]


def _is_hidden(submissions: list[Submission]) -> bool:
    """Whether one of them is not for search engines."""
    return any(one.visibility != Submission.Visibility.PUBLIC for one in submissions)


def _wrong_number(count: int) -> str:
    words = {"fewest": FEWEST, "most": MOST, "n": count}
    return (
        _("A comparison takes %(fewest)s to %(most)s submissions; this address names %(n)s.")
        % words
    )


def _refuse(request: HttpRequest, reason: str) -> HttpResponse:
    return render(request, "compare/refused.html", {"reason": reason}, status=400)


def _href(ids: list[str], **changes: str) -> str:
    """The page's address for these submissions; a default is left out."""
    query = QueryDict(mutable=True)
    query.update({"s": ",".join(ids)})
    kept: dict[str, Any] = {
        name: value
        for name, value in changes.items()
        if (name, value) != ("scorer", settings.DEFAULT_SCORER)
    }
    query.update(kept)
    return f"{reverse('submissions:compare')}?{query.urlencode(safe=',')}"
