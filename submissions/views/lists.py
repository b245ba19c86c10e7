"""Pages that list: one's own submissions, and what waits to be scored."""

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from scoring import SUITES
from submissions.access import submittable_models
from submissions.history import with_scores
from submissions.models import Submission
from submissions.quota import quota_of
from submissions.views.http import HtmxRequest, person_of, reader_of
from submissions.waiting import read_queue

# How many of one's own submissions a page lists.
_LISTED = 200


@require_safe
@login_required
def mine(request: HtmxRequest) -> HttpResponse:
    """Show the reader's own submissions and models."""
    person = person_of(request)
    context = {
        "submissions": with_scores(Submission.objects.filter(submitter=person))[:_LISTED],
        "models": submittable_models(person),
        "suite": SUITES[settings.DEFAULT_SUITE],
        "quota": quota_of(person, now=timezone.now()),
    }
    return render(request, "mine/page.html", context)


@require_safe
@never_cache
@vary_on_headers("HX-Request")
def queue(request: HtmxRequest) -> HttpResponse:
    """Show what waits and what is being scored, for about how long, and who works."""
    only_mine = request.GET.get("mine") == "1" and request.user.pk is not None
    context = {
        "queue": read_queue(reader_of(request), only_mine=only_mine, now=timezone.now()),
        "only_mine": only_mine,
    }
    template = "queue/_queue.html" if request.htmx else "queue/page.html"
    return render(request, template, context)
