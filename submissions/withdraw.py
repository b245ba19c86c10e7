"""Takes a submission off the board; its page stays, with what it was and when it went."""

from datetime import datetime

from django.db import transaction

from submissions.board_locks import lock_board
from submissions.models import BoardEvent, Submission
from submissions.standings import settle_board


def withdraw_submission(submission: Submission, *, now: datetime, reason: str = "") -> bool:
    """Mark a submission as withdrawn and settle its board in the same transaction.

    `reason` is shown to everybody on what is left of the page.

    Returns:
        False if it was withdrawn before; then nothing is written.
    """
    with transaction.atomic():
        lock_board(submission.release.board)
        standing = Submission.objects.filter(pk=submission.pk, withdrawn_at=None)
        if not standing.update(withdrawn_at=now, withdrawn_reason=reason):
            return False
        submission.withdrawn_at, submission.withdrawn_reason = now, reason
        settle_board(submission.model, submission.release, because=BoardEvent.Kind.WITHDRAWN)
        BoardEvent.objects.create(
            at=now, kind=BoardEvent.Kind.WITHDRAWN, submission=submission, detail={}
        )
    return True
