"""Models that our workers run: register one, look at it, start a run on it, retire it."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from submissions.hub_forms import HubModelForm
from submissions.hub_models import register_hub_model, retire_hub_model
from submissions.models import HubModel
from submissions.presence import machines
from submissions.repositories import RepositoryRefused
from submissions.run_progress import runs_of, visible_hub_models
from submissions.views.http import HtmxRequest, person_of
from submissions.views.run_start import run_page


def _mine(request: HtmxRequest, public_id: str) -> HubModel:
    """One's own model.  Raises: Http404 for everybody else's, and for none."""
    found = visible_hub_models(person_of(request)).filter(public_id=public_id).first()
    if found is None:
        raise Http404("no such model")
    return found


@require_safe
@login_required
@never_cache
def hub_models(request: HtmxRequest) -> HttpResponse:
    """List one's models that our workers run, and the runs on them."""
    person = person_of(request)
    context = {
        "hub_models": visible_hub_models(person),
        "runs": runs_of(person).exclude(hub_model=None)[:50],
        "machines": machines(now=timezone.now()),
    }
    return render(request, "hub_models/list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def register(request: HtmxRequest) -> HttpResponse:
    """Register a model: its files are looked at before anything is queued."""
    form = HubModelForm(request.POST or None, label_suffix="")
    if request.method == "POST" and form.is_valid():
        try:
            made = register_hub_model(person_of(request), form.facts(), now=timezone.now())
        except RepositoryRefused as refused:
            form.add_error(refused.field, refused.message)
        else:
            return redirect(made)
    context = {"form": form, "has_folder": settings.MODELS_DIR is not None}
    return render(request, "hub_models/form.html", context, status=422 if form.errors else 200)


@require_safe
@login_required
@never_cache
def hub_model(request: HtmxRequest, public_id: str) -> HttpResponse:
    """Show what a model's files say of it, and its runs."""
    found = _mine(request, public_id)
    runs = runs_of(person_of(request)).filter(hub_model=found)[:50]
    return render(request, "hub_models/page.html", {"hub_model": found, "runs": runs})


@require_POST
@login_required
def retire(request: HtmxRequest, public_id: str) -> HttpResponse:
    """Start no run on it any more; its runs stay."""
    retire_hub_model(_mine(request, public_id), now=timezone.now())
    messages.success(request, gettext("Retired. Its runs stay."))
    return redirect("submissions:hub-models")


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def new_run(request: HtmxRequest, public_id: str) -> HttpResponse:
    """Say what a run would take, or start it."""
    return run_page(request, _mine(request, public_id))
