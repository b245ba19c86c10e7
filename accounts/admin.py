"""People in Django's admin; their tokens are never shown, only that they exist."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from accounts.models import User
from audit.admin import AuditedAdmin


@admin.register(User)
class UserAdmin(AuditedAdmin):
    """Who may sign in, and who is staff."""

    list_display = ("email", "name", "is_staff", "is_active", "joined_at")
    search_fields = ("email", "name")
    fields = ("email", "name", "is_active", "is_staff", "joined_at", "last_login")
    readonly_fields = ("joined_at", "last_login")

    def has_delete_permission(self, _request: HttpRequest, _obj: Any = None) -> bool:
        """People leave by closing their account: what they published refers to them."""
        return False
