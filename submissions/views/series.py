"""Pages of a series of length tracks: a curve for each model, and maps of length and depth."""

from collections.abc import Sequence
from typing import Any, Final

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from scoring import SUITES, Suite
from scoring.types import Scorer, Task
from submissions.access import visible_models
from submissions.charts.cells import Cell
from submissions.charts.depths import DepthMap, depths_by_release
from submissions.charts.lengths import Group, LengthCurve, LengthSeries
from submissions.charts.numbers import track_length
from submissions.models import ModelEntry, Release
from submissions.series import (
    DEPTH_BINS,
    Curve,
    Point,
    needle_tasks,
    read_curves,
    read_map,
    series_releases,
)
from submissions.views.drawn import drawn, figure_json
from submissions.views.http import HtmxRequest, reader_of, scorer_of

# As many curves as can be told apart; the table has all.
MOST_CURVES: Final = 6


@require_safe
def series(request: HtmxRequest, name: str) -> HttpResponse:
    """Show each model's score over length, on average or on one task."""
    releases, suite, scorer, task = _asked(request, name)
    curves = read_curves(releases, scorer=scorer.name, task=task.slug if task else None)
    lengths = [one.length_tokens or 0 for one in releases]
    charts = {LengthCurve.name: _curve_chart(task, curves)}
    context = {
        "name": name,
        "suite": suite,
        "scorer": scorer,
        "task": task,
        "releases": [(one, track_length(one.length_tokens or 0)) for one in releases],
        "rows": [(curve, _by_length(curve, lengths)) for curve in curves],
        "charts": drawn(request, "submissions:series-chart", charts, name),
        "more": max(0, len(curves) - MOST_CURVES),
    }
    return render(request, "series/page.html", context)


@require_safe
def series_chart(request: HtmxRequest, name: str, chart: str) -> HttpResponse:
    """The curves as a Plotly figure."""
    releases, _, scorer, task = _asked(request, name)
    curves = read_curves(releases, scorer=scorer.name, task=task.slug if task else None)
    return figure_json(request, _curve_chart(task, curves) if chart == LengthCurve.name else None)


@require_safe
def series_model(request: HtmxRequest, name: str, slug: str) -> HttpResponse:
    """Show where in a context a model finds a needle, length by length."""
    releases, suite, scorer, task = _asked(request, name)
    model = get_object_or_404(visible_models(reader_of(request)), slug=slug)
    task = task or needle_tasks(suite)[0]
    charts = {DepthMap.name: _map_chart(releases, model, task, scorer)}
    context: dict[str, Any] = {
        "name": name,
        "suite": suite,
        "scorer": scorer,
        "model": model,
        "task": task,
        "tasks": needle_tasks(suite),
        "charts": drawn(request, "submissions:series-model-chart", charts, name, slug),
    }
    return render(request, "series/model.html", context)


@require_safe
def series_model_chart(request: HtmxRequest, name: str, slug: str, chart: str) -> HttpResponse:
    """A map as a Plotly figure."""
    releases, suite, scorer, task = _asked(request, name)
    model = get_object_or_404(visible_models(reader_of(request)), slug=slug)
    found = _map_chart(releases, model, task or needle_tasks(suite)[0], scorer)
    return figure_json(request, found if chart == DepthMap.name else None)


def _asked(request: HtmxRequest, name: str) -> tuple[list[Release], Suite, Scorer, Task | None]:
    """The releases of a series, their suite, and the scorer and task that the address names.

    Raises:
        Http404: if there is none of that name.
    """
    releases = series_releases(name)
    if not releases:
        raise Http404("no such series")
    suite = SUITES[releases[0].suite]
    scorer = scorer_of(suite, request.GET.get("scorer") or settings.DEFAULT_SCORER)
    slug = request.GET.get("task") or None
    if slug is not None and slug not in suite.slugs:
        raise Http404("no such task")
    return releases, suite, scorer, suite.task(slug) if slug else None


def _by_length(curve: Curve, lengths: Sequence[int]) -> list[tuple[Point | None, str]]:
    """A model's point at each length, None where it has none, and the length as it is written."""
    points = {point.tokens: point for point in curve.points}
    return [(points.get(tokens), track_length(tokens)) for tokens in lengths]


def _curve_chart(task: Task | None, curves: Sequence[Curve]) -> LengthCurve | None:
    if not curves:
        return None
    lines = tuple(
        LengthSeries(
            curve.model.name,
            tuple(
                Group(
                    point.tokens,
                    point.n,
                    point.score,
                    # Until the ranking job has seen a row, its interval is a point.
                    point.score if point.low is None else point.low,
                    point.score if point.high is None else point.high,
                )
                for point in curve.points
            ),
        )
        for curve in curves[:MOST_CURVES]
    )
    return LengthCurve(task.name if task else gettext("all tasks"), lines, has_tracks=True)


def _map_chart(
    releases: Sequence[Release], model: ModelEntry, task: Task, scorer: Scorer
) -> DepthMap | None:
    found = read_map(releases, model, task=task, scorer=scorer.name)
    if found is None:
        return None
    step = 100 // DEPTH_BINS
    return depths_by_release(
        task.name,
        model.name,
        depths=tuple(f"{step * at}–{step * at + step}" for at in range(DEPTH_BINS)),
        lengths=tuple(map(track_length, found.lengths)),
        rows=tuple(
            tuple(
                None if one is None else Cell(one.n, one.score, (one.low, one.high)) for one in row
            )
            for row in found.rows
        ),
    )
