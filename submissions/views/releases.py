"""Pages of releases: which data there are, their rounds, and the files of generated ones."""

from typing import Any

from django.http import FileResponse, Http404, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from scoring import SUITES
from submissions.contexts import (
    LINK_LIFE,
    LinkRefused,
    check_link,
    generated_releases,
    read_rows,
    sign_link,
)
from submissions.files import DamagedFile
from submissions.generated import release_folder
from submissions.models import Release
from submissions.rounds import has_opened, round_state
from submissions.samples import SAMPLES, has_sample, open_sample
from submissions.views.http import HtmxRequest, person_of


@require_safe
def releases(request: HtmxRequest) -> HttpResponse:
    """List every release, newest first, with the round that it belongs to."""
    now = timezone.now()
    found = Release.objects.select_related("round").order_by("-created_at", "-pk")
    rows = [(one, round_state(one.round, now=now)) for one in found]
    return render(request, "release/list.html", {"rows": rows})


@require_safe
def release(request: HtmxRequest, name: str) -> HttpResponse:
    """Show what a release is, and where its files are."""
    found = get_object_or_404(Release.objects.select_related("round"), name=name)
    suite = SUITES[found.suite]
    sizes = dict(found.tasks.values_list("task", "item_set__n"))
    context: dict[str, Any] = {
        "release": found,
        "suite": suite,
        "state": round_state(found.round, now=timezone.now()),
        "tasks": [(task, sizes[task.slug]) for task in suite.tasks if task.slug in sizes],
        "link_hours": round(LINK_LIFE.total_seconds() / 3600),
    }
    if found.source == Release.Source.SYNTHETIC:
        context |= {
            "is_generated": True,
            "is_open": has_opened(found.round, now=timezone.now()),
            "samples": _samples(found),
        }
        if not found.are_answers_public and request.user.is_authenticated:
            context["key"] = sign_link(found, person_of(request))
    response = render(request, "release/page.html", context)
    if "key" in context:
        # A key is its owner's: no cache in between may keep it.
        response["Cache-Control"] = "private, no-store"
    return response


@require_safe
def contexts(request: HtmxRequest, name: str, task: str) -> HttpResponseBase:
    """Send a task's file: whole, or without answers to who has a key while they are secret."""
    found = get_object_or_404(generated_releases(), name=name)
    if task not in SUITES[found.suite].slugs or not has_opened(found.round, now=timezone.now()):
        raise Http404("no such file")
    if not found.are_answers_public:
        try:
            check_link(request.GET.get("key", ""), found)
        except LinkRefused:
            context = {"page": reverse("submissions:release", args=[name])}
            return render(request, "release/link_refused.html", context, status=403)
    try:
        rows = read_rows(found, task)
    except DamagedFile as error:
        raise Http404("the file is missing") from error
    response = StreamingHttpResponse(rows, content_type="application/jsonl; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{task}.jsonl"'
    if not found.are_answers_public:
        response["Cache-Control"] = "private, no-store"
    return response


@require_safe
def sample(_request: HtmxRequest, name: str, slug: str) -> HttpResponseBase:
    """Send the sample predictions of a baseline."""
    found = get_object_or_404(generated_releases(), name=name, are_answers_public=True)
    asked = next((one for one in SAMPLES if one.slug == slug), None)
    if asked is None:
        raise Http404("no such sample")
    try:
        stream = open_sample(release_folder(found.name), asked)
    except FileNotFoundError as error:
        raise Http404("no such sample") from error
    return FileResponse(stream, as_attachment=True, filename=asked.file)


def _samples(found: Release) -> list[str]:
    """The baselines that this release has predictions of."""
    folder = release_folder(found.name)
    return [one.slug for one in SAMPLES if has_sample(folder, one)]
