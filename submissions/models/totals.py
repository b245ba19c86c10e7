"""What was counted of evaluations that ended, so that nobody counts them again."""

from typing import ClassVar

from django.db import models


class EvaluationTotals(models.Model):
    """Everything that ended until a moment, from the beginning; `submissions.totals` adds to it."""

    until = models.DateTimeField(unique=True)
    done = models.PositiveBigIntegerField()
    failed = models.PositiveBigIntegerField()
    # How often one of them was given to another worker.
    takeovers = models.PositiveBigIntegerField()
    # What those that are done took, in all; and how many took at most so long, by the seconds.
    seconds = models.FloatField()
    within = models.JSONField()

    class Meta:
        ordering: ClassVar = ["until"]
        verbose_name_plural = "evaluation totals"

    def __str__(self) -> str:
        return f"totals until {self.until.isoformat()}"
