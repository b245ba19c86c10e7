"""What the API's doors remember: answers that were given once, and uploads that are under way."""

from typing import ClassVar

from django.conf import settings
from django.db import models

from submissions.models.submission import new_public_id


class IdempotentAnswer(models.Model):
    """A request that carried an `Idempotency-Key`, and what it was answered.

    Without a status it is being answered; `locked_until` frees it where that process died.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="idempotent_answers"
    )
    key = models.CharField(max_length=255)
    request_sha256 = models.CharField(max_length=64)
    created_at = models.DateTimeField()
    locked_until = models.DateTimeField()
    status = models.PositiveSmallIntegerField(null=True)
    content_type = models.CharField(max_length=80, blank=True)
    body = models.TextField(blank=True)
    location = models.CharField(max_length=400, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "key"], name="one_answer_a_key"),
        ]
        indexes: ClassVar = [models.Index(fields=["created_at"], name="answers_by_age")]

    def __str__(self) -> str:
        return f"answer to {self.key}"


class PartialUpload(models.Model):
    """A file that arrives in parts; its bytes lie in a file of their own until it is used."""

    public_id = models.CharField(max_length=16, unique=True, default=new_public_id, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="partial_uploads"
    )
    name = models.CharField(max_length=255)
    # As the sender gave it, to be given back; the name is what of it is read.
    metadata = models.CharField(max_length=1000, blank=True)
    length_bytes = models.BigIntegerField()
    offset_bytes = models.BigIntegerField(default=0)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["-pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(offset_bytes__gte=0, offset_bytes__lte=models.F("length_bytes")),
                name="no_more_bytes_than_announced",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["expires_at"], name="uploads_by_end")]

    def __str__(self) -> str:
        return f"{self.name} {self.offset_bytes}/{self.length_bytes}"

    @property
    def is_finished(self) -> bool:
        """Whether every byte has come."""
        return self.offset_bytes == self.length_bytes
