"""Carries letters from the outbox to the mail server, and tries again when that fails."""

import logging
from datetime import datetime, timedelta
from smtplib import SMTPException, SMTPRecipientsRefused
from typing import Final

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection

from notices.backoff import CLAIM, next_try
from notices.models import Letter

logger = logging.getLogger(__name__)

# How many one call carries; the clock calls again.
BATCH: Final = 50
# A sent letter's row, without its text, says that it was sent; later nobody asks.
KEPT: Final = timedelta(days=30)
_PERMANENT: Final = 500


def carry_letters(*, now: datetime) -> int:
    """Send what is due.  Returns how many were sent."""
    due = Letter.objects.filter(due_at__lte=now).order_by("due_at")
    sent = 0
    for letter in list(due[:BATCH]):
        # The conditional UPDATE is the lock: of two workers, only one sees a changed row.
        taken = Letter.objects.filter(pk=letter.pk, due_at=letter.due_at)
        if taken.update(due_at=now + CLAIM, attempts=letter.attempts + 1):
            letter.attempts += 1
            sent += _carry(letter, now=now)
    Letter.objects.filter(sent_at__lt=now - KEPT).delete()
    return sent


def _carry(letter: Letter, *, now: datetime) -> bool:
    mine = Letter.objects.filter(pk=letter.pk, attempts=letter.attempts, due_at__isnull=False)
    try:
        _message(letter).send()
    except (SMTPException, OSError, ValueError) as error:
        again = None if _is_permanent(error) else next_try(letter.attempts, now=now)
        reason = f"{type(error).__name__}: {error}"[:500]
        mine.update(due_at=again, given_up_at=None if again else now, error=reason)
        logger.warning("letter %s was not sent, attempt %s: %s", letter.pk, letter.attempts, reason)
        return False
    mine.update(due_at=None, sent_at=now, body="", html="", error="")
    return True


def _message(letter: Letter) -> EmailMultiAlternatives:
    message = EmailMultiAlternatives(
        letter.subject,
        letter.body,
        letter.sender,
        letter.recipients,
        connection=get_connection(settings.MAIL_CARRIER),
        headers=letter.headers,
    )
    if letter.html:
        message.attach_alternative(letter.html, "text/html")
    return message


def _is_permanent(error: Exception) -> bool:
    """Whether the mail server said that trying again is of no use: a 5xx for every recipient."""
    if isinstance(error, SMTPRecipientsRefused):
        return all(code >= _PERMANENT for code, _ in error.recipients.values())
    return isinstance(error, ValueError)
