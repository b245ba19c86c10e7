"""People in Django's admin; their tokens are never shown, only that they exist."""

from django.contrib import admin

from accounts.models import User


@admin.register(User)
class UserAdmin(admin.ModelAdmin[User]):
    """Who may sign in, and who is staff."""

    list_display = ("email", "name", "is_staff", "is_active", "joined_at")
    search_fields = ("email", "name")
    fields = ("email", "name", "is_active", "is_staff", "joined_at", "last_login")
    readonly_fields = ("joined_at", "last_login")
