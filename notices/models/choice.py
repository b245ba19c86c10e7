"""Which notices a person wants by mail."""

from django.conf import settings
from django.db import models


class Choice(models.Model):
    """A person's choice; without a row, the person gets what `chosen.DEFAULTS` says."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notice_choice"
    )
    mail_kinds = models.JSONField(default=list)

    def __str__(self) -> str:
        return f"notices of {self.user_id}"
