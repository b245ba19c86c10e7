"""Mail in the outbox: written in the transaction that it tells of, carried by a worker later."""

from typing import ClassVar

from django.db import models


class Letter(models.Model):
    """A mail that waits, was sent, or was given up.

    Its text is emptied when it is sent: it may hold a link that signs somebody in.
    """

    subject = models.CharField(max_length=998)
    body = models.TextField()
    html = models.TextField(blank=True)
    sender = models.CharField(max_length=320)
    recipients = models.JSONField()
    # {header: value} beyond subject, sender and recipients.
    headers = models.JSONField(default=dict)
    created_at = models.DateTimeField()
    # Whoever carries it sets this ahead, which is the claim; null once it is sent or given up.
    due_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(null=True)
    given_up_at = models.DateTimeField(null=True)
    error = models.TextField(blank=True)

    class Meta:
        ordering: ClassVar = ["-pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(due_at__isnull=False, sent_at=None, given_up_at=None)
                | models.Q(due_at=None, sent_at__isnull=False, given_up_at=None)
                | models.Q(due_at=None, sent_at=None, given_up_at__isnull=False),
                name="a_letter_waits_or_has_ended",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["due_at"], condition=models.Q(due_at__isnull=False), name="letters_due"
            ),
        ]

    def __str__(self) -> str:
        return f"letter {self.pk}"
