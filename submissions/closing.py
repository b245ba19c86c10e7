"""Closes an account: its person's data goes, and what was published stays or goes as chosen."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.closing import empty_account
from accounts.models import Membership, Organization, User
from notices.closing import forget_notices
from submissions.board_locks import lock_boards
from submissions.drafts import throw_away
from submissions.endpoints import retire_endpoint
from submissions.forget import forget_answers, forget_content, forget_model
from submissions.models import Draft, HostedRun, ModelEntry, Submission
from submissions.runs import OPEN, cancel_run
from submissions.uploads import drop_upload
from submissions.withdraw import withdraw_submission

PUBLIC = Submission.Visibility.PUBLIC


class NotClosed(Exception):
    """An account that cannot be closed yet; its text is for its person."""


def close_account(person: User, *, keep_public: bool, now: datetime) -> None:
    """Take a person out of the portal.

    Public submissions stay under a nameless account, or are withdrawn; any other submission is
    withdrawn and its predictions are deleted.  What belongs to an organization's model stays the
    organization's.

    Raises:
        NotClosed: if an organization would be left without an owner.
    """
    with transaction.atomic():
        _leave_organizations(person)
        _end_runs(person, now=now)
        own = Submission.objects.filter(submitter=person, model__shared_with=None)
        lock_boards(own.values_list("release__board", flat=True))
        for submission in own.select_related("model", "release"):
            # What was withdrawn is nobody's to see any more, whatever it was before.
            if keep_public and submission.visibility == PUBLIC and not submission.withdrawn_at:
                continue
            withdraw_submission(submission, now=now)
            forget_content(submission)
        for model in ModelEntry.objects.filter(owner=person, shared_with=None):
            forget_model(model)
        for draft in Draft.objects.filter(owner=person):
            throw_away(draft)
        for upload in person.partial_uploads.all():
            drop_upload(upload)
        person.idempotent_answers.all().delete()
        forget_notices(person)
        empty_account(person, now=now)


def _leave_organizations(person: User) -> None:
    """Leave every organization; one whose only member leaves ends, and its models are personal.

    Raises:
        NotClosed: if others would be left without an owner, or two models would have one name.
    """
    owned = Membership.objects.filter(user=person, role=Membership.Role.OWNER)
    for membership in owned.select_related("organization"):
        organization = membership.organization
        others = organization.memberships.exclude(user=person)
        if others.filter(role=Membership.Role.OWNER).exists():
            continue
        if others.exists():
            text = _("%(name)s would have no owner. Make somebody else an owner first.")
            raise NotClosed(text % {"name": organization.name})
        _end_organization(organization)


def _end_organization(organization: Organization) -> None:
    for model in organization.model_entries.all():
        taken = ModelEntry.objects.filter(owner=model.owner, shared_with=None)
        if taken.filter(name__iexact=model.name).exists():
            text = _("You have two models called %(name)s. Rename one first.")
            raise NotClosed(text % {"name": model.name})
    organization.model_entries.update(shared_with=None)
    organization.delete()


def _end_runs(person: User, *, now: datetime) -> None:
    for run in HostedRun.objects.filter(owner=person, status__in=OPEN):
        cancel_run(run, reason=_("its owner closed the account"), now=now)
    # What became a submission goes or stays with it.
    forget_answers(HostedRun.objects.filter(owner=person, submission=None))
    person.hub_models.filter(retired_at=None).update(retired_at=now)
    for endpoint in person.endpoints.all():
        retire_endpoint(endpoint, now=now)
    person.endpoints.update(
        name="", base_url="https://closed.invalid", model_name="", sealed_key="", try_result={}
    )
