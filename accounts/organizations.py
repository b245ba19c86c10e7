"""Every change of an organization: found, invite, join, promote, leave.

An organization always has an owner: the last one neither leaves nor becomes a member.
"""

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Final

from allauth.account.models import EmailAddress
from django.db import IntegrityError, transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from accounts.models import Invitation, Membership, Organization, User

INVITATION_LIFE: Final = timedelta(days=7)
# A person needs a handful; more is a script gone wrong.
ORGANIZATIONS_MAX: Final = 20
INVITATIONS_MAX: Final = 50

OWNER, MEMBER = Membership.Role.OWNER, Membership.Role.MEMBER


class NotDone(Exception):
    """A change of an organization that may not be; its text is for the person who asked."""


def role_in(organization: Organization, person: User) -> Membership.Role | None:
    """What `person` is in the organization; None for an outsider."""
    found = Membership.objects.filter(organization=organization, user=person).first()
    return Membership.Role(found.role) if found else None


def found_organization(name: str, *, founder: User, now: datetime) -> Organization:
    """Make an organization whose only owner is its founder.

    Raises:
        NotDone: if the name is taken, or the founder has too many.
    """
    slug = slugify(name)[:70]
    if not slug or Organization.objects.filter(slug=slug).exists():
        slug = f"{slug}-{secrets.token_hex(4)}".lstrip("-")
    try:
        with transaction.atomic():
            # One after the other, or two at once would pass the limit.
            User.objects.select_for_update().get(pk=founder.pk)
            if Membership.objects.filter(user=founder, role=OWNER).count() >= ORGANIZATIONS_MAX:
                text = _("You own %(n)d organizations. Leave one first.")
                raise NotDone(text % {"n": ORGANIZATIONS_MAX})
            made = Organization.objects.create(slug=slug, name=name, created_at=now)
            Membership.objects.create(organization=made, user=founder, role=OWNER, joined_at=now)
    except IntegrityError as error:
        raise NotDone(_("There is an organization of that name. Choose another one.")) from error
    return made


def invite(
    organization: Organization, email: str, *, role: str, inviter: User, now: datetime
) -> tuple[Invitation, str]:
    """Write an invitation; an earlier one to the same address stops to work.

    Returns:
        The invitation and the secret of its link, which is stored nowhere.

    Raises:
        NotDone: if the address is a member's, or too many invitations are open.
    """
    email = User.objects.normalize_email(email)
    if organization.members.filter(email__iexact=email).exists():
        raise NotDone(_("%(email)s is a member already.") % {"email": email})
    secret = secrets.token_urlsafe(32)
    with transaction.atomic():
        _lock(organization)
        organization.invitations.filter(email__iexact=email).delete()
        if organization.invitations.filter(expires_at__gt=now).count() >= INVITATIONS_MAX:
            raise NotDone(_("Too many invitations are open. Withdraw one first."))
        invitation = Invitation.objects.create(
            organization=organization,
            email=email,
            role=role,
            digest=_digest(secret),
            invited_by=inviter,
            created_at=now,
            expires_at=now + INVITATION_LIFE,
        )
    return invitation, secret


def find_invitation(secret: str, *, now: datetime) -> Invitation | None:
    """The open invitation that a link's secret belongs to."""
    open_ones = Invitation.objects.select_related("organization", "invited_by")
    return open_ones.filter(digest=_digest(secret), expires_at__gt=now).first()


def accept_invitation(invitation: Invitation, person: User, *, now: datetime) -> None:
    """Make `person` a member; the link works this once.

    Raises:
        NotDone: if it was written to an address that is none of the person's, or was used or
            withdrawn meanwhile.
    """
    if not _has_address(person, invitation.email):
        text = _("This invitation is for %(email)s. Add that address to your account first.")
        raise NotDone(text % {"email": invitation.email})
    with transaction.atomic():
        _lock(invitation.organization)
        if not Invitation.objects.filter(pk=invitation.pk).delete()[0]:
            raise NotDone(_("This invitation was used or withdrawn. Ask for a new one."))
        Membership.objects.get_or_create(
            organization=invitation.organization,
            user=person,
            defaults={"role": invitation.role, "joined_at": now},
        )


def _has_address(person: User, email: str) -> bool:
    """Whether an address is one of a person's; the link itself shows that its mail was read."""
    is_own = person.email.casefold() == email.casefold()
    return is_own or EmailAddress.objects.filter(user=person, email__iexact=email).exists()


def change_role(organization: Organization, person_id: int, role: str) -> None:
    """Give a member another role.

    Raises:
        NotDone: if nobody would be owner afterwards, or it is no member.
    """
    with transaction.atomic():
        _lock(organization)
        if role != OWNER:
            _refuse_last_owner(organization, person_id)
        if not organization.memberships.filter(user=person_id).update(role=role):
            raise NotDone(_("There is no such member."))


def remove_member(organization: Organization, person_id: int) -> None:
    """End a membership: one's own, or a member's.

    Raises:
        NotDone: if nobody would be owner afterwards, or it is no member.
    """
    with transaction.atomic():
        _lock(organization)
        _refuse_last_owner(organization, person_id)
        if not organization.memberships.filter(user=person_id).delete()[0]:
            raise NotDone(_("There is no such member."))


def _refuse_last_owner(organization: Organization, person_id: int) -> None:
    owners = list(organization.memberships.filter(role=OWNER).values_list("user", flat=True))
    if owners == [person_id]:
        raise NotDone(_("The last owner stays. Make somebody else an owner first."))


def _lock(organization: Organization) -> None:
    """Let changes of one organization wait for each other; call in a transaction."""
    Organization.objects.select_for_update().get(pk=organization.pk)


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
