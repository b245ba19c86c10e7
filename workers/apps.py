"""Names the package for Django and makes its tasks known to every process that may queue them."""

from django.apps import AppConfig


class WorkersConfig(AppConfig):
    """The machine room."""

    name = "workers"

    def ready(self) -> None:
        """Import the tasks, so that the web process can name them, also in tests."""
        from workers import tasks  # noqa: F401, PLC0415  Tasks need loaded models.
