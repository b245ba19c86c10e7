"""Hosted runs: our workers ask a model every prompt and keep each answer as it comes."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from submissions.models.endpoint import Endpoint
from submissions.models.hub_model import HubModel
from submissions.models.release import Release
from submissions.models.submission import ModelEntry, Submission, new_public_id


class StoredPromptSet(models.Model):
    """A prompt set that an operator loaded; the portal's own are part of the code."""

    suite = models.SlugField(max_length=60)
    name = models.CharField(max_length=120, unique=True)
    sha256 = models.CharField(max_length=64)
    body = models.JSONField()
    created_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["name"]

    def __str__(self) -> str:
        return self.name


class HostedRun(models.Model):
    """One model asked on one release, from its plan to its submission."""

    class Status(models.TextChoices):
        QUEUED = "queued", _("queued")
        RUNNING = "running", _("running")
        PAUSED = "paused", _("paused")
        FINISHED = "finished", _("finished")
        CANCELLED = "cancelled", _("cancelled")
        FAILED = "failed", _("failed")

    public_id = models.CharField(max_length=16, unique=True, default=new_public_id, editable=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="hosted_runs"
    )
    # One of the two answers: a server that we ask, or a model that we run.
    endpoint = models.ForeignKey(Endpoint, null=True, on_delete=models.PROTECT, related_name="runs")
    hub_model = models.ForeignKey(
        HubModel, null=True, on_delete=models.PROTECT, related_name="runs"
    )
    model = models.ForeignKey(ModelEntry, on_delete=models.PROTECT, related_name="hosted_runs")
    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="hosted_runs")
    tasks = models.JSONField()
    prompt_set = models.CharField(max_length=120)
    policy = models.CharField(max_length=40)
    # Whether a prompt that the server calls too long is cut once more, to the limit it states.
    is_auto_fit = models.BooleanField(default=False)
    visibility = models.CharField(max_length=8, choices=Submission.Visibility)
    # US dollars; null: no cap.
    spending_cap = models.DecimalField(max_digits=12, decimal_places=4, null=True)
    # Everything that decides the answers, and the hash over it.
    facts = models.JSONField()
    sha256 = models.CharField(max_length=64)
    # What answered: server, versions, settings that had to be left out, counts of what was cut.
    environment = models.JSONField(default=dict)
    status = models.CharField(max_length=9, choices=Status, default=Status.QUEUED)
    # Why it is paused, was cancelled or has failed; or what it waits for.
    reason = models.TextField(blank=True)
    # Those without an answer are asked again once, in a second round.
    rounds = models.PositiveSmallIntegerField(default=1)
    created_at = models.DateTimeField()
    planned_at = models.DateTimeField(null=True)
    announced_at = models.DateTimeField(null=True)
    # Since when the Hugging Face Hub gives no answer, and when a worker may ask it again.
    away_since = models.DateTimeField(null=True)
    retry_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    # A run that gives the same answers as an earlier one ends at that one's submission.
    submission = models.ForeignKey(
        Submission, null=True, on_delete=models.PROTECT, related_name="runs"
    )

    class Meta:
        ordering: ClassVar = ["-created_at", "-pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~models.Q(status__in=["paused", "cancelled", "failed"])
                | ~models.Q(reason=""),
                name="a_stopped_run_says_why",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    status__in=["queued", "running", "paused"], finished_at=None, submission=None
                )
                | models.Q(status="finished", finished_at__isnull=False, submission__isnull=False)
                | models.Q(
                    status__in=["cancelled", "failed"], finished_at__isnull=False, submission=None
                ),
                name="a_finished_run_has_its_submission",
            ),
            models.CheckConstraint(
                condition=~models.Q(status="running") | models.Q(planned_at__isnull=False),
                name="who_runs_has_a_plan",
            ),
            models.CheckConstraint(
                condition=models.Q(retry_at=None)
                | (
                    models.Q(status__in=["queued", "running"], away_since__isnull=False)
                    & ~models.Q(reason="")
                ),
                name="a_run_that_waits_says_why",
            ),
            models.CheckConstraint(
                condition=models.Q(endpoint=None) | models.Q(hub_model=None),
                name="one_thing_answers_a_run",
            ),
            models.CheckConstraint(
                condition=models.Q(spending_cap__gt=0) | models.Q(spending_cap=None),
                name="a_cap_is_positive",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["status"],
                condition=models.Q(status__in=["queued", "running"]),
                name="open_runs",
            ),
        ]

    def __str__(self) -> str:
        return f"run {self.public_id}"

    def get_absolute_url(self) -> str:
        """Where the run's page is."""
        return reverse("submissions:run", args=[self.public_id])

    @property
    def asked(self) -> Endpoint | HubModel | None:
        """What answers."""
        return self.endpoint or self.hub_model

    @property
    def is_open(self) -> bool:
        """Whether its end is still to come."""
        return self.status in (self.Status.QUEUED, self.Status.RUNNING, self.Status.PAUSED)

    @property
    def is_working(self) -> bool:
        """Whether workers may take its shards."""
        return self.status in (self.Status.QUEUED, self.Status.RUNNING)


class RunShard(models.Model):
    """Some examples of one task of a run, taken by one worker at a time.

    `groups` are lists of positions; those of one list share their context.
    """

    run = models.ForeignKey(HostedRun, on_delete=models.CASCADE, related_name="shards")
    number = models.PositiveIntegerField()
    task = models.SlugField(max_length=60)
    groups = models.JSONField()
    examples = models.PositiveIntegerField()
    # At most this many tokens are sent and answered when every example is asked once.
    tokens_in_bound = models.BigIntegerField()
    tokens_out_bound = models.BigIntegerField()
    is_done = models.BooleanField(default=False)
    fence = models.PositiveIntegerField(default=0)
    worker = models.CharField(max_length=120, blank=True)
    lease_expires_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["run", "number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["run", "number"], name="one_shard_a_number"),
            models.CheckConstraint(
                condition=models.Q(is_done=False) | models.Q(lease_expires_at=None),
                name="what_is_done_has_no_lease",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["run", "number"], condition=models.Q(is_done=False), name="open_shards"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.run} shard {self.number}"


class Answer(models.Model):
    """What a model answered to one example of a run, or why it has no answer.

    One row an example: the first success stays for ever; an error may be replaced by a success.
    """

    class State(models.TextChoices):
        OK = "ok", _("answered")
        REFUSED = "refused", _("refused by the model’s server")
        TOO_LONG = "too_long", _("too long for the model")
        ERROR = "error", _("no answer")

    # States that nothing replaces.
    FINAL: ClassVar = (State.OK, State.REFUSED)

    run = models.ForeignKey(HostedRun, on_delete=models.CASCADE, related_name="answers")
    task = models.SlugField(max_length=60)
    position = models.PositiveIntegerField()
    state = models.CharField(max_length=8, choices=State)
    text = models.TextField(blank=True)
    finish_reason = models.CharField(max_length=20, blank=True)
    # Why there is no answer.
    reason = models.TextField(blank=True)
    prompt_sha256 = models.CharField(max_length=64, blank=True)
    # By our count: the whole prompt, and what was kept of it.
    whole_tokens = models.PositiveIntegerField(default=0)
    kept_tokens = models.PositiveIntegerField(default=0)
    # By the server's count, where it gives one.
    tokens_in = models.PositiveIntegerField(default=0)
    tokens_out = models.PositiveIntegerField(default=0)
    reused_tokens = models.PositiveIntegerField(default=0)
    first_token_seconds = models.FloatField(null=True)
    seconds = models.FloatField(default=0.0)
    attempts = models.PositiveSmallIntegerField(default=1)
    request_id = models.CharField(max_length=120, blank=True)
    fingerprint = models.CharField(max_length=120, blank=True)
    # What a runner of its own says of this answer: prefill and decode times, peak memory.
    details = models.JSONField(default=dict)
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["run", "task", "position"], name="one_answer_an_example"
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=["ok", "refused"])
                | (~models.Q(reason="") & models.Q(text="")),
                name="what_has_no_answer_says_why",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="ok") | models.Q(finish_reason__in=["stop", "length"]),
                name="an_answer_came_to_its_end",
            ),
            models.CheckConstraint(
                condition=models.Q(kept_tokens__lte=models.F("whole_tokens")),
                name="no_more_kept_than_there_was",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["run", "state"], name="answers_by_state")]

    def __str__(self) -> str:
        return f"{self.run} {self.task} #{self.position}"
