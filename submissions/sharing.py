"""Shares a model with an organization, and takes it back."""

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.models import Organization, User
from accounts.organizations import role_in
from submissions.access import can_manage_model
from submissions.models import ModelEntry


class NotShared(Exception):
    """A model that may not be shared so; its text is for the person who asked."""


def share_model(model: ModelEntry, organization: Organization | None, *, sharer: User) -> None:
    """Let an organization's members see, use and submit to a model; None: its owner alone.

    Raises:
        NotShared: if the model is not the sharer's to give, the sharer is no member, or a model of
            that name stands where it would go.
    """
    if not can_manage_model(model, sharer):
        raise NotShared(_("This model is not yours to share."))
    if organization is not None and role_in(organization, sharer) is None:
        raise NotShared(_("You are no member of that organization."))
    try:
        with transaction.atomic():
            ModelEntry.objects.filter(pk=model.pk).update(shared_with=organization)
    except IntegrityError as error:
        raise NotShared(_("A model of that name is there already. Rename one first.")) from error
    model.shared_with = organization
