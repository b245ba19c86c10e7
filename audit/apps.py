"""Names the package for Django."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    """An append-only, hash-chained log."""

    name = "audit"
    default_auto_field = "django.db.models.BigAutoField"
