"""The charts of a comparison: forest plot, radar, and scores example by example."""

from django.utils.translation import gettext as _

from scoring import Suite
from submissions.charts.forest import Forest, ForestRow, Interval
from submissions.charts.radar import Radar, Series
from submissions.charts.scatter import Scatter
from submissions.compared import Comparison, Difference, Overall
from submissions.figures.front import spokes_of


def forest_of(comparison: Comparison) -> Forest | None:
    """Every difference of a comparison; None where nothing could be paired."""
    if not any(comparison.overalls):
        return None
    average = ForestRow(_("Average"), tuple(_interval(one) for one in comparison.overalls))
    return Forest(
        first=comparison.sides[0].label,
        later=tuple(side.label for side in comparison.sides[1:]),
        rows=(
            average,
            *(
                ForestRow(row.name, tuple(_interval(one.difference) for one in row.pairings))
                for row in comparison.rows
            ),
        ),
    )


def radar_of(comparison: Comparison, suite: Suite) -> Radar | None:
    """All sides over all tasks; None where none is scored."""
    if not any(side.is_scored for side in comparison.sides):
        return None
    return Radar(
        heading=_("Scores task by task"),
        spokes=spokes_of(suite),
        series=tuple(
            Series(side.label, tuple(row.scores[at] for row in comparison.rows))
            for at, side in enumerate(comparison.sides)
        ),
    )


def scatter_of(comparison: Comparison, suite: Suite, task: str) -> Scatter | None:
    """Common examples of a task as pairs of scores; None where there are none."""
    pairs = comparison.graded.get(task)
    if not pairs:
        return None
    first, later = comparison.sides
    return Scatter(suite.task(task).name, first.label, later.label, pairs)


def _interval(one: Overall | Difference | None) -> Interval | None:
    return None if one is None else Interval(one.value, one.low, one.high, one.is_told_apart)
