"""The benchmark's tasks: what each asks, how it is scored, and who does how well on it."""

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from scoring import SUITES
from scoring.types import Scorer, Suite, Task, UnknownTask
from submissions.charts import Chart
from submissions.figures.front import benchmark_pie
from submissions.figures.lengths import depths_of, lengths_of, read_measured
from submissions.figures.task import (
    Standings,
    difficulty_of,
    distribution_of,
    outcomes_of,
    task_standings,
)
from submissions.views.drawn import drawn, figure_json
from submissions.views.http import HtmxRequest, scorer_of

# How many of the best results a task's page lists.
_BEST = 10


@require_safe
def tasks(request: HtmxRequest) -> HttpResponse:
    """Show what the benchmark consists of."""
    suite = SUITES[settings.DEFAULT_SUITE]
    charts = {"benchmark": benchmark_pie(suite)}
    context = {
        "suite": suite,
        "examples": sum(task.n for task in suite.tasks),
        "charts": drawn(request, "submissions:tasks-chart", charts),
    }
    return render(request, "task/list.html", context)


@require_safe
def tasks_chart(request: HtmxRequest, name: str) -> HttpResponse:
    """The pie of the benchmark as a Plotly figure."""
    suite = SUITES[settings.DEFAULT_SUITE]
    return figure_json(request, benchmark_pie(suite) if name == "benchmark" else None)


@require_safe
def task(request: HtmxRequest, slug: str) -> HttpResponse:
    """Explain a task, and show the results on it under one scorer."""
    suite, one, scorer = _asked(request, slug)
    found = task_standings(suite, one, scorer.name)
    charts = _charts(suite, found)
    at = suite.tasks.index(one)
    context = {
        "suite": suite,
        "task": one,
        "scorer": scorer,
        "scorers": [(each, _href(one, each)) for each in suite.scorers],
        "about": f"task/about/{one.slug}.html",
        "best": found.scored[:_BEST],
        "count": len(found.scored),
        "releases": [(release, n) for release, (_items, n) in found.item_sets.items()],
        "before": suite.tasks[at - 1] if at else None,
        "after": suite.tasks[at + 1] if at + 1 < len(suite.tasks) else None,
        "charts": drawn(request, "submissions:task-chart", charts, one.slug),
    }
    return render(request, "task/page.html", context)


@require_safe
def task_chart(request: HtmxRequest, slug: str, name: str) -> HttpResponse:
    """A chart of a task as a Plotly figure."""
    suite, one, scorer = _asked(request, slug)
    found = task_standings(suite, one, scorer.name)
    return figure_json(request, _charts(suite, found).get(name))


def _asked(request: HtmxRequest, slug: str) -> tuple[Suite, Task, Scorer]:
    """The task that an address names, and the scorer in its query.

    Raises:
        Http404: if there is no such task or scorer.
    """
    suite = SUITES[settings.DEFAULT_SUITE]
    try:
        one = suite.task(slug)
    except UnknownTask as error:
        raise Http404("no such task") from error
    return suite, one, scorer_of(suite, request.GET.get("scorer") or settings.DEFAULT_SCORER)


def _charts(suite: Suite, found: Standings) -> dict[str, Chart | None]:
    measured = read_measured(suite, found.task, found.scorer)
    return {
        "benchmark": benchmark_pie(suite, current=found.task.slug),
        "distribution": distribution_of(found),
        "difficulty": difficulty_of(found),
        "outcomes": outcomes_of(found),
        "lengths": lengths_of(found.task.name, measured),
        "depths": depths_of(found.task, measured, found.lines, found.scorer),
    }


def _href(one: Task, scorer: Scorer) -> str:
    path = reverse("submissions:task", args=[one.slug])
    return path if scorer.name == settings.DEFAULT_SCORER else f"{path}?scorer={scorer.name}"
