"""Names the package for Django."""

from django.apps import AppConfig


class SubmissionsConfig(AppConfig):
    """Releases, models, submissions and the board."""

    name = "submissions"
    default_auto_field = "django.db.models.BigAutoField"
