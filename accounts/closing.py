"""Empties an account: what is personal goes, and a row without a name stays in its place."""

from datetime import datetime

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount

from accounts.models import ApiToken, Invitation, Membership, User


def empty_account(person: User, *, now: datetime) -> None:
    """Take everything personal from an account and lock it; call in a transaction.

    Its row stays, for what was published refers to it; nobody can sign in to it again, and every
    session of it ends with its password.
    """
    addresses = EmailAddress.objects.filter(user=person, verified=True)
    # An address that nobody confirmed may be somebody else's, and so may be what was sent there.
    for address in addresses.values_list("email", flat=True):
        Invitation.objects.filter(email__iexact=address).delete()
    for mine in (EmailAddress, Authenticator, SocialAccount, ApiToken, Membership):
        mine.objects.filter(user=person).delete()
    person.email, person.name = f"closed-{person.pk}@closed.invalid", ""
    person.is_active = person.is_staff = person.is_superuser = False
    person.last_login, person.closed_at = None, now
    person.set_unusable_password()
    person.save()
    person.groups.clear()
    person.user_permissions.clear()
