"""The wizard's last steps: the files with what they would score, and sending the draft."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods
from django.views.decorators.vary import vary_on_headers
from django_htmx.http import HttpResponseClientRefresh

from scoring import SUITES
from submissions import drafts, limits
from submissions.declarations import declared
from submissions.files import DamagedFile
from submissions.intake import Refused
from submissions.models import Draft
from submissions.trial_quota import trial_reason
from submissions.views.http import HtmxRequest, refuse_large_bodies
from submissions.views.wizard import of_open_draft, step_page, to_step
from submissions.wizard_forms import ReviewForm, UploadForm


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@refuse_large_bodies
@login_required
@never_cache
@vary_on_headers("HX-Request")
@csrf_protect
@of_open_draft
def upload(request: HtmxRequest, draft: Draft) -> HttpResponse:
    """Take the files, say everything that is wrong with them, and what they would score."""
    if request.method != "POST":
        return _look(request, draft)
    form = UploadForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, draft, {"form": form}, is_refused=True)
    try:
        drafts.save_files(draft, form.named_files(), now=timezone.now())
    except Refused as refused:
        return _page(request, draft, {"form": form, "refused": refused}, is_refused=True)
    if request.htmx:
        return HttpResponseClientRefresh()
    return redirect(f"{request.path}#checked")


def _look(request: HtmxRequest, draft: Draft) -> HttpResponse:
    """The files that the draft has; they are checked again where they are read otherwise now."""
    if draft.report is None and draft.files.exists():
        try:
            drafts.check_again(draft, now=timezone.now())
        except Refused as refused:
            return _page(request, draft, {"form": UploadForm(), "refused": refused})
        except DamagedFile:
            return _page(request, draft, {"form": UploadForm()})
    if request.htmx:
        return step_page(request, draft, "upload", _found(draft), template="submit/_trial.html")
    return _page(request, draft, {"form": UploadForm()})


def _page(
    request: HtmxRequest, draft: Draft, context: dict[str, Any], *, is_refused: bool = False
) -> HttpResponse:
    template = "submit/_result.html" if request.htmx else ""
    shared = _found(draft) | {"limits": limits, "files": draft.files.all()}
    return step_page(
        request, draft, "upload", shared | context, is_refused=is_refused, template=template
    )


def _found(draft: Draft) -> dict[str, Any]:
    """What is known of the files: the report, and the trial by task and scorer."""
    suite = SUITES[draft.suite]
    scorers = (draft.trial or {}).get("scorers", {})
    shown = [one for one in suite.scorers if one.name in scorers]
    by_task = {one.name: {row["task"]: row for row in scorers[one.name]["tasks"]} for one in shown}
    return {
        "suite": suite,
        "report": draft.report,
        "trial_reason": trial_reason(draft.trial or {}),
        "trial_scorers": [(one, scorers[one.name]) for one in shown],
        "trial_rows": [
            (task, [by_task[one.name].get(task.slug) for one in shown])
            for task in suite.tasks
            if any(task.slug in by_task[one.name] for one in shown)
        ],
    }


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
@of_open_draft
def review(request: HtmxRequest, draft: Draft) -> HttpResponse:
    """Show everything once more, ask who may see it, and send it."""
    step = drafts.first_open_step(draft)
    if step != "review":
        return to_step(draft, step)
    form = ReviewForm(request.POST if request.method == "POST" else None, draft=draft)
    if not form.is_valid():
        return _review_page(request, draft, {"form": form}, is_refused=form.is_bound)
    try:
        submission = drafts.send_draft(
            draft, visibility=form.visibility_chosen(), now=timezone.now()
        )
    except drafts.Incomplete as error:
        return to_step(draft, error.step)
    except DamagedFile:
        messages.error(request, gettext("A file of this draft is gone. Upload the files again."))
        return to_step(draft, "upload")
    except Refused as refused:
        context = {"form": form, "refused": refused}
        return _review_page(request, draft, context, is_refused=True)
    return redirect(submission)


def _review_page(
    request: HtmxRequest, draft: Draft, context: dict[str, Any], *, is_refused: bool
) -> HttpResponse:
    shared = _found(draft) | {"files": draft.files.all(), "declared": declared(draft.declared)}
    return step_page(request, draft, "review", shared | context, is_refused=is_refused)
