"""Django's mail backend that writes letters into the outbox, in the caller's transaction.

A mail is sent if and only if what it tells of was committed, and a mail server that is down never
turns a sign-up into an error.
"""

from collections.abc import Sequence

from django.core.mail import EmailMessage, EmailMultiAlternatives
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.utils import timezone

from notices.hatch import nudge_on_commit
from notices.models import Letter


class OutboxBackend(BaseEmailBackend):
    """settings.EMAIL_BACKEND of the portal."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Write a letter for each message and tell a worker."""
        now = timezone.now()
        letters = [_letter(message) for message in email_messages if message.recipients()]
        for letter in letters:
            letter.created_at = letter.due_at = now
        with transaction.atomic():
            Letter.objects.bulk_create(letters)
            if letters:
                nudge_on_commit()
        return len(letters)


def _letter(message: EmailMessage) -> Letter:
    if message.attachments or message.cc or message.bcc:
        raise ValueError("The outbox carries neither attachments nor copies.")
    # As the mail will have it; a line break in a header is refused here, not by a worker later.
    subject = str(message.message()["Subject"])
    alternatives = message.alternatives if isinstance(message, EmailMultiAlternatives) else []
    html = next((str(text) for text, kind in alternatives if kind == "text/html"), "")
    headers = {name: str(value) for name, value in message.extra_headers.items()}
    if message.reply_to:
        headers["Reply-To"] = ", ".join(message.reply_to)
    return Letter(
        subject=str(message.subject) or subject,
        body=str(message.body),
        html=html,
        sender=message.from_email,
        recipients=list(message.to),
        headers=headers,
    )
