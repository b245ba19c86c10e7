"""The way in on one page: a form that checks an upload and stores nothing, or submits it."""

from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods
from django.views.decorators.vary import vary_on_headers
from django_htmx.http import HttpResponseClientRedirect

from scoring import SUITES
from submissions import limits
from submissions.forms import SubmitForm
from submissions.intake import Refused
from submissions.quota import quota_of
from submissions.receive import check_upload, receive_upload
from submissions.views.http import HtmxRequest, person_of, refuse_large_bodies


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@refuse_large_bodies
@login_required
@vary_on_headers("HX-Request")
@csrf_protect
def submit(request: HtmxRequest) -> HttpResponse:
    """Everything on one page: what is checked is not stored, what is submitted is scored."""
    suite, owner = settings.DEFAULT_SUITE, person_of(request)
    if request.method != "POST":
        return _page(request, SubmitForm(suite=suite, owner=owner), {})
    is_check = request.POST.get("action") != "submit"
    form = SubmitForm(request.POST, request.FILES, suite=suite, owner=owner, is_check=is_check)
    if not form.is_valid():
        return _page(request, form, {}, status=422)
    try:
        if is_check:
            return _page(
                request,
                form,
                {"report": check_upload(form.named_files(), form.options(), now=timezone.now())},
            )
        submission = receive_upload(
            form.named_files(),
            model=form.model_or_facts(),
            submitter=owner,
            options=form.options(),
            now=timezone.now(),
        )
    except Refused as refused:
        return _page(request, form, {"refused": refused}, status=422)
    if request.htmx:
        return HttpResponseClientRedirect(submission.get_absolute_url())
    return redirect(submission)


def _page(
    request: HtmxRequest, form: SubmitForm, result: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    context = result | {
        "form": form,
        "suite": SUITES[form.suite],
        "limits": limits,
        "quota": quota_of(form.owner, now=timezone.now()),
    }
    template = "submit/_one_page_result.html" if request.htmx else "submit/one_page.html"
    return render(request, template, context, status=status)
