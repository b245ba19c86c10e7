"""Reads the board: the rows that page, API and exports show alike.

Ranks are read, never computed: a row's rank was stored with its scores.
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from scoring import SUITES
from submissions.models import (
    BoardEvent,
    BoardState,
    ModelEntry,
    Release,
    ReportedScore,
    Standing,
    Submission,
)
from submissions.rows import (
    ASCENDING_FIRST,
    SORTS,
    Board,
    BoardRow,
    Cell,
    HowSure,
    Note,
    sort_rows,
)


def board_rows(
    *,
    suite: str,
    scorer: str,
    board: str | None = None,
    release: str | None = None,
    sort: str = "rank",
    descending: bool | None = None,
) -> Board:
    """Read a board under one scorer, in five queries however many rows there are.

    Args:
        suite: whose tasks are the columns.
        scorer: rows of different scorers are never mixed.
        board: whose rows; the suite's own where left out.
        release: the name of one release, to see only its rows.
        sort: one of SORTS or a task's slug; anything else is the rank.
        descending: left out, what is natural for `sort`.
    """
    if sort not in SORTS and sort not in SUITES[suite].slugs:
        sort = "rank"
    if descending is None:
        descending = sort not in ASCENDING_FIRST
    standings = list(_standings(board or suite, scorer))
    reported = _reported_scores(suite)
    notes = _Notes(suite, {model: of for model, of in reported.items() if _is_of(of, scorer)})
    rows = [
        _scored_row(standing, notes)
        for standing in standings
        if release in (None, standing.submission.release.name)
    ]
    scored_models = {standing.submission.model_id for standing in standings}
    unscored = [of for model, of in reported.items() if model not in scored_models]
    shown = [of for of in unscored if _is_of(of, scorer)] if release is None else []
    rows += [_reported_row(of) for of in shown]
    return Board(
        rows=tuple(sort_rows(rows, sort=sort, descending=descending)),
        scorer=scorer,
        release=release,
        releases=tuple(Release.objects.filter(suite=suite, board=board or suite)),
        sort=sort,
        descending=descending,
        notes=tuple(notes.taken),
        reported_source=shown[0][0].source if shown else "",
        reported_elsewhere=_count_elsewhere(unscored, scorer),
        version=board_version(),
        how_sure=_how_sure(board or suite, scorer),
    )


def board_version() -> int:
    """A number that rises with every change of any board."""
    return BoardEvent.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


def _how_sure(board: str, scorer: str) -> HowSure | None:
    state = BoardState.objects.filter(board=board, scorer=scorer).first()
    if state is None or state.computed_at is None:
        return None
    return HowSure(
        is_current=state.computed >= state.wanted,
        computed_at=state.computed_at,
        ranked=state.ranked,
        seed=state.seed,
        is_covariance_full=state.is_covariance_full,
        are_clusters_known=state.are_clusters_known,
    )


def _standings(board: str, scorer: str) -> Iterable[Standing]:
    """The board's rows.  Visibility is asked again: a private row here would be a leak."""
    return Standing.objects.filter(
        board=board,
        scorer=scorer,
        is_on_board=True,
        submission__visibility=Submission.Visibility.PUBLIC,
        submission__withdrawn_at=None,
    ).select_related("submission__model", "submission__release")


def _reported_scores(suite: str) -> dict[int, list[ReportedScore]]:
    by_model: dict[int, list[ReportedScore]] = defaultdict(list)
    for score in ReportedScore.objects.filter(suite=suite).select_related("model"):
        by_model[score.model_id].append(score)
    return by_model


def _is_of(scores: list[ReportedScore], scorer: str) -> bool:
    return scores[0].scorer == scorer


def _count_elsewhere(unscored: list[list[ReportedScore]], scorer: str) -> dict[str, int]:
    counts: dict[str, int] = defaultdict(int)
    for scores in unscored:
        if not _is_of(scores, scorer):
            counts[scores[0].scorer] += 1
    return dict(counts)


class _Notes:
    """Compares our cells with the authors' figures and numbers the differences."""

    def __init__(self, suite: str, reported: Mapping[int, list[ReportedScore]]) -> None:
        self._known = getattr(SUITES[suite], "known_differences", {})
        self._reported = {
            (model, score.task): Cell(score.value, score.below)
            for model, scores in reported.items()
            for score in scores
        }
        self.taken: list[Note] = []

    def cell(self, model: ModelEntry, task: str, value: float) -> Cell:
        """Our cell, with the number of its note where the authors printed something else."""
        reported = self._reported.get((model.pk, task))
        if reported is None or _agree(value, reported):
            return Cell(value)
        number = len(self.taken) + 1
        explanation = self._known.get((model.slug, task), "")
        self.taken.append(Note(number, model.name, task, value, reported, explanation))
        return Cell(value, note=number)


def _agree(value: float, reported: Cell) -> bool:
    """Whether a score is the printed one at the two decimals of percent that were printed."""
    if reported.value is None:
        return reported.below is not None and value < reported.below
    return f"{value * 100:.2f}" == f"{reported.value * 100:.2f}"


def _scored_row(standing: Standing, notes: _Notes) -> BoardRow:
    submission = standing.submission
    means = {task: mean for task, mean in standing.means.items() if math.isfinite(mean)}
    return BoardRow(
        kind="scored",
        **_identity(submission.model),
        provenance=submission.provenance,
        cells={
            task: notes.cell(submission.model, task, means[task]) if task in means else Cell()
            for task in SUITES[submission.release.suite].slugs
        },
        tasks=standing.tasks,
        average=standing.average,
        rank=standing.rank,
        rank_low=standing.rank_low,
        rank_high=standing.rank_high,
        low=standing.low,
        high=standing.high,
        bounds=_bounds(means, SUITES[submission.release.suite].slugs),
        best_probability=standing.best_probability,
        intervals={task: (low, high) for task, (low, high) in standing.intervals.items()},
        inseparable=tuple(standing.inseparable),
        other_averages=dict(standing.other_averages),
        answered=standing.answered,
        n=standing.n,
        release=submission.release.name,
        submission_id=submission.public_id,
        submitted_at=submission.created_at,
    )


def _bounds(means: Mapping[str, float], tasks: Sequence[str]) -> tuple[float, float] | None:
    """Between which ends the average lies whatever the missing tasks would hold.

    As `scoring.statistics.bounds`, which would load numpy into every web process.
    """
    missing = sum(task not in means for task in tasks)
    if not missing:
        return None
    known = sum(means[task] for task in tasks if task in means) / len(tasks)
    return known, min(1.0, known + missing / len(tasks))


def _reported_row(scores: list[ReportedScore]) -> BoardRow:
    by_task = {score.task: Cell(score.value, score.below) for score in scores}
    return BoardRow(
        kind="reported",
        **_identity(scores[0].model),
        provenance="reported",
        cells={task: by_task.get(task, Cell()) for task in SUITES[scores[0].suite].slugs},
        tasks=len(by_task),
    )


def _identity(model: ModelEntry) -> dict[str, Any]:
    return {
        "model_slug": model.slug,
        "model_name": model.name,
        "organization": model.organization,
        "weights": model.get_weights_display(),
        "parameters": model.parameters,
        "context_tokens": model.context_tokens,
    }
