"""Who works: a row for each worker that was seen lately."""

from typing import ClassVar

from django.db import models


class WorkerSeen(models.Model):
    """A worker by its name, and when it last said that it lives."""

    name = models.CharField(max_length=120, unique=True)
    processes = models.PositiveSmallIntegerField(default=1)
    started_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    # Of a worker that runs models: its devices with their memory, and its libraries.
    machine = models.JSONField(default=dict)

    class Meta:
        ordering: ClassVar = ["name"]

    def __str__(self) -> str:
        return self.name
