"""The mails that accounts write; what carries them is settings.EMAIL_BACKEND."""

from django.core.mail import send_mail
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.views.decorators.debug import sensitive_variables

from accounts.models import Invitation


@sensitive_variables("secret", "context", "body")
def mail_invitation(request: HttpRequest, invitation: Invitation, secret: str) -> None:
    """Send the link of an invitation to the address that it is for."""
    path = reverse("accounts:invitation", args=[secret])
    context = {"invitation": invitation, "link": request.build_absolute_uri(path)}
    subject = render_to_string("organization/mail/invitation_subject.txt", context)
    body = render_to_string("organization/mail/invitation.txt", context)
    send_mail(" ".join(subject.split()), body, None, [invitation.email])
