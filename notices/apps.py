"""Names the package for Django."""

from django.apps import AppConfig


class NoticesConfig(AppConfig):
    """Mail and webhooks."""

    name = "notices"
    default_auto_field = "django.db.models.BigAutoField"
