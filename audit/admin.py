"""The log in Django's admin, to read; and admin classes whose every change is an entry."""

from typing import Any

from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import AbstractBaseUser
from django.db import models, transaction
from django.http import HttpRequest

from audit.log import append, organizer
from audit.models import AuditEntry


class AuditedAdmin(admin.ModelAdmin[Any]):
    """Changes rows, and says so in the audit log: which fields, never their values."""

    def log_addition(self, request: HttpRequest, obj: models.Model, message: Any) -> LogEntry:
        """Note that a row was added."""
        self._note(request, obj, "added", message)
        return super().log_addition(request, obj, message)

    def log_change(self, request: HttpRequest, obj: models.Model, message: Any) -> LogEntry:
        """Note that a row was changed."""
        self._note(request, obj, "changed", message)
        return super().log_change(request, obj, message)

    def log_deletions(self, request: HttpRequest, queryset: Any) -> list[LogEntry]:
        """Note that rows were deleted."""
        for obj in queryset:
            self._note(request, obj, "deleted", [])
        found: list[LogEntry] = super().log_deletions(request, queryset)
        return found

    def _note(self, request: HttpRequest, obj: models.Model, verb: str, message: Any) -> None:
        parts = message if isinstance(message, list) else []
        changed = [part["changed"]["fields"] for part in parts if "changed" in part]
        person = request.user
        actor = organizer(person) if isinstance(person, AbstractBaseUser) else "nobody"
        with transaction.atomic():
            append(
                f"admin.{verb}",
                actor=actor,
                subject=f"{obj._meta.model_name} {obj.pk}",
                detail={"fields": sorted({str(name) for fields in changed for name in fields})},
            )


class ReadOnlyAdmin(admin.ModelAdmin[Any]):
    """Shows rows and changes none: they are facts."""

    def has_add_permission(self, _request: HttpRequest) -> bool:
        """Nobody adds a fact by hand."""
        return False

    def has_change_permission(
        self, _request: HttpRequest, _obj: models.Model | None = None
    ) -> bool:
        """Nobody changes a fact by hand."""
        return False

    def has_delete_permission(
        self, _request: HttpRequest, _obj: models.Model | None = None
    ) -> bool:
        """Nobody deletes a fact by hand."""
        return False


@admin.register(AuditEntry)
class AuditEntryAdmin(ReadOnlyAdmin):
    """What was noted."""

    list_display = ("number", "at", "kind")
    list_filter = ("kind",)
