"""Webhooks: where a person's own server wants to be called, and every call to it."""

import secrets
import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from outbound.addresses import URL_CHARS


class Kind(models.TextChoices):
    """What may be told."""

    SCORED = "submission.scored", _("a submission is scored")
    FAILED = "submission.failed", _("scoring has failed")
    PUBLISHED = "submission.published", _("a submission is published")
    RUN_PAUSED = "run.paused", _("a hosted run is paused")
    TEST = "test", _("a test")


def new_hook_id() -> str:
    """Unguessable, since it stands in addresses."""
    return secrets.token_hex(8)


class Webhook(models.Model):
    """An address that is called for its owner's notices.

    Its secret is derived from the site's own and from `version`, and stored nowhere.
    """

    public_id = models.CharField(max_length=16, unique=True, default=new_hook_id, editable=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="webhooks"
    )
    url = models.CharField(max_length=URL_CHARS)
    kinds = models.JSONField(default=list)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["owner", "url"], name="an_address_once_an_owner"),
        ]

    def __str__(self) -> str:
        return self.url


class Delivery(models.Model):
    """One notice on its way to one address, with what came of the latest try."""

    webhook = models.ForeignKey(Webhook, on_delete=models.CASCADE, related_name="deliveries")
    # The same at every try, so that the receiver can tell a repetition.
    event_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(max_length=32, choices=Kind)
    body = models.TextField()
    created_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    delivered_at = models.DateTimeField(null=True)
    given_up_at = models.DateTimeField(null=True)
    status = models.PositiveSmallIntegerField(null=True)
    error = models.TextField(blank=True)

    class Meta:
        ordering: ClassVar = ["-pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(due_at__isnull=False, delivered_at=None, given_up_at=None)
                | models.Q(due_at=None, delivered_at__isnull=False, given_up_at=None)
                | models.Q(due_at=None, delivered_at=None, given_up_at__isnull=False),
                name="a_delivery_waits_or_has_ended",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["due_at"], condition=models.Q(due_at__isnull=False), name="deliveries_due"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.event_id}"
