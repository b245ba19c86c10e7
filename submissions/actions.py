"""What those who manage a submission may do with it after it is stored, but for withdrawing it.

Each change is written with its event and the board's new ranks in one transaction.
"""

from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext

from accounts.names import refuse_hidden
from submissions.board_locks import lock_board
from submissions.facts import NameTaken, change_model
from submissions.limits import UNDO_PUBLISH_HOURS
from submissions.models import BoardEvent, Submission
from submissions.standings import settle_board
from submissions.tell import tell_published

PUBLIC = Submission.Visibility.PUBLIC
UNLISTED = Submission.Visibility.UNLISTED
PRIVATE = Submission.Visibility.PRIVATE
Kind = BoardEvent.Kind


class NotPossible(Exception):
    """What was asked for cannot be done; says why, to the person who asked."""


def publish_submission(submission: Submission, *, now: datetime) -> bool:
    """Make a submission public.  False if it is already, or withdrawn."""
    rows = Submission.objects.exclude(visibility=PUBLIC)
    return _show(submission, rows, PUBLIC, Kind.PUBLISHED, now=now)


def unlist_submission(submission: Submission, *, now: datetime) -> bool:
    """Take a submission off every list; who has its link still sees it.  False if it is so."""
    rows = Submission.objects.exclude(visibility=UNLISTED)
    return _show(submission, rows, UNLISTED, Kind.UNLISTED, now=now)


def undo_publish(submission: Submission, *, now: datetime) -> bool:
    """Make a submission what it was before it was published.  False if that is too long ago."""
    recent = now - timedelta(hours=UNDO_PUBLISH_HOURS)
    rows = Submission.objects.filter(visibility=PUBLIC, published_at__gt=recent)
    event = submission.events.filter(kind=Kind.PUBLISHED).first()
    before = event.detail.get("from", PRIVATE) if event else PRIVATE
    return _show(submission, rows, Submission.Visibility(before), Kind.UNPUBLISHED, now=now)


def can_undo_publish(submission: Submission, *, now: datetime) -> bool:
    """Whether publishing is recent enough to be undone."""
    at = submission.published_at
    is_recent = at is not None and at > now - timedelta(hours=UNDO_PUBLISH_HOURS)
    return is_recent and submission.visibility == PUBLIC and submission.withdrawn_at is None


def _show(
    submission: Submission,
    rows: "QuerySet[Submission]",
    visibility: Submission.Visibility,
    kind: BoardEvent.Kind,
    *,
    now: datetime,
) -> bool:
    published_at = now if visibility == PUBLIC else None
    with transaction.atomic():
        lock_board(submission.release.board)
        before = Submission.objects.values_list("visibility", flat=True).get(pk=submission.pk)
        changed = rows.filter(pk=submission.pk, withdrawn_at=None)
        if not changed.update(visibility=visibility, published_at=published_at):
            return False
        submission.visibility, submission.published_at = visibility, published_at
        settle_board(submission.model, submission.release, because=kind)
        BoardEvent.objects.create(
            at=now, kind=kind, submission=submission, detail={"from": before, "to": visibility}
        )
        if visibility == PUBLIC:
            tell_published(submission, now=now)
    return True


def rename_model(submission: Submission, name: str, *, now: datetime) -> None:
    """Give a submission's model another display name; its address stays.

    Raises:
        NotPossible: if that is no name, or its owner has another model of that name.
    """
    if not 0 < len(name) <= 120:
        raise NotPossible(gettext("Write a name of 1 to 120 characters."))
    try:
        refuse_hidden(name)
    except ValidationError as error:
        raise NotPossible(error.message) from error
    try:
        change_model(submission.model, {"name": name}, now=now, submission=submission)
    except NameTaken as error:
        raise NotPossible(gettext("You have another model of that name.")) from error


def successors(submission: Submission) -> "QuerySet[Submission]":
    """Submissions that may be put in the place of this one: later, of its model and release."""
    return (
        Submission.objects.filter(
            model=submission.model_id,
            release=submission.release_id,
            created_at__gte=submission.created_at,
            withdrawn_at=None,
            visibility=PUBLIC,
            superseded_by=None,
            standings__average__isnull=False,
        )
        .exclude(pk=submission.pk)
        .distinct()
    )


def supersede_submission(submission: Submission, by_id: str, *, now: datetime) -> None:
    """Put a later submission of the same model in the place of this one.

    Raises:
        NotPossible: if `by_id` is none of its successors' public ids, or it has one already.
    """
    with transaction.atomic():
        lock_board(submission.release.board)
        by = successors(submission).filter(public_id=by_id).first()
        if by is None:
            raise NotPossible(gettext("Choose a later submission that can take its place."))
        open_one = Submission.objects.filter(
            pk=submission.pk, superseded_by=None, withdrawn_at=None
        )
        if not open_one.update(superseded_by=by):
            raise NotPossible(gettext("This submission has a successor already."))
        submission.superseded_by = by
        settle_board(submission.model, submission.release, because=Kind.SUPERSEDED)
        BoardEvent.objects.create(
            at=now, kind=Kind.SUPERSEDED, submission=submission, detail={"by": by.public_id}
        )
