"""A draft's files to what they would score, and where that would stand; stores nothing."""

from collections.abc import Mapping
from datetime import datetime

from scoring import SUITES, TaskScore
from submissions.draft_files import open_files
from submissions.drafts import options_of
from submissions.models import Draft, Release
from submissions.ranking import RankedRow, RowIntervals, item_set_hashes, read_board_with
from submissions.receive import aligned_predictions
from submissions.trials import Trial, TriedTask
from workers.confined import score_task
from workers.rank import find_intervals
from workers.references import answers

# No row of the database has this id.
_CANDIDATE = 0


def try_files(draft: Draft, *, now: datetime) -> dict[str, Trial]:
    """Score a draft's files under every scorer and rank them among the board's rows.

    Raises:
        Refused: if the files are no longer acceptable, for instance on a new release.
        DamagedFile: if a file is missing.
        LimitReached: if they cost more time or memory to score than is allowed.
    """
    with open_files(draft) as files:
        release, predictions = aligned_predictions(files, options_of(draft), now=now)
    suite = SUITES[release.suite]
    scores: dict[str, dict[str, TaskScore]] = {one.name: {} for one in suite.scorers}
    for task, of_task in predictions.items():
        scored = score_task(
            release.suite,
            task,
            predictions=of_task,
            answers=answers(release, task),
            drop_first_number=draft.drop_first_number,
        )
        for scorer, score in scored.items():
            scores[scorer][task] = score
    return {scorer: _trial(release, scorer, by_task) for scorer, by_task in scores.items()}


def _trial(release: Release, scorer: str, scores: Mapping[str, TaskScore]) -> Trial:
    slugs = SUITES[release.suite].slugs
    means = {task: scores[task].mean for task in slugs if task in scores}
    hashes = item_set_hashes(release.pk)
    row = RankedRow(
        standing_id=_CANDIDATE,
        public_id="draft",
        name="",
        average=sum(means.values()) / len(means) if len(means) == len(slugs) else None,
        means=means,
        scores={task: scores[task].scores for task in means},
        item_sets={task: hashes[task] for task in means},
    )
    board = read_board_with(release.board, scorer, row=row, suite=release.suite)
    found = find_intervals(board)
    mine = next(one for one in found.rows if one.standing_id == _CANDIDATE)
    return Trial(
        tasks=tuple(_tried(task, mean, mine) for task, mean in means.items()),
        average=row.average,
        low=mine.low,
        high=mine.high,
        rank_low=mine.rank_low,
        rank_high=mine.rank_high,
        ranked=sum(one.average is not None for one in board.rows) if row.average else None,
    )


def _tried(task: str, mean: float, row: RowIntervals) -> TriedTask:
    low, high = row.intervals[task]
    return TriedTask(task, mean, low, high)
