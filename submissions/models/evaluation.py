"""Evaluations: append-only attempts to score a submission, and what they found."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from submissions.models.submission import Submission


class Failure(models.TextChoices):
    """Why an evaluation failed, as a stable code; FAILURE_HINTS in record.py says what to do."""

    WORKER_LOST = "worker_lost", _("every worker that took it fell silent")
    STORED_FILE = "stored_file", _("a stored file is missing or damaged")
    STORAGE_AWAY = "storage_away", _("the storage that holds its files did not answer")
    TIMEOUT = "timeout", _("scoring took longer than allowed")
    MEMORY = "memory", _("scoring took more memory than allowed")
    INTERNAL = "internal", _("an error of ours")


class Evaluation(models.Model):
    """One scoring of a submission by all scorers of its suite."""

    class Status(models.TextChoices):
        QUEUED = "queued", _("queued")
        RUNNING = "running", _("running")
        DONE = "done", _("scored")
        FAILED = "failed", _("failed")

    submission = models.ForeignKey(Submission, on_delete=models.CASCADE, related_name="evaluations")
    status = models.CharField(max_length=8, choices=Status, default=Status.QUEUED)
    # How often it was claimed, and the number that the latest claimant must show to write.
    attempts = models.PositiveSmallIntegerField(default=0)
    fence = models.PositiveIntegerField(default=0)
    worker = models.CharField(max_length=120, blank=True)
    created_at = models.DateTimeField()
    announced_at = models.DateTimeField(null=True)
    started_at = models.DateTimeField(null=True)
    lease_expires_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    # Since when its files could not be read because their storage is away, and when a worker may
    # try again.
    away_since = models.DateTimeField(null=True)
    retry_at = models.DateTimeField(null=True)
    failure = models.CharField(max_length=20, choices=Failure, blank=True)
    failure_reason = models.TextField(blank=True)
    failure_hint = models.TextField(blank=True)

    class Meta:
        ordering: ClassVar = ["-pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=(
                    models.Q(status="failed")
                    & ~models.Q(failure="")
                    & ~models.Q(failure_reason="")
                    & ~models.Q(failure_hint="")
                )
                | (~models.Q(status="failed") & models.Q(failure="")),
                name="a_failure_has_its_reason",
            ),
            models.CheckConstraint(
                condition=~models.Q(status="running") | models.Q(lease_expires_at__isnull=False),
                name="who_runs_has_a_lease",
            ),
            models.CheckConstraint(
                condition=models.Q(status__in=["queued", "running"], finished_at=None)
                | models.Q(status__in=["done", "failed"], finished_at__isnull=False),
                name="an_end_has_its_time",
            ),
            models.CheckConstraint(
                condition=models.Q(retry_at=None)
                | models.Q(status="queued", away_since__isnull=False),
                name="who_tries_again_waits",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["status", "created_at"],
                condition=models.Q(status__in=["queued", "running"]),
                name="open_evaluations",
            ),
            # Null while open: one index for what is, and for what ended lately.
            models.Index(fields=["finished_at"], name="evaluations_by_end"),
        ]

    def __str__(self) -> str:
        return f"evaluation {self.pk} of {self.submission}"

    @property
    def is_open(self) -> bool:
        """Whether its end is still to come."""
        return self.status in (self.Status.QUEUED, self.Status.RUNNING)


class TaskResult(models.Model):
    """A task's score under one scorer."""

    evaluation = models.ForeignKey(Evaluation, on_delete=models.CASCADE, related_name="results")
    task = models.SlugField(max_length=60)
    scorer = models.SlugField(max_length=60)
    n = models.PositiveIntegerField()
    answered = models.PositiveIntegerField()
    mean = models.FloatField()
    # How many examples had which outcome, by outcome name.
    outcomes = models.JSONField(default=dict)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["evaluation", "task", "scorer"], name="one_result_a_task_and_scorer"
            ),
            models.CheckConstraint(
                condition=models.Q(mean__gte=0.0, mean__lte=1.0), name="a_mean_is_a_fraction"
            ),
            models.CheckConstraint(
                condition=models.Q(answered__lte=models.F("n")), name="no_more_answered_than_n"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.task} {self.scorer} {self.mean}"


class TaskArtefact(models.Model):
    """A result's per-example scores and outcomes, packed by `artefacts.pack_scores`.

    A table of its own, so that reading the board never reads these bytes.
    """

    result = models.OneToOneField(TaskResult, on_delete=models.CASCADE, related_name="artefact")
    data = models.BinaryField()

    def __str__(self) -> str:
        return f"artefact of {self.result_id}"
