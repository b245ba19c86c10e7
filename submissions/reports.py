"""WRITE: reports of what a re-score would move: asked for, computed, applied."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext

from audit.log import append
from submissions import queue
from submissions.board_locks import lock_board
from submissions.models import BoardState, RescoreJob, RescoreReport, Submission
from submissions.rescoring import JobOpen, start_job


class NotApplied(Exception):
    """A report cannot be applied; says why, to the organizer."""


def ask_report(board: str, *, actor: str, now: datetime) -> RescoreReport:
    """Have a worker find what scoring a board again would move."""
    with transaction.atomic():
        report = RescoreReport.objects.create(
            board=board, created_at=now, versions=_versions(board)
        )
        append("rescore.asked", subject=f"board {board}", detail={"report": report.pk}, actor=actor)
        queue.enqueue_report(report.pk)
    return report


def due_report(report_id: int) -> RescoreReport | None:
    """A report that nobody has computed yet."""
    return RescoreReport.objects.filter(pk=report_id, rows__isnull=True, failed="").first()


def store_report(
    report: RescoreReport, rows: list[dict[str, Any]] | None, *, failed: str = ""
) -> None:
    """Keep what was found, or why nothing was."""
    RescoreReport.objects.filter(pk=report.pk, rows__isnull=True).update(rows=rows, failed=failed)


def apply_report(report: RescoreReport, *, actor: str, now: datetime) -> RescoreJob:
    """Start the job that moves what the report says.

    Raises:
        NotApplied: if it is not computed, was applied before, the board has changed since, or
            another job over many submissions goes on.
    """
    with transaction.atomic():
        lock_board(report.board)
        report = RescoreReport.objects.select_for_update().get(pk=report.pk)
        if report.rows is None or report.job_id is not None:
            raise NotApplied(gettext("This report cannot be applied, or was applied before."))
        if report.versions != _versions(report.board):
            raise NotApplied(gettext("The board has changed since: ask for a new report."))
        submissions = Submission.objects.filter(
            release__board=report.board, withdrawn_at=None
        ).order_by("pk")
        try:
            job = start_job(
                submissions.iterator(), title=f"all on board {report.board}", now=now, actor=actor
            )
        except JobOpen as error:
            raise NotApplied(str(error)) from error
        report.job = job
        report.save(update_fields=["job"])
        detail = {"report": report.pk, "moved": len(moved(report))}
        append("rescore.applied", subject=f"board {report.board}", detail=detail, actor=actor)
    return job


def moved(report: RescoreReport) -> list[dict[str, Any]]:
    """The rows of a report whose average or rank would change."""
    return [
        row
        for row in report.rows or []
        if (row["old_average"], row["old_rank"]) != (row["new_average"], row["new_rank"])
    ]


def _versions(board: str) -> dict[str, int]:
    return dict(BoardState.objects.filter(board=board).values_list("scorer", "version"))
