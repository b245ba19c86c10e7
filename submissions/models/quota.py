"""Slots: what submissions and trials take of a person's quota, and what was given back."""

from typing import ClassVar

from django.conf import settings
from django.db import models

from accounts.models import Organization
from submissions.models.submission import Submission


class QuotaSlot(models.Model):
    """One submission's place in its submitter's day and its organization's.

    Taken in the transaction that stores the submission, under its holders' locks; open until its
    first scoring has ended.
    """

    submission = models.OneToOneField(
        Submission, on_delete=models.CASCADE, related_name="quota_slot"
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="quota_slots"
    )
    # With whom the model was shared when the slot was taken: it counts for all members together.
    organization = models.ForeignKey(
        Organization, null=True, on_delete=models.SET_NULL, related_name="quota_slots"
    )
    taken_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    # Set where the scoring failed through a fault of ours: the slot counts no longer.
    refunded_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(refunded_at=None) | models.Q(ended_at__isnull=False),
                name="only_ended_slots_are_refunded",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["user", "taken_at"], name="quota_by_user"),
            models.Index(
                fields=["organization", "taken_at"],
                condition=models.Q(organization__isnull=False),
                name="quota_by_organization",
            ),
        ]

    def __str__(self) -> str:
        return f"slot of {self.submission_id}"


class TrialSlot(models.Model):
    """One trial of a draft's files, in the day of who asked for it; it outlives the draft."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="trial_slots"
    )
    taken_at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["user", "taken_at"], name="trials_by_user"),
            models.Index(fields=["taken_at"], name="trials_by_age"),
        ]

    def __str__(self) -> str:
        return f"trial of {self.user_id}"
