"""Stores the figures that a benchmark's authors printed, as reported and not re-scored."""

from datetime import datetime

from django.db import transaction

from scoring import Suite
from submissions.board_audit import note_changes, rows_of
from submissions.board_locks import lock_board
from submissions.entries import enter_published
from submissions.lines import board_state, refresh_state, write_reported_lines
from submissions.models import BoardLine, ReportedScore


def store_reported(suite: Suite, *, now: datetime) -> int:
    """Write the authors' table; writing it again changes nothing.

    Returns:
        How many models it has.
    """
    table = suite.reported
    if table is None:
        return 0
    with transaction.atomic():
        lock_board(suite.slug)
        reported = ReportedScore.objects.filter(suite=suite.slug).values("model")
        lines = BoardLine.objects.filter(model__in=reported)
        before = rows_of(lines)
        for slug, scores in table.scores.items():
            entry = enter_published(slug, suite, now=now)
            ReportedScore.objects.bulk_create(
                [
                    ReportedScore(
                        suite=suite.slug,
                        model=entry,
                        task=task,
                        value=figure.value,
                        below=figure.below,
                        scorer=table.scorer,
                        source=table.source,
                    )
                    for task, figure in scores.items()
                ],
                ignore_conflicts=True,
            )
            write_reported_lines(entry, suite)
        refresh_state(board_state(suite.slug, table.scorer))
        note_changes(before, rows_of(lines), because="reported")
    return len(table.scores)
