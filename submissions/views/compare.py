"""Submissions side by side, and the examples on which two of them differ."""

import re
from typing import Any, Final

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from scoring import SUITES
from submissions.access import visible_submissions
from submissions.compare import FEWEST, MOST, compare_submissions
from submissions.differing import differing_examples
from submissions.files import DamagedFile
from submissions.models import Submission
from submissions.views.forest import forest_plot
from submissions.views.http import HtmxRequest, reader_of, scorer_of

_PUBLIC_ID: Final = re.compile(r"[-\w]{1,16}", re.ASCII)


@require_safe
def compare(request: HtmxRequest) -> HttpResponse:
    """Show two to six submissions side by side; `s` names them, the first is what counts from."""
    ids = _named_ids(request)
    if not FEWEST <= len(ids) <= MOST:
        return _refuse(request, _wrong_number(len(ids)))
    submissions = _visible(request, ids)
    if len({one.release.suite for one in submissions}) > 1:
        return _refuse(request, "These submissions belong to different benchmarks.")
    suite = SUITES[submissions[0].release.suite]
    scorer = scorer_of(suite, request.GET.get("scorer") or settings.DEFAULT_SCORER)
    is_confirmed = len(ids) == FEWEST or request.GET.get("confirm") == "1"
    found = compare_submissions(submissions, scorer=scorer.name, is_confirmed=is_confirmed)
    context = {
        "comparison": found,
        "suite": suite,
        "scorer": scorer,
        "ids": ",".join(ids),
        "is_confirmed": is_confirmed,
        "is_hidden": _is_hidden(submissions),
        "scorers": [(one, _href(ids, scorer=one.name)) for one in suite.scorers],
        "confirm_href": _href(ids, scorer=scorer.name, confirm="1"),
        "first_choices": [
            (
                side,
                _href(
                    [side.public_id, *(one for one in ids if one != side.public_id)],
                    scorer=scorer.name,
                ),
            )
            for side in found.sides
        ],
        "plot": forest_plot(found),
    }
    return render(request, "compare/page.html", context)


@require_safe
def differing(request: HtmxRequest) -> HttpResponse:
    """Show twenty of the examples on which two submissions differ on a task."""
    ids = _named_ids(request)
    if len(ids) != FEWEST:
        return _refuse(request, "Examples stand side by side for two submissions at a time.")
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
    named = {0: "none", 1: "one"}.get(count, str(count))
    return f"A comparison takes {FEWEST} to {MOST} submissions; this address names {named}."


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
