"""Who may see, use and change what: pages and API ask the same questions here.

A submission is open to its submitter, to the members of the organization that its model is shared
with, and to staff; everybody else sees it as its visibility says.  What may be changed is fewer
people's: the submitter's, the organization's owners', and the model's owner's.
"""

from datetime import datetime
from enum import Enum

from django.contrib.auth.models import AnonymousUser
from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.models import Membership, User
from submissions.models import ModelEntry, ReportedScore, Submission
from submissions.rounds import is_sealed

Reader = User | AnonymousUser

PUBLIC = Submission.Visibility.PUBLIC
PRIVATE = Submission.Visibility.PRIVATE
_NOBODY = Q(pk__in=[])


class Access(Enum):
    """How much of a submission somebody may see."""

    NONE = 0
    TOMBSTONE = 1
    FULL = 2


def _organizations(reader: Reader, role: str | None = None) -> QuerySet[Membership, int]:
    """The organizations that a reader belongs to, or has a role in."""
    theirs = Membership.objects.filter(user=reader.pk)
    if role is not None:
        theirs = theirs.filter(role=role)
    return theirs.values_list("organization", flat=True)


def _shared(reader: Reader) -> Q:
    """Submissions that a reader has a part in: one's own, one's models', one's organizations'."""
    if not reader.pk:
        return _NOBODY
    return (
        Q(submitter=reader.pk)
        | Q(model__owner=reader.pk, model__shared_with=None)
        | Q(model__shared_with__in=_organizations(reader))
    )


def shared_submissions(reader: Reader) -> QuerySet[Submission]:
    """A reader's own submissions and those of the reader's organizations."""
    return Submission.objects.filter(_shared(reader))


def visible_submissions(reader: Reader) -> QuerySet[Submission]:
    """What a reader may open when given its address: unlisted ones are among it."""
    if reader.is_staff:
        return Submission.objects.all()
    is_open = Q(withdrawn_at=None) & ~Q(visibility=PRIVATE)
    return Submission.objects.filter(_shared(reader) | is_open)


def listed_submissions(reader: Reader) -> QuerySet[Submission]:
    """What pages may list for a reader: unlisted ones only to those who share them and staff."""
    if reader.is_staff:
        return Submission.objects.all()
    return Submission.objects.filter(_shared(reader) | Q(withdrawn_at=None, visibility=PUBLIC))


def access_to(submission: Submission, reader: Reader) -> Access:
    """What `reader` may see of `submission`; NONE must look as if it did not exist."""
    if reader.is_staff or has_part_in(submission, reader):
        return Access.FULL
    if submission.visibility == PRIVATE:
        return Access.NONE
    return Access.TOMBSTONE if submission.withdrawn_at else Access.FULL


def has_part_in(submission: Submission, reader: Reader) -> bool:
    """Whether a submission is the reader's own, or shared through an organization."""
    if reader.pk is not None and submission.submitter_id == reader.pk:
        return True
    return shared_submissions(reader).filter(pk=submission.pk).exists()


def may_have_files(submission: Submission, reader: Reader, *, now: datetime) -> bool:
    """Whether a reader who sees a submission may have its files too.

    While a blind round runs, nobody copies what others predicted.
    """
    is_kept = is_sealed(submission.release, now=now)
    return not is_kept or reader.is_staff or has_part_in(submission, reader)


def can_manage(submission: Submission, reader: Reader) -> bool:
    """Whether a reader may publish or withdraw a submission.

    Its submitter may, also after leaving the organization: the predictions are the submitter's.
    Of its model's people, those may who manage the model.
    """
    if reader.pk is None:
        return False
    return submission.submitter_id == reader.pk or can_manage_model(submission.model, reader)


def can_manage_model(model: ModelEntry, reader: Reader) -> bool:
    """Whether a reader may change what is said of a model, and with whom it is shared.

    A model of an organization is its owners'; any other is of whoever entered it.
    """
    if reader.pk is None:
        return False
    if model.shared_with_id is None:
        return model.owner_id == reader.pk
    owners = _organizations(reader, Membership.Role.OWNER)
    return owners.filter(organization=model.shared_with_id).exists()


def submittable_models(reader: Reader) -> QuerySet[ModelEntry]:
    """The models that a reader may submit predictions of: one's own and one's organizations'."""
    if reader.pk is None:
        return ModelEntry.objects.none()
    own = Q(owner=reader.pk, shared_with=None)
    return ModelEntry.objects.filter(own | Q(shared_with__in=_organizations(reader)))


def visible_models(reader: Reader) -> QuerySet[ModelEntry]:
    """Models whose pages a reader may open: a private submission does not betray its model."""
    if reader.is_staff:
        return ModelEntry.objects.all()
    listed = Submission.objects.filter(model=OuterRef("pk"), withdrawn_at=None, visibility=PUBLIC)
    is_open = Q(Exists(listed)) | Q(Exists(ReportedScore.objects.filter(model=OuterRef("pk"))))
    # Whoever submitted to an organization's model and left keeps the page of those submissions.
    submitted = Exists(Submission.objects.filter(model=OuterRef("pk"), submitter=reader.pk))
    own = Q(pk__in=submittable_models(reader)) | Q(submitted) if reader.pk else _NOBODY
    return ModelEntry.objects.filter(is_open | own)
