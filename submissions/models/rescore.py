"""Jobs that score many submissions again: what was asked for, and how far it has come."""

from typing import ClassVar

from django.db import models

from submissions.models.evaluation import Evaluation
from submissions.models.submission import Submission


class RescoreJob(models.Model):
    """A list of submissions to be scored again, worked off a few at a time."""

    # What was chosen, in words, for whoever looks at it later.
    title = models.CharField(max_length=200)
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["pk"]

    def __str__(self) -> str:
        return f"job {self.pk}: {self.title}"


class RescoreItem(models.Model):
    """One submission of a job, with its evaluation once that has been queued."""

    job = models.ForeignKey(RescoreJob, on_delete=models.CASCADE, related_name="items")
    submission = models.ForeignKey(
        Submission, on_delete=models.CASCADE, related_name="rescore_items"
    )
    evaluation = models.ForeignKey(
        Evaluation, null=True, on_delete=models.CASCADE, related_name="rescore_items"
    )

    class Meta:
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["job", "submission"], name="once_in_a_job"),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["job"],
                condition=models.Q(evaluation=None),
                name="items_not_queued",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.submission_id} in job {self.job_id}"


class RescoreReport(models.Model):
    """What scoring a board's submissions again would move, before anything is moved."""

    board = models.SlugField(max_length=80)
    created_at = models.DateTimeField()
    # Of each scorer's board when the scores were computed: {scorer: version}.
    versions = models.JSONField(default=dict)
    # A list of {submission, model, scorer, old_average, new_average, old_rank, new_rank}; null
    # until a worker has computed it.
    rows = models.JSONField(null=True)
    failed = models.TextField(blank=True)
    # The job that was started when an organizer applied it.
    job = models.OneToOneField(RescoreJob, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering: ClassVar = ["-pk"]

    def __str__(self) -> str:
        return f"report {self.pk} on {self.board}"
