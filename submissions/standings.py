"""Writes the board's rows and ranks; called inside the transaction of what changed them."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any, Final

from django.db import connection
from django.db.models import Exists, F, OuterRef

from scoring import SUITES, TaskScore
from submissions import queue
from submissions.board_locks import lock_board
from submissions.lines import board_state, write_lines
from submissions.models import (
    BoardState,
    ModelEntry,
    Release,
    Standing,
    Submission,
    TaskResult,
)

# What a row says of itself until it is ranked, and until the ranking job has seen it.
UNRANKED: Final[dict[str, object]] = {
    "rank": None,
    "rank_low": None,
    "rank_high": None,
    "se": None,
    "low": None,
    "high": None,
    "best_probability": None,
    "intervals": {},
    "inseparable": [],
    "other_averages": {},
}


def write_standings(submission: Submission, *, because: str) -> None:
    """Make the board say what the submission's current evaluation found.

    Must run in a transaction; takes the board's lock first, so that two submissions that end
    together are ranked one after the other.
    """
    lock_board(submission.release.board)
    results: dict[str, list[TaskResult]] = defaultdict(list)
    for result in TaskResult.objects.filter(evaluation=submission.current_evaluation_id):
        results[result.scorer].append(result)
    Standing.objects.filter(submission=submission).exclude(scorer__in=results).delete()
    for scorer, of_scorer in results.items():
        Standing.objects.update_or_create(
            submission=submission, scorer=scorer, defaults=standing_row(submission, of_scorer)
        )
    settle_board(submission.model, submission.release, because=because)


def settle_board(model: ModelEntry, release: Release, *, because: str) -> None:
    """Choose the model's row for the release anew, then rank the release's board.

    Must run in a transaction that holds the board's lock; `because` stands in the audit log.
    """
    chosen = _chosen_submission(model, release)
    rows = Standing.objects.filter(submission__model=model, submission__release=release)
    rows.exclude(submission=chosen).update(
        is_on_board=False, rank=None, rank_low=None, rank_high=None
    )
    rows.filter(submission=chosen).update(is_on_board=True)
    write_lines(model, release, because=because)
    for scorer in SUITES[release.suite].scorers:
        rank_board(release.board, scorer.name)
        want_intervals(release.board, scorer.name)


def rank_board(board: str, scorer: str) -> None:
    """Rank a board's complete rows by average; equal averages share a rank.

    One statement, so that a new row on top of many does not fetch them all; Django's own
    update cannot join a window.
    """
    with connection.cursor() as cursor:
        cursor.execute(_RANK, {"board": board, "scorer": scorer})


_RANK: Final = """
UPDATE submissions_standing SET rank = found.place
FROM (
    SELECT id, RANK() OVER (ORDER BY average DESC) AS place FROM submissions_standing
    WHERE board = %(board)s AND scorer = %(scorer)s AND is_on_board AND average IS NOT NULL
) AS found
WHERE submissions_standing.id = found.id
AND (submissions_standing.rank IS NULL OR submissions_standing.rank <> found.place)
"""


def want_intervals(board: str, scorer: str) -> None:
    """Note that a board's intervals are out of date, and nudge the job that mends them.

    A burst of submissions asks once: while a job is due, it will see the later ones too.
    """
    state = board_state(board, scorer)
    BoardState.objects.filter(pk=state.pk).update(wanted=F("wanted") + 1)
    if state.computed == state.wanted:
        queue.enqueue_ranking(board, scorer)


def _chosen_submission(model: ModelEntry, release: Release) -> Submission | None:
    """The first complete public submission, else the first public one that has scores.

    The first and not the best: a board of best-of-many rewards trying often.  A submission gives
    way to the one that was put in its place, once that is public and complete.
    """
    successor = Standing.objects.filter(
        submission=OuterRef("superseded_by"),
        submission__visibility=Submission.Visibility.PUBLIC,
        submission__withdrawn_at=None,
        average__isnull=False,
    )
    candidates = (
        Submission.objects.filter(
            model=model,
            release=release,
            visibility=Submission.Visibility.PUBLIC,
            withdrawn_at=None,
            standings__isnull=False,
        )
        .exclude(Exists(successor))
        .distinct()
        .order_by("created_at", "pk")
    )
    complete = candidates.filter(standings__average__isnull=False)
    return complete.first() or candidates.first()


def standing_row(
    submission: Submission, results: Iterable[TaskResult | TaskScore]
) -> dict[str, Any]:
    """A standing's columns from its task results."""
    by_task = {result.task: result for result in results}
    slugs = SUITES[submission.release.suite].slugs
    means = {slug: by_task[slug].mean for slug in slugs if slug in by_task}
    is_complete = len(means) == len(slugs)
    if submission.provenance == Submission.Provenance.HOSTED:
        # What our workers could not ask is not the model's mistake: such a run is partial.
        is_complete &= all(result.answered == result.n for result in by_task.values())
    return {
        "board": submission.release.board,
        "means": means,
        "average": sum(means.values()) / len(means) if is_complete else None,
        "tasks": len(means),
        "answered": sum(result.answered for result in by_task.values()),
        "n": sum(result.n for result in by_task.values()),
        **UNRANKED,
    }
