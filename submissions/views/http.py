"""What every view shares: the request as it arrives here, and who is asking."""

from typing import cast

from django.contrib.auth.models import AnonymousUser
from django.http import Http404, HttpRequest
from django_htmx.middleware import HtmxDetails

from accounts.models import User
from scoring.types import Scorer, Suite
from submissions.access import Access
from submissions.history import find_submission
from submissions.models import Submission


class HtmxRequest(HttpRequest):
    """A request that knows whether htmx sent it."""

    htmx: HtmxDetails


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
