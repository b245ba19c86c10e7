"""Every change of a webhook, and the signature that its calls carry.

Signed as Standard Webhooks has it: HMAC-SHA256 over id, timestamp and body, so that a receiver can
use a library, refuse what is old, and tell a repetition by its id.

Source: https://github.com/standard-webhooks/standard-webhooks, spec 1.0.0.
"""

import base64
import hashlib
import hmac
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from accounts.models import User
from notices.models import Delivery, Webhook
from outbound import AddressRefused, Rules, check_url, pin

WEBHOOKS_MAX: Final = 10


class NotTaken(Exception):
    """A webhook that may not be; its text is for the person who asked."""


def rules() -> Rules:
    """What this site's operator lets be called."""
    return Rules.of(
        is_http_allowed=settings.OUTBOUND_HTTP_ALLOWED, networks=settings.OUTBOUND_NETWORKS
    )


def add_webhook(owner: User, url: str, kinds: Sequence[str], *, now: datetime) -> Webhook:
    """Take an address after checking where its name leads.

    Raises:
        NotTaken: if it may not be called, is there already, or the owner has too many.
    """
    try:
        check_url(url, rules=rules())
        pin(url, rules=rules())
    except AddressRefused as error:
        raise NotTaken(error.told(_)) from error
    try:
        with transaction.atomic():
            # One after the other, so that the limit holds.
            User.objects.select_for_update().get(pk=owner.pk)
            if owner.webhooks.count() >= WEBHOOKS_MAX:
                raise NotTaken(_("You have %(n)d webhooks. Delete one.") % {"n": WEBHOOKS_MAX})
            return Webhook.objects.create(owner=owner, url=url, kinds=list(kinds), created_at=now)
    except IntegrityError as error:
        raise NotTaken(_("This address is there already.")) from error


def rotate_secret(webhook: Webhook) -> str:
    """Give a webhook a new secret; calls from now on are signed with it.  Returns the secret."""
    Webhook.objects.filter(pk=webhook.pk).update(version=F("version") + 1)
    webhook.refresh_from_db(fields=["version"])
    return secret_of(webhook)


def send_again(delivery: Delivery, *, now: datetime) -> bool:
    """Send a notice once more that was given up; its id stays the same.  False if it was not."""
    given_up = Delivery.objects.filter(pk=delivery.pk, given_up_at__isnull=False)
    return bool(given_up.update(due_at=now, given_up_at=None, attempts=0))


def secret_of(webhook: Webhook) -> str:
    """The secret of a webhook as its receiver keeps it: whsec_ and 32 bytes in base64."""
    return f"whsec_{base64.b64encode(_key(webhook)).decode()}"


def _key(webhook: Webhook) -> bytes:
    name = f"{webhook.public_id}:{webhook.version}"
    return salted_hmac("notices.webhooks", name, algorithm="sha256").digest()


def signed_headers(delivery: Delivery, *, now: datetime) -> dict[str, str]:
    """The headers that let the receiver check who calls, what for and when."""
    timestamp = str(int(now.timestamp()))
    signed = f"{delivery.event_id}.{timestamp}.{delivery.body}".encode()
    digest = hmac.new(_key(delivery.webhook), signed, hashlib.sha256).digest()
    return {
        "webhook-id": str(delivery.event_id),
        "webhook-timestamp": timestamp,
        "webhook-signature": f"v1,{base64.b64encode(digest).decode()}",
    }
