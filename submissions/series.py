"""Reads a series of length tracks: a curve for each model, and its maps of length and depth."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.db.models import QuerySet

from scoring import Suite, Task
from submissions.artefacts import unpack_scores
from submissions.models import Example, ModelEntry, Release, Standing, Submission, TaskArtefact

if TYPE_CHECKING:
    from scoring.statistics import EffectiveLength

# The family whose tasks have one needle each, at a depth that is asked for.
NEEDLE_FAMILY: Final = "Retrieve"
DEPTH_BINS: Final = 10


@dataclass(frozen=True, slots=True)
class Point:
    """A model's score at one length, a fraction, with its 95 % interval where it is known.

    `n` is the number of examples.
    """

    tokens: int
    n: int
    score: float
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class Curve:
    """A model's scores over length, shortest first, and how far it keeps them."""

    model: ModelEntry
    points: tuple[Point, ...]
    effective: "EffectiveLength | None"


@dataclass(frozen=True, slots=True)
class MapCell:
    """The score of n examples of one length and depth, with its 95 % interval."""

    score: float
    low: float
    high: float
    n: int


@dataclass(frozen=True, slots=True)
class DepthMap:
    """A task's scores by length and depth; None where there is no example."""

    lengths: tuple[int, ...]
    # A row for each tenth of the depth, the context's start first.
    rows: tuple[tuple[MapCell | None, ...], ...]


def series_releases(series: str) -> list[Release]:
    """The releases of a series, shortest first; none where there is no such series."""
    return list(
        Release.objects.filter(series=series).select_related("round").order_by("length_tokens")
    )


def read_curves(
    releases: Sequence[Release], *, scorer: str, task: str | None = None
) -> list[Curve]:
    """One curve a model that has a row on any of the boards, best at the shortest length first.

    Args:
        releases: of one series.
        scorer: whose scores.
        task: a task's scores; left out, the average over all tasks.
    """
    lengths = {one.board: one.length_tokens or 0 for one in releases}
    rows: dict[ModelEntry, list[tuple[Point, float | None]]] = defaultdict(list)
    for standing in _standings(lengths, scorer):
        point = _point(standing, lengths[standing.board], task)
        if point is not None:
            se = standing.se if task is None else _se_of(point)
            rows[standing.submission.model].append((point, se))
    curves = [_curve(model, points) for model, points in rows.items()]
    return sorted(curves, key=lambda one: (-one.points[0].score, one.model.name.casefold()))


def _standings(boards: Mapping[str, int], scorer: str) -> QuerySet[Standing]:
    """The rows of the boards.  Visibility is asked again: a private row would be a leak."""
    return (
        Standing.objects.filter(
            board__in=boards,
            scorer=scorer,
            is_on_board=True,
            submission__visibility=Submission.Visibility.PUBLIC,
            submission__withdrawn_at=None,
        )
        .select_related("submission__model")
        .order_by("pk")
    )


def _point(standing: Standing, tokens: int, task: str | None) -> Point | None:
    if task is None:
        if standing.average is None:
            return None
        return Point(tokens, standing.n, standing.average, standing.low, standing.high)
    if task not in standing.means:
        return None
    low, high = standing.intervals.get(task, (None, None))
    n = standing.n // max(1, standing.tasks)
    return Point(tokens, n, standing.means[task], low, high)


def _se_of(point: Point) -> float | None:
    """The standard error that a 95 % interval stands for."""
    if point.low is None or point.high is None:
        return None
    return (point.high - point.low) / (2 * 1.96)


def _curve(model: ModelEntry, found: Sequence[tuple[Point, float | None]]) -> Curve:
    # The statistics load numpy, which most pages never need.
    from scoring.statistics import LengthScore, effective_length  # noqa: PLC0415

    ordered = sorted(found, key=lambda one: one[0].tokens)
    effective = None
    if all(se is not None for _, se in ordered):
        effective = effective_length(
            [LengthScore(point.tokens, point.score, se or 0.0) for point, se in ordered]
        )
    return Curve(model, tuple(point for point, _ in ordered), effective)


def read_map(
    releases: Sequence[Release], model: ModelEntry, *, task: Task, scorer: str
) -> DepthMap | None:
    """A task's scores by length and depth; None where the model has none, or no needle lies."""
    boards = {one.board: one.length_tokens or 0 for one in releases}
    found: dict[tuple[int, int], list[float]] = defaultdict(list)
    for standing in _standings(boards, scorer).filter(submission__model=model):
        for place, score in _scores_by_depth(standing, task.slug, scorer):
            found[boards[standing.board], place].append(score)
    return _depth_map(found) if found else None


def needle_tasks(suite: Suite) -> list[Task]:
    """The tasks whose maps are shown."""
    return [task for task in suite.tasks if task.family == NEEDLE_FAMILY]


def _scores_by_depth(standing: Standing, task: str, scorer: str) -> list[tuple[int, float]]:
    """Which tenth of the depth each example's needle is in, and its score."""
    artefact = TaskArtefact.objects.filter(
        result__evaluation=standing.submission.current_evaluation_id,
        result__task=task,
        result__scorer=scorer,
    ).first()
    if artefact is None:
        return []
    depths = (
        Example.objects.filter(
            item_set__task=task, item_set__release_tasks__release=standing.submission.release_id
        )
        .order_by("position")
        .values_list("depth", flat=True)
    )
    scores, _ = unpack_scores(bytes(artefact.data))
    return [
        (min(DEPTH_BINS - 1, int(depth * DEPTH_BINS)), score)
        for depth, score in zip(depths, scores, strict=True)
        if depth is not None
    ]


def _depth_map(found: Mapping[tuple[int, int], Sequence[float]]) -> DepthMap:
    lengths = tuple(sorted({length for length, _ in found}))
    rows = tuple(
        tuple(_cell(found.get((length, place), ())) for length in lengths)
        for place in range(DEPTH_BINS)
    )
    return DepthMap(lengths, rows)


def _cell(scores: Sequence[float]) -> MapCell | None:
    from scoring.statistics import wilson  # noqa: PLC0415  late, as above

    if not scores:
        return None
    score = sum(scores) / len(scores)
    interval = wilson(sum(scores), len(scores))
    return MapCell(score, interval.low, interval.high, len(scores))
