"""Lets Django find the site's system checks."""

from django.apps import AppConfig


class BenchmarkSiteConfig(AppConfig):
    """The wiring as an application, for its checks."""

    name = "benchmark_site"

    def ready(self) -> None:
        """Register the checks and bind the queue's app to this process."""
        from benchmark_site import celery, checks  # noqa: F401, PLC0415  Needs loaded settings.
