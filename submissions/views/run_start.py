"""Starts a run of an endpoint or of a model of ours: one form, one estimate, one call."""

from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from submissions.endpoint_forms import RunForm
from submissions.intake import Refused
from submissions.models import Endpoint, HubModel
from submissions.run_plans import RunRefused
from submissions.run_start import RunWish, begin_run, estimate_wish
from submissions.views.http import HtmxRequest, person_of


def run_page(request: HtmxRequest, asked: Endpoint | HubModel) -> HttpResponse:
    """Say what a run would take, or start it."""
    person = person_of(request)
    form = RunForm(request.POST or None, asked=asked, owner=person, suite=settings.DEFAULT_SUITE)
    name = asked.name if isinstance(asked, Endpoint) else asked.repository
    context: dict[str, Any] = {"asked": asked, "name": name, "form": form}
    if request.method == "POST" and form.is_valid():
        wish = RunWish(**form.plan())
        try:
            if request.POST.get("action") == "start":
                model = form.model_or_facts()
                return redirect(begin_run(person, wish, model, now=timezone.now()))
            context["estimate"] = estimate_wish(wish)
        except RunRefused as refused:
            form.add_error(refused.field, refused.message)
        except Refused as refused:
            for problem in refused.problems:
                form.add_error(None, f"{problem.found}. {problem.fix}")
    return render(request, "endpoints/run.html", context, status=422 if form.errors else 200)
