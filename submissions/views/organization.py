"""An organization's models and submissions, for its members."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.organizations import OWNER, role_in
from accounts.views.http import organization_of
from scoring import SUITES
from submissions.history import with_scores
from submissions.models import ModelEntry, Submission
from submissions.sharing import NotShared, share_model
from submissions.views.http import person_of

# How many of an organization's submissions a page lists.
_LISTED = 200


@require_safe
@login_required
@never_cache
def organization_models(request: HttpRequest, slug: str) -> HttpResponse:
    """Show what an organization shares, and let a member share more."""
    found = organization_of(request, slug)
    person = person_of(request)
    shared = Submission.objects.filter(model__shared_with=found)
    context = {
        "organization": found,
        "is_owner": role_in(found, person) == OWNER,
        "models": found.model_entries.select_related("owner"),
        "submissions": with_scores(shared)[:_LISTED],
        "own_models": ModelEntry.objects.filter(owner=person, shared_with=None),
        "suite": SUITES[settings.DEFAULT_SUITE],
    }
    return render(request, "organization/models.html", context)


@require_POST
@login_required
def share(request: HttpRequest, slug: str) -> HttpResponse:
    """Share one of one's own models with an organization."""
    found, person = organization_of(request, slug), person_of(request)
    own = {one.slug: one for one in ModelEntry.objects.filter(owner=person, shared_with=None)}
    model = own.get(request.POST.get("model", ""))
    if model is None:
        raise Http404("no such model")
    try:
        share_model(model, found, sharer=person)
    except NotShared as error:
        messages.error(request, str(error))
    return redirect("submissions:organization-models", slug=slug)


@require_POST
@login_required
def unshare(request: HttpRequest, slug: str, model: str) -> HttpResponse:
    """Give a model back to whoever entered it, as the organization's owner."""
    found = organization_of(request, slug, role=OWNER)
    entry = get_object_or_404(found.model_entries, slug=model)
    try:
        share_model(entry, None, sharer=person_of(request))
    except NotShared as error:
        messages.error(request, str(error))
    return redirect("submissions:organization-models", slug=slug)
