"""A model's page: who it is, how it does against the field, and what it has submitted."""

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from scoring import SUITES
from scoring.types import Scorer, Suite
from submissions.access import listed_submissions, visible_models
from submissions.charts import Chart
from submissions.figures.lengths import lengths_of, read_families
from submissions.figures.model import Profile, model_charts, read_profile, shown_standing
from submissions.history import with_scores
from submissions.leaderboard import read_states
from submissions.models import ModelEntry, ReportedScore, Submission
from submissions.row_details import scoring_commands
from submissions.views.citation import bibtex
from submissions.views.drawn import drawn, figure_json
from submissions.views.http import HtmxRequest, reader_of, scorer_of


@require_safe
def model(request: HtmxRequest, slug: str) -> HttpResponse:
    """Show a model under one scorer, and what its authors' table says."""
    entry, suite, scorer = _asked(request, slug)
    submissions = _submissions(request, entry)
    profile = _profile(suite, submissions, scorer)
    reported = {
        score.task: score for score in ReportedScore.objects.filter(model=entry, suite=suite.slug)
    }
    one = next(iter(reported.values()), None)
    charts = _charts(entry, suite, scorer, profile)
    context = {
        "model": entry,
        "suite": suite,
        "scorer": scorer,
        "scorers": [(each, _href(entry, each)) for each in suite.scorers],
        "submissions": submissions,
        "profile": profile,
        # A badge tells of the suite's own board.
        "has_badge": bool(
            profile and profile.standing.rank and profile.submission.release.board == suite.slug
        ),
        "commands": _commands(request, profile) if profile else "",
        "address": request.build_absolute_uri(entry.get_absolute_url()),
        "citation": _citation(request, profile) if profile else "",
        "site": request.build_absolute_uri("/").rstrip("/"),
        "reported": [(task, reported.get(task.slug)) for task in suite.tasks] if reported else [],
        "reported_source": one.source if one else "",
        "reported_scorer": one.scorer if one else "",
        "charts": drawn(request, "submissions:model-chart", charts, entry.slug),
    }
    return render(request, "model/page.html", context)


@require_safe
def chart(request: HtmxRequest, slug: str, name: str) -> HttpResponse:
    """A chart of a model's page as a Plotly figure."""
    entry, suite, scorer = _asked(request, slug)
    profile = _profile(suite, _submissions(request, entry), scorer)
    return figure_json(request, _charts(entry, suite, scorer, profile).get(name))


def _asked(request: HtmxRequest, slug: str) -> tuple[ModelEntry, Suite, Scorer]:
    """The model and the scorer of an address.

    Raises:
        Http404: if there is no such scorer, or no such model that the reader may see.
    """
    suite = SUITES[settings.DEFAULT_SUITE]
    scorer = scorer_of(suite, request.GET.get("scorer") or settings.DEFAULT_SCORER)
    return get_object_or_404(visible_models(reader_of(request)), slug=slug), suite, scorer


def _submissions(request: HtmxRequest, entry: ModelEntry) -> list[Submission]:
    return list(with_scores(listed_submissions(reader_of(request)).filter(model=entry)))


def _profile(suite: Suite, submissions: list[Submission], scorer: Scorer) -> Profile | None:
    found = shown_standing(submissions, scorer.name, board=suite.slug)
    if found is None:
        return None
    submission, standing = found
    return read_profile(suite, submission, standing, states=read_states(submission.release.board))


def _charts(
    entry: ModelEntry, suite: Suite, scorer: Scorer, profile: Profile | None
) -> dict[str, Chart | None]:
    measured = read_families(suite, scorer.name, model_id=entry.pk)
    return {
        **model_charts(profile, suite),
        "lengths": lengths_of(gettext("fresh data by family"), measured),
    }


def _commands(request: HtmxRequest, profile: Profile) -> str:
    one = profile.submission
    option = " --drop-first-number" if one.drop_first_number else ""
    site = request.build_absolute_uri("/").rstrip("/")
    scorer = f"{profile.standing.scorer}{option}"
    return scoring_commands(one.public_id, list(one.files.all()), scorer, site)


def _citation(request: HtmxRequest, profile: Profile) -> str:
    one = profile.submission
    return bibtex(
        model=one.model.name,
        public_id=one.public_id,
        release=one.release.name,
        scorer=profile.standing.scorer,
        year=one.created_at.year,
        address=request.build_absolute_uri(one.get_absolute_url()),
    )


def _href(entry: ModelEntry, scorer: Scorer) -> str:
    path = reverse("submissions:model", args=[entry.slug])
    return path if scorer.name == settings.DEFAULT_SCORER else f"{path}?scorer={scorer.name}"
