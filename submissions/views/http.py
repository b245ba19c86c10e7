"""What every view shares: the request as it arrives here, and who is asking."""

from collections.abc import Callable
from functools import wraps
from typing import cast

from django.contrib.auth.models import AnonymousUser
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django_htmx.middleware import HtmxDetails

from accounts.models import User
from scoring.types import Scorer, Suite
from submissions import limits
from submissions.access import Access
from submissions.history import find_submission
from submissions.models import Submission


class HtmxRequest(HttpRequest):
    """A request that knows whether htmx sent it."""

    htmx: HtmxDetails


View = Callable[..., HttpResponse]


def refuse_large_bodies(view: View) -> View:
    """Refuse a body that is too large before a byte of it is read.

    Checking the CSRF token reads the body, so that check belongs to what stands behind this one.
    """

    @wraps(view)
    def wrapped(request: HtmxRequest, *args: str, **kwargs: str) -> HttpResponse:
        if int(request.META.get("CONTENT_LENGTH") or 0) > limits.UPLOAD_REQUEST_BYTES:
            limit = {"limit": limits.UPLOAD_COMPRESSED_BYTES}
            return render(request, "413.html", limit, status=413)
        return view(request, *args, **kwargs)

    return wrapped


def reader_of(request: HttpRequest) -> User | AnonymousUser:
    """Who is asking."""
    return request.user


def person_of(request: HttpRequest) -> User:
    """Who is asking, behind `login_required`."""
    return cast(User, request.user)


def scorer_of(suite: Suite, name: str) -> Scorer:
    """The suite's scorer of that name.

    Raises:
        Http404: if it has none.
    """
    for scorer in suite.scorers:
        if scorer.name == name:
            return scorer
    raise Http404("no such scorer")


def readable_submission(request: HttpRequest, public_id: str) -> Submission:
    """The submission, if it is open to the reader in full.

    Raises:
        Http404: if it is not, or is none.
    """
    submission, access = find_submission(public_id, reader_of(request))
    if submission is None or access is not Access.FULL:
        raise Http404("no such submission")
    return submission
