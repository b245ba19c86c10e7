"""Scores a board's submissions again and stores nothing: which rows would move, and where to."""

from collections.abc import Iterable
from typing import Any

from scoring import SUITES
from submissions.models import Standing, Submission
from submissions.standings import standing_row
from workers.evaluate import evaluate_submission

Move = dict[str, Any]


def find_moves(board: str) -> list[Move]:
    """Every row on the board under every scorer of its suite, with old and new average and rank.

    Raises:
        EvaluationFailed: if a stored file is missing or damaged.
    """
    shown = Submission.objects.filter(standings__is_on_board=True, standings__board=board)
    moves: list[Move] = []
    for submission in shown.select_related("release", "model").distinct().order_by("pk"):
        moves += _moves_of(submission)
    _rank(moves)
    return moves


def _moves_of(submission: Submission) -> Iterable[Move]:
    by_task = evaluate_submission(submission)
    standings = {one.scorer: one for one in Standing.objects.filter(submission=submission)}
    for scorer in SUITES[submission.release.suite].scorers:
        old = standings.get(scorer.name)
        scores = [one[scorer.name] for one in by_task.values() if scorer.name in one]
        yield {
            "submission": submission.public_id,
            "model": submission.model.name,
            "scorer": scorer.name,
            "old_average": old.average if old else None,
            "new_average": standing_row(submission, scores)["average"],
            "old_rank": old.rank if old else None,
            "new_rank": None,
        }


def _rank(moves: list[Move]) -> None:
    """Equal averages share a rank, as on the board."""
    for move in moves:
        mine = move["new_average"]
        if mine is None:
            continue
        others = (one["new_average"] for one in moves if one["scorer"] == move["scorer"])
        move["new_rank"] = 1 + sum(other is not None and other > mine for other in others)
