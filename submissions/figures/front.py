"""The charts of the whole board: its top, averages over time, and the benchmark itself.

A page that shows the board has what these need already.  Its view gives the charts addresses,

    charts = {
        "radar": top_radar(board, suite),
        "timeline": averages_over_time(states, scorer=board.scorer),
    }
    context["charts"] = drawn(request, "submissions:board-chart", charts)

and its template shows them: `{% include "charts/_head.html" only %}` in the block `css`, and
`{% load charts %}{% if charts.radar %}{% chart charts.radar %}{% endif %}` where they stand.
"""

from typing import Final

from django.urls import reverse
from django.utils.translation import gettext as _

from scoring import Suite
from submissions.charts.polar import PolarPie, Slice
from submissions.charts.radar import Radar, Series, Spoke
from submissions.charts.timeline import Arrival, Timeline
from submissions.figures.lines import SHOWN
from submissions.leaderboard import States
from submissions.models import BoardLine, ModelEntry, Part
from submissions.remembered import cache
from submissions.rows import Board, BoardRow

# How many arrivals that never were the best are drawn.
_MOST_ARRIVALS: Final = 200
_CACHE_SECONDS: Final = 24 * 60 * 60
# How many rows the radar of the top shows at most.
TOP_ROWS: Final = 5


def top_radar(board: Board, suite: Suite) -> Radar | None:
    """The rows that may be the best, at most five; the first five where only one may.

    None where no row is ranked.
    """
    ranked = [row for row in board.rows if row.rank is not None]
    ranked.sort(key=lambda row: row.rank or 0)
    if not ranked:
        return None
    may_be_best = [row for row in ranked if row.has_rank_interval and row.rank_low == 1]
    top = may_be_best if len(may_be_best) > 1 else ranked
    names = _names(top[:TOP_ROWS])
    return Radar(
        heading=_("The top of the board, task by task"),
        spokes=spokes_of(suite),
        series=tuple(
            Series(name, tuple(row.cells[task.slug].value for task in suite.tasks))
            for name, row in zip(names, top, strict=False)
        ),
    )


def averages_over_time(states: States, *, scorer: str) -> Timeline | None:
    """Every ranked row by the day of its submission, in one query; None where there is none.

    Of a long board those that were the best when they came, and the best of the others.
    """
    state = states.by_scorer.get(scorer)
    if state is None:
        return None
    key = f"timeline-{state.pk}-{state.version}"
    known: Timeline | None = cache.get(key)
    if known is not None:
        return known
    rows = (
        BoardLine.objects.filter(SHOWN, state=state, part=Part.RANKED)
        .order_by("-average", "name_key", "pk")
        .values_list("model__name", "submitted_at", "average", "weights")
    )
    whole = Timeline(
        tuple(
            Arrival(name, at.date(), average, weights == ModelEntry.Weights.OPEN)
            for name, at, average, weights in rows
            if at is not None and average is not None
        )
    )
    steps = {*whole.steps(is_open=True), *whole.steps(is_open=False)}
    others = [one for one in whole.arrivals if one not in steps]
    kept = (*steps, *others[:_MOST_ARRIVALS])
    found = Timeline(kept, left_out=len(whole.arrivals) - len(kept)) if kept else None
    cache.set(key, found, _CACHE_SECONDS)
    return found


def benchmark_pie(suite: Suite, *, current: str = "") -> PolarPie:
    """All tasks of a suite; `current` is the slug of the one that a page is about."""
    return PolarPie(
        suite=suite.name,
        slices=tuple(
            Slice(
                task.name,
                task.family,
                task.n,
                task.mean_input_tokens,
                reverse("submissions:task", args=[task.slug]),
            )
            for task in suite.tasks
        ),
        current=next((task.name for task in suite.tasks if task.slug == current), ""),
    )


def spokes_of(suite: Suite) -> tuple[Spoke, ...]:
    """The tasks in the paper's order, which keeps families together."""
    return tuple(Spoke(task.name, task.family) for task in suite.tasks)


def _names(rows: list[BoardRow]) -> list[str]:
    """Each model's name; with its release where one model has several rows."""
    names = [row.model_name for row in rows]
    return [
        name if names.count(name) == 1 else f"{name} ({row.release})"
        for name, row in zip(names, rows, strict=True)
    ]
