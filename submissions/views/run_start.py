"""Starts a run of an endpoint or of a model of ours: one form, one estimate, one call."""

from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from submissions.endpoint_forms import RunForm
from submissions.entries import ModelFacts, enter_model
from submissions.intake import Refused
from submissions.models import Endpoint, HostedRun, HubModel, ModelEntry
from submissions.run_progress import estimate_run
from submissions.runs import RunPlan, RunRefused, planned_tasks, start_run
from submissions.views.http import HtmxRequest, person_of


def run_page(request: HtmxRequest, asked: Endpoint | HubModel) -> HttpResponse:
    """Say what a run would take, or start it."""
    person = person_of(request)
    form = RunForm(request.POST or None, asked=asked, owner=person, suite=settings.DEFAULT_SUITE)
    name = asked.name if isinstance(asked, Endpoint) else asked.repository
    context: dict[str, Any] = {"asked": asked, "name": name, "form": form}
    if request.method == "POST" and form.is_valid():
        plan = form.plan()
        try:
            if request.POST.get("action") == "start":
                return redirect(_start(request, form, plan))
            tasks = planned_tasks(asked, plan["release"], plan["policy"], plan["tasks"])
            context["estimate"] = estimate_run(asked, plan["release"], plan["prompt_set"], tasks)
        except RunRefused as refused:
            form.add_error(refused.field, refused.message)
        except Refused as refused:
            for problem in refused.problems:
                form.add_error(None, f"{problem.found}. {problem.fix}")
    return render(request, "endpoints/run.html", context, status=422 if form.errors else 200)


def _start(request: HtmxRequest, form: RunForm, plan: dict[str, Any]) -> HostedRun:
    person, chosen = person_of(request), form.model_or_facts()
    # What cannot start enters no model.
    planned_tasks(form.asked, plan["release"], plan["policy"], plan["tasks"])
    model: ModelEntry = (
        enter_model(person, chosen, now=timezone.now())
        if isinstance(chosen, ModelFacts)
        else chosen
    )
    return start_run(person, RunPlan(model=model, **plan), now=timezone.now())
