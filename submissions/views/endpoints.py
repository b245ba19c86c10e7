"""Endpoints: register one, try it, change it, start a run on it, retire it; all for its owner."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django.views.decorators.vary import vary_on_headers

from submissions.endpoint_forms import EndpointForm
from submissions.endpoints import (
    EndpointRefused,
    ask_for_try,
    change_endpoint,
    register_endpoint,
    retire_endpoint,
)
from submissions.models import Endpoint
from submissions.run_progress import runs_of, visible_endpoints
from submissions.sealing import Secret
from submissions.views.http import HtmxRequest, person_of
from submissions.views.run_start import run_page


def _mine(request: HtmxRequest, public_id: str) -> Endpoint:
    """One's own endpoint.  Raises: Http404 for everybody else's, and for none."""
    found = visible_endpoints(person_of(request)).filter(public_id=public_id).first()
    if found is None:
        raise Http404("no such endpoint")
    return found


@require_safe
@login_required
@never_cache
def endpoints(request: HtmxRequest) -> HttpResponse:
    """List one's endpoints and runs."""
    person = person_of(request)
    context = {"endpoints": visible_endpoints(person), "runs": runs_of(person)[:50]}
    return render(request, "endpoints/list.html", context)


@sensitive_post_parameters("key")
@sensitive_variables("form")
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def register(request: HtmxRequest) -> HttpResponse:
    """Register an endpoint; it is tried at once."""
    form = EndpointForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = register_endpoint(
                person_of(request),
                form.facts(),
                key=form.secret() or Secret(""),
                now=timezone.now(),
            )
        except EndpointRefused as refused:
            form.add_error(refused.field, refused.message)
        else:
            ask_for_try(made, now=timezone.now())
            return redirect(made)
    return _form_page(request, form, {})


@sensitive_post_parameters("key")
@sensitive_variables("form")
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def change(request: HtmxRequest, public_id: str) -> HttpResponse:
    """Change what is said of an endpoint; an empty key leaves the stored one."""
    found = _mine(request, public_id)
    form = EndpointForm(request.POST or None, endpoint=found)
    if request.method == "POST" and form.is_valid():
        try:
            change_endpoint(found, form.facts(), key=form.secret())
        except EndpointRefused as refused:
            form.add_error(refused.field, refused.message)
        else:
            messages.success(request, gettext("Changed. Runs use it from now on."))
            return redirect(found)
    return _form_page(request, form, {"endpoint": _mine(request, public_id)})


def _form_page(request: HtmxRequest, form: EndpointForm, more: dict[str, Any]) -> HttpResponse:
    status = 422 if form.errors else 200
    return render(request, "endpoints/form.html", {"form": form} | more, status=status)


@require_safe
@login_required
@never_cache
@vary_on_headers("HX-Request")
def endpoint(request: HtmxRequest, public_id: str) -> HttpResponse:
    """Show an endpoint and what its last try gave; htmx asks again while it is being tried."""
    found = _mine(request, public_id)
    is_trying = found.tried_at is not None and found.try_ended_at is None
    context = {
        "endpoint": found,
        "is_trying": is_trying,
        "runs": runs_of(person_of(request)).filter(endpoint=found)[:50],
    }
    template = "endpoints/_tried.html" if request.htmx else "endpoints/page.html"
    return render(request, template, context)


@require_POST
@login_required
def try_it(request: HtmxRequest, public_id: str) -> HttpResponse:
    """Have a worker send three small prompts."""
    found = _mine(request, public_id)
    ask_for_try(found, now=timezone.now())
    return redirect(found)


@require_POST
@login_required
def retire(request: HtmxRequest, public_id: str) -> HttpResponse:
    """Forget an endpoint's key; its runs stay."""
    retire_endpoint(_mine(request, public_id), now=timezone.now())
    messages.success(request, gettext("Retired. Its key is gone; its runs stay."))
    return redirect("submissions:endpoints")


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def new_run(request: HtmxRequest, public_id: str) -> HttpResponse:
    """Say what a run would take, or start it."""
    return run_page(request, _mine(request, public_id))
