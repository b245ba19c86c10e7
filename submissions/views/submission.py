"""A submission's page while it is scored and after, its examples, its files."""

from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from scoring import SUITES, Outcome
from submissions.access import (
    Access,
    can_manage,
    can_manage_model,
    has_part_in,
    may_have_files,
    visible_models,
)
from submissions.actions import can_undo_publish, successors
from submissions.declarations import declared
from submissions.downloads import file_response
from submissions.examples import DIFFERS, example_page, outcome_slug
from submissions.files import DamagedFile
from submissions.history import event_log, find_submission, task_stories, timeline
from submissions.models import Submission
from submissions.run_progress import how_it_was_run
from submissions.views.drawn import drawn
from submissions.views.http import HtmxRequest, readable_submission, reader_of, scorer_of
from submissions.views.submission_charts import submission_charts

STATUS_GONE = 410


@require_safe
@vary_on_headers("HX-Request")
def submission(request: HtmxRequest, public_id: str) -> HttpResponse:
    """Show a submission.  htmx asks again while it is scored and says what it has `seen`."""
    found, access = find_submission(public_id, reader_of(request))
    if found is None:
        raise Http404("no such submission")
    if access is Access.TOMBSTONE:
        tombstone = "submission/tombstone.html"
        return render(request, tombstone, {"submission": found}, status=STATUS_GONE)
    evaluations = list(found.evaluations.all())
    latest = evaluations[0] if evaluations else None
    state = f"{latest.pk}-{latest.status}-{latest.fence}" if latest else ""
    if request.htmx and state == request.GET.get("seen"):
        return HttpResponse(status=204)
    suite = SUITES[found.release.suite]
    scorer = scorer_of(suite, request.GET.get("scorer") or settings.DEFAULT_SCORER)
    is_manager = can_manage(found, reader_of(request))
    context: dict[str, Any] = {
        "submission": found,
        "suite": suite,
        "scorer": scorer,
        "latest": latest,
        "state": state,
        "is_open": latest is not None and latest.is_open,
        "are_files_open": may_have_files(found, reader_of(request), now=timezone.now()),
        "happenings": timeline(found, evaluations),
        "events": event_log(found, is_manager=is_manager),
        "declared": declared(found.declared),
        "tasks": task_stories(found, scorer=scorer.name),
        "standings": _standings(found),
        "how": how_it_was_run(found),
        "is_owner": is_manager,
        "actions": _actions(request, found) if is_manager else None,
        "charts": drawn(
            request,
            "submissions:submission-chart",
            submission_charts(found, scorer),
            found.public_id,
        ),
        "is_model_open": visible_models(reader_of(request)).filter(pk=found.model_id).exists(),
    }
    template = "submission/_story.html" if request.htmx else "submission/page.html"
    return render(request, template, context)


def _actions(request: HtmxRequest, found: Submission) -> dict[str, Any]:
    """What a manager may do with the submission now."""
    return {
        "can_undo": can_undo_publish(found, now=timezone.now()),
        "can_rename": can_manage_model(found.model, reader_of(request)),
        "successors": successors(found),
    }


def _standings(found: Submission) -> list[Any]:
    """The submission's row under each scorer, in the suite's order; None where there is none."""
    by_scorer = {standing.scorer: standing for standing in found.standings.all()}
    return [by_scorer.get(one.name) for one in SUITES[found.release.suite].scorers]


@require_safe
@vary_on_headers("HX-Request")
def examples(request: HtmxRequest, public_id: str, task: str) -> HttpResponse:
    """Show twenty of a task's examples: prediction, answer, score."""
    found = readable_submission(request, public_id)
    suite = SUITES[found.release.suite]
    scorer = scorer_of(suite, request.GET.get("scorer") or settings.DEFAULT_SCORER)
    outcome = request.GET.get("outcome", "")
    outcomes = [*(outcome_slug(one) for one in Outcome), DIFFERS]
    if task not in suite.slugs or outcome not in ("", *outcomes):
        raise Http404("no such task or outcome")
    number = request.GET.get("page", "1")
    page = example_page(
        found,
        task=task,
        scorer=scorer.name,
        outcome=outcome,
        page=int(number) if number.isdecimal() and len(number) < 6 else 1,
        with_answers=found.release.are_answers_public or reader_of(request).is_staff,
    )
    if page is None:
        raise Http404("no scores for this task yet")
    context = {
        "submission": found,
        "task": next(one for one in suite.tasks if one.slug == task),
        "suite": suite,
        "scorer": scorer,
        "outcome": outcome,
        "differs": DIFFERS,
        "page": page,
        "is_owner": has_part_in(found, reader_of(request)),
    }
    template = "submission/_examples.html" if request.htmx else "submission/examples.html"
    return render(request, template, context)


@require_safe
def file(request: HttpRequest, public_id: str, sha256: str) -> StreamingHttpResponse:
    """Send an uploaded file back as it came, as a download and never as a page."""
    found = readable_submission(request, public_id)
    stored = found.files.filter(sha256=sha256).first()
    is_open = may_have_files(found, reader_of(request), now=timezone.now())
    if stored is None or not is_open:
        raise Http404("no such file")
    try:
        return file_response(stored)
    except DamagedFile as error:
        raise Http404("the file is missing") from error
