"""A hosted run's page while it runs and after, its buttons, and the prompts that it sent."""

from collections.abc import Iterator

import orjson
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe
from django.views.decorators.vary import vary_on_headers

from scoring import PROMPTING
from submissions.models import Answer, HostedRun
from submissions.prompt_sets import UnknownPromptSet, find_prompt_set
from submissions.questions import NoContexts, read_rows
from submissions.run_progress import find_run, how_it_was_run, progress_of
from submissions.runs import cancel_run, pause_run, resume_run
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
        "failed": found.answers.exclude(state__in=Answer.FINAL).order_by("task", "position")[:20],
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
def prompts(request: HttpRequest, public_id: str) -> HttpResponse | StreamingHttpResponse:
    """The hash of each prompt behind a submission, and the prompts of a public release."""
    found = readable_submission(request, public_id)
    how = how_it_was_run(found)
    if how is None:
        raise Http404("it was not run here")
    with_texts = request.GET.get("texts") == "1"
    if with_texts and not how["are_prompts_public"]:
        raise Http404("the prompts of this release are not public")
    try:
        lines = _prompt_lines(how["run"]) if with_texts else _hash_lines(how["run"])
        first = next(lines, b"")
    except (NoContexts, UnknownPromptSet) as error:
        raise Http404(str(error)) from error
    name = f"{public_id}-{'prompts' if with_texts else 'prompt-hashes'}.jsonl"
    return StreamingHttpResponse(
        _after(first, lines),
        content_type="application/x-ndjson",
        headers={
            "Content-Disposition": f'attachment; filename="{name}"',
            "X-Content-Type-Options": "nosniff",
        },
    )


def _after(first: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    yield first
    yield from rest


def _hash_lines(found: HostedRun) -> Iterator[bytes]:
    rows = Answer.objects.filter(run=found).order_by("task", "position")
    columns = ("task", "position", "prompt_sha256", "whole_tokens", "kept_tokens", "state")
    for row in rows.values(*columns).iterator():
        yield orjson.dumps(row) + b"\n"


def _prompt_lines(found: HostedRun) -> Iterator[bytes]:
    """Each prompt as the set renders it, whole: before anything was cut."""
    prompt_set = find_prompt_set(found.release.suite, found.prompt_set)
    read_fields = PROMPTING[found.release.suite].read_fields
    for task in found.tasks:
        for example, row in read_rows(found.release, task):
            prompt = prompt_set.render(task, row, read_fields)
            line = {
                "task": task,
                "position": example.position,
                "system": prompt.system,
                "user": prompt.text,
                "max_new_tokens": prompt.max_new_tokens,
                "stop": list(prompt.stop),
                "prompt_sha256": prompt.sha256,
            }
            yield orjson.dumps(line) + b"\n"
