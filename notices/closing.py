"""Forgets what was to be told to somebody who leaves."""

from allauth.account.models import EmailAddress

from accounts.models import User
from notices.models import Choice, Letter, Webhook


def forget_notices(person: User) -> None:
    """Delete choices, webhooks with their calls, and letters to the person's addresses."""
    Choice.objects.filter(user=person).delete()
    Webhook.objects.filter(owner=person).delete()
    more = EmailAddress.objects.filter(user=person).values_list("email", flat=True)
    addresses = {person.email, *more}
    for letter in Letter.objects.only("pk", "recipients").iterator():
        if addresses & set(letter.recipients):
            letter.delete()
