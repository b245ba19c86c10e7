"""Pages that list: one model's submissions, one's own, and what waits to be scored."""

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from scoring import SUITES
from submissions.access import listed_submissions, submittable_models, visible_models
from submissions.history import with_scores
from submissions.models import ReportedScore, Submission
from submissions.quota import quota_of
from submissions.views.http import HtmxRequest, person_of, reader_of
from submissions.waiting import read_queue

# How many of one's own submissions a page lists.
_LISTED = 200


@require_safe
def model(request: HtmxRequest, slug: str) -> HttpResponse:
    """Show who a model is, what it has submitted, and what its authors' table says."""
    reader = reader_of(request)
    entry = get_object_or_404(visible_models(reader), slug=slug)
    suite = SUITES[settings.DEFAULT_SUITE]
    reported = {
        score.task: score for score in ReportedScore.objects.filter(model=entry, suite=suite.slug)
    }
    context = {
        "model": entry,
        "suite": suite,
        "submissions": with_scores(listed_submissions(reader).filter(model=entry)),
        "reported": [(task, reported.get(task.slug)) for task in suite.tasks] if reported else [],
        "reported_source": next(iter(reported.values())).source if reported else "",
        "reported_scorer": next(iter(reported.values())).scorer if reported else "",
    }
    return render(request, "model/page.html", context)


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
