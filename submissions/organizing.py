"""What organizers do with submissions, each with its entry in the audit log."""

from datetime import datetime

from django.db import transaction

from audit.log import append
from submissions.actions import unlist_submission
from submissions.models import Submission
from submissions.withdraw import withdraw_submission

PUBLIC = Submission.Visibility.PUBLIC


def verify_submission(submission: Submission, *, actor: str, now: datetime) -> bool:
    """Say that a public submission was looked at and is as it is said to be.

    Returns:
        False if it is verified already, withdrawn or not public.
    """
    with transaction.atomic():
        rows = Submission.objects.filter(
            pk=submission.pk, verified_at=None, withdrawn_at=None, visibility=PUBLIC
        )
        if not rows.update(verified_at=now):
            return False
        _note("submission.verified", submission, actor)
    return True


def hide_submission(submission: Submission, *, actor: str, now: datetime) -> bool:
    """Take a submission off every list; its link still works.  False if it is on none."""
    if submission.visibility != PUBLIC:
        return False
    with transaction.atomic():
        if not unlist_submission(submission, now=now):
            return False
        _note("submission.hidden", submission, actor)
    return True


def withdraw_for_organizers(
    submission: Submission, *, reason: str, actor: str, now: datetime
) -> bool:
    """Withdraw a submission with a reason that everybody reads.  False if it was before."""
    was_public = submission.visibility == PUBLIC
    with transaction.atomic():
        if not withdraw_submission(submission, now=now, reason=reason):
            return False
        if was_public:
            _note("submission.withdrawn", submission, actor, reason=reason)
    return True


def _note(kind: str, submission: Submission, actor: str, **detail: str) -> None:
    append(kind, subject=f"submission {submission.public_id}", detail=detail, actor=actor)
