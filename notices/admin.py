"""What organizers see of notices: whether they arrive; never what they say."""

from django.contrib import admin

from audit.admin import ReadOnlyAdmin
from notices.models import Delivery, Letter


@admin.register(Letter)
class LetterAdmin(ReadOnlyAdmin):
    """Mail that waits, was sent or was given up."""

    list_display = ("pk", "subject", "attempts", "due_at", "sent_at", "given_up_at", "error")
    # A text may hold a link that signs somebody in.
    exclude = ("body", "html", "recipients", "headers")


@admin.register(Delivery)
class DeliveryAdmin(ReadOnlyAdmin):
    """Calls to webhooks."""

    list_display = ("event_id", "kind", "attempts", "status", "due_at", "delivered_at", "error")
    exclude = ("body",)
