"""A hosted run's page while it runs and after, its buttons, and the prompts that it sent."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe
from django.views.decorators.vary import vary_on_headers

from submissions.models import HostedRun
from submissions.run_progress import find_run, progress_of, unanswered
from submissions.runs import cancel_run, pause_run, resume_run
from submissions.sent_prompts import NoPrompts, prompts_response
from submissions.views.http import HtmxRequest, person_of, readable_submission


def _mine(request: HttpRequest, public_id: str) -> HostedRun:
    """A run that the reader may see.  Raises: Http404."""
    found = find_run(public_id, person_of(request))
    if found is None:
        raise Http404("no such run")
    return found


@require_safe
@login_required
@never_cache
@vary_on_headers("HX-Request")
def run(request: HtmxRequest, public_id: str) -> HttpResponse:
    """Show a run; htmx asks again while it is open."""
    found = _mine(request, public_id)
    context = {
        "run": found,
        "progress": progress_of(found, now=timezone.now()),
        "is_owner": found.owner_id == person_of(request).pk,
        "failed": unanswered(found),
    }
    return render(request, "runs/_run.html" if request.htmx else "runs/page.html", context)


@require_POST
@login_required
def change(request: HttpRequest, public_id: str, action: str) -> HttpResponse:
    """Pause, resume or cancel one's own run."""
    found = _mine(request, public_id)
    if found.owner_id != person_of(request).pk:
        raise Http404("no such run")
    if action == "pause":
        is_done = pause_run(found, reason=gettext("You paused it."))
    elif action == "resume":
        is_done = resume_run(found)
    else:
        is_done = cancel_run(found, reason=gettext("You cancelled it."), now=timezone.now())
    if not is_done:
        messages.info(request, gettext("That came too late: see where the run stands."))
    return redirect(found)


@require_safe
def prompts(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """The hash of each prompt behind a submission, and the prompts of a public release."""
    found = readable_submission(request, public_id)
    with_texts = request.GET.get("texts") == "1"
    try:
        return prompts_response(found, with_texts=with_texts)
    except NoPrompts as error:
        raise Http404(str(error)) from error
