"""What organizers see of notices: whether they arrive; never what they say."""

from django.contrib import admin
from django.db import models
from django.http import HttpRequest

from notices.models import Delivery, Letter


class _ReadOnly(admin.ModelAdmin[models.Model]):
    def has_add_permission(self, _request: HttpRequest) -> bool:
        return False

    def has_change_permission(
        self, _request: HttpRequest, _obj: models.Model | None = None
    ) -> bool:
        return False

    def has_delete_permission(
        self, _request: HttpRequest, _obj: models.Model | None = None
    ) -> bool:
        return False


@admin.register(Letter)
class LetterAdmin(_ReadOnly):
    """Mail that waits, was sent or was given up."""

    list_display = ("pk", "subject", "attempts", "due_at", "sent_at", "given_up_at", "error")
    # A text may hold a link that signs somebody in.
    exclude = ("body", "html", "recipients", "headers")


@admin.register(Delivery)
class DeliveryAdmin(_ReadOnly):
    """Calls to webhooks."""

    list_display = ("event_id", "kind", "attempts", "status", "due_at", "delivered_at", "error")
    exclude = ("body",)
