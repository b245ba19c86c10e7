"""The way in, a step a page: what, whose, how, the files, and a last look before it is sent."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_htmx.http import HttpResponseClientRedirect

from submissions import drafts
from submissions.kinds import KINDS
from submissions.models import Draft
from submissions.quota import quota_of
from submissions.views.http import HtmxRequest, person_of
from submissions.wizard_forms import ModelForm, ProtocolForm

STEPS = {
    "model": _("The model"),
    "protocol": _("How it was run"),
    "upload": _("The files"),
    "review": _("Review and send"),
}
_ORDER = [*STEPS, "done"]


@dataclass(frozen=True, slots=True)
class Step:
    """A step in the list above each page; `href` is empty while it cannot be reached yet."""

    slug: str
    title: str
    href: str
    is_done: bool


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def start(request: HtmxRequest) -> HttpResponse:
    """Offer the ways to submit and the drafts to go on with; a POST chooses a way."""
    person = person_of(request)
    context = {
        "kinds": list(KINDS.values()),
        "drafts": [(one, STEPS[drafts.first_open_step(one)]) for one in drafts.open_drafts(person)],
    }
    if request.method != "POST":
        return render(request, "submit/start.html", context)
    kind = KINDS.get(request.POST.get("kind", ""))
    if kind is None:
        missing = {"error": gettext("Choose what you have.")}
        return render(request, "submit/start.html", context | missing, status=422)
    if kind.start:
        return redirect(kind.start)
    try:
        draft = drafts.open_draft(
            person, kind=kind.slug, suite=settings.DEFAULT_SUITE, now=timezone.now()
        )
    except drafts.TooManyDrafts as error:
        return render(request, "submit/start.html", context | {"error": str(error)}, status=422)
    return to_step(draft, "model")


def of_open_draft(
    view: Callable[[HtmxRequest, Draft], HttpResponse],
) -> Callable[[HtmxRequest, str], HttpResponse]:
    """Give a view one's own draft; from one that was sent, lead to the submission that it became.

    Whoever goes back in the browser, or has another tab open, comes by a draft that was sent.
    """

    @wraps(view)
    def opened(request: HtmxRequest, public_id: str) -> HttpResponse:
        mine = Draft.objects.select_related("model", "release", "owner", "submission")
        draft = mine.filter(owner=person_of(request), public_id=public_id).first()
        if draft is None:
            raise Http404("no such draft")
        if draft.submission is None:
            return view(request, draft)
        if request.htmx:
            # The whole page, and not a part of it, is elsewhere now.
            return HttpResponseClientRedirect(draft.submission.get_absolute_url())
        return redirect(draft.submission)

    return opened


@require_safe
@login_required
@of_open_draft
def resume(_request: HtmxRequest, draft: Draft) -> HttpResponse:
    """Lead to where a draft was left."""
    return to_step(draft, drafts.first_open_step(draft))


@require_POST
@login_required
@of_open_draft
def discard(request: HtmxRequest, draft: Draft) -> HttpResponse:
    """Throw a draft away."""
    drafts.throw_away(draft)
    messages.success(request, gettext("The draft and its files are gone."))
    return redirect("submissions:submit")


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
@of_open_draft
def model(request: HtmxRequest, draft: Draft) -> HttpResponse:
    """Ask whose predictions they are."""
    form = ModelForm(request.POST if request.method == "POST" else None, draft=draft)
    if not form.is_valid():
        return step_page(request, draft, "model", {"form": form}, is_refused=form.is_bound)
    chosen = form.cleaned_data["model"]
    drafts.save_model(draft, model=chosen, facts=form.facts(), now=timezone.now())
    return to_step(draft, "protocol")


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
@of_open_draft
def protocol(request: HtmxRequest, draft: Draft) -> HttpResponse:
    """Ask how the predictions were made."""
    form = ProtocolForm(request.POST if request.method == "POST" else None, draft=draft)
    if not form.is_valid():
        return step_page(request, draft, "protocol", {"form": form}, is_refused=form.is_bound)
    drafts.save_protocol(draft, form.values(), now=timezone.now())
    return to_step(draft, "upload")


def to_step(draft: Draft, step: str) -> HttpResponseRedirect:
    """The way to a step of a draft."""
    return HttpResponseRedirect(reverse(f"submissions:draft-{step}", args=[draft.public_id]))


def step_page(
    request: HtmxRequest,
    draft: Draft,
    step: str,
    context: dict[str, Any],
    *,
    is_refused: bool = False,
    template: str = "",
) -> HttpResponse:
    """A step's page, below the list of all steps."""
    reached = _ORDER.index(drafts.first_open_step(draft))
    shared = {
        "draft": draft,
        "step": step,
        "title": STEPS[step],
        "steps": [
            Step(
                slug,
                str(title),
                reverse(f"submissions:draft-{slug}", args=[draft.public_id])
                if _ORDER.index(slug) <= reached
                else "",
                _ORDER.index(slug) < reached,
            )
            for slug, title in STEPS.items()
        ],
        "number": _ORDER.index(step) + 2,
        "quota": quota_of(draft.owner, now=timezone.now()),
    }
    status = 422 if is_refused else 200
    return render(request, template or f"submit/{step}.html", shared | context, status=status)
