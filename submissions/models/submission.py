"""Models as people enter them, and the predictions that they submit."""

import secrets
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from submissions.models.release import Release

# No vowels and no look-alikes: an id is read aloud, and never spells a word.
_ID_ALPHABET = "23456789bcdfghjkmnpqrstvwxyz"


def new_public_id() -> str:
    """Ten random characters, 48 bits: unguessable enough for an unlisted page."""
    return "".join(secrets.choice(_ID_ALPHABET) for _ in range(10))


class ModelEntry(models.Model):
    """A language model as the board names it."""

    class Weights(models.TextChoices):
        OPEN = "open", _("open weights")
        CLOSED = "closed", _("closed")

    slug = models.SlugField(max_length=140, unique=True)
    name = models.CharField(max_length=120)
    organization = models.CharField(max_length=120, blank=True)
    link = models.URLField(max_length=400, blank=True)
    licence = models.CharField(max_length=80, blank=True)
    parameters = models.BigIntegerField("number of parameters", null=True, blank=True)
    context_tokens = models.BigIntegerField("context length in tokens", null=True, blank=True)
    weights = models.CharField(max_length=8, choices=Weights, default=Weights.CLOSED)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="model_entries"
    )
    # Whose members may submit to it and see all its submissions.
    shared_with = models.ForeignKey(
        "accounts.Organization",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="model_entries",
    )
    created_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["name"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                Lower("name"),
                "owner",
                condition=models.Q(shared_with=None),
                name="one_model_a_name_and_owner",
            ),
            models.UniqueConstraint(
                Lower("name"),
                "shared_with",
                condition=models.Q(shared_with__isnull=False),
                name="one_model_a_name_and_organization",
            ),
            models.CheckConstraint(
                condition=models.Q(parameters__gt=0) | models.Q(parameters=None),
                name="parameters_are_positive",
            ),
            models.CheckConstraint(
                condition=models.Q(context_tokens__gt=0) | models.Q(context_tokens=None),
                name="context_is_positive",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """Where the model's page is."""
        return reverse("submissions:model", args=[self.slug])


class Submission(models.Model):
    """One run's predictions on one release: immutable once stored."""

    class Provenance(models.TextChoices):
        AUTHORS = "authors", _("published by the authors")
        USER = "user", _("submitted by its builder")
        HOSTED = "hosted", _("asked by this portal")

    class Visibility(models.TextChoices):
        PUBLIC = "public", _("public: on the board for everybody")
        UNLISTED = "unlisted", _("unlisted: for those who have the link, not on the board")
        PRIVATE = "private", _("private: only you")

    public_id = models.CharField(max_length=16, unique=True, default=new_public_id, editable=False)
    model = models.ForeignKey(ModelEntry, on_delete=models.PROTECT, related_name="submissions")
    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="submissions")
    submitter = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="submissions"
    )
    provenance = models.CharField(max_length=8, choices=Provenance, default=Provenance.USER)
    visibility = models.CharField(max_length=8, choices=Visibility, default=Visibility.PUBLIC)
    # The declared option: Math.Calc answers begin with an echo of the first operand.
    drop_first_number = models.BooleanField(default=False)
    note = models.TextField(blank=True)
    # Over its predictions by task and position: the same predictions, however they were packed
    # and named, are the same submission.
    sha256 = models.CharField(max_length=64)
    # What asking took where this portal asked: `usd` (null without prices), `tokens_in`,
    # `tokens_out`, and `seconds` summed over the requests.  Empty where nobody knows.
    usage = models.JSONField(default=dict)
    # What intake found worth saying without refusing: a list of Problem.as_dict().
    warnings = models.JSONField(default=list)
    # What the submitter declares of the run, by `declarations.DECLARATIONS`.
    declared = models.JSONField(default=dict)
    created_at = models.DateTimeField()
    # When it became public; null while it is not, and after that was taken back.
    published_at = models.DateTimeField(null=True)
    # When an organizer looked at it and found it as it is said to be.
    verified_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_reason = models.TextField(blank=True)
    # A later submission of the same model and release that its submitter put in its place.
    superseded_by = models.ForeignKey(
        "self", null=True, on_delete=models.PROTECT, related_name="supersedes"
    )
    # The evaluation whose results are shown; swapped when a re-score is complete.
    current_evaluation = models.OneToOneField(
        "Evaluation", null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering: ClassVar = ["-created_at", "-pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["model", "release", "sha256", "drop_first_number"],
                condition=models.Q(withdrawn_at=None),
                name="no_submission_twice",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["submitter", "-created_at"])]

    def __str__(self) -> str:
        return f"{self.model} {self.public_id}"

    def get_absolute_url(self) -> str:
        """Where the submission's page is."""
        return reverse("submissions:submission", args=[self.public_id])


class SubmissionFile(models.Model):
    """A file as it was uploaded, kept byte for byte under its hash."""

    submission = models.ForeignKey(Submission, on_delete=models.CASCADE, related_name="files")
    name = models.CharField(max_length=255)
    sha256 = models.CharField(max_length=64)
    size_bytes = models.BigIntegerField()

    class Meta:
        ordering: ClassVar = ["pk"]

    def __str__(self) -> str:
        return self.name


class TaskPredictions(models.Model):
    """A task's predictions, aligned with its item set, as a content-addressed file.

    The file is gzip over JSON lines: line p is the prediction for position p, or null.
    """

    submission = models.ForeignKey(Submission, on_delete=models.CASCADE, related_name="tasks")
    task = models.SlugField(max_length=60)
    sha256 = models.CharField(max_length=64)
    n = models.PositiveIntegerField()
    answered = models.PositiveIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["submission", "task"], name="one_file_a_task"),
            models.CheckConstraint(
                condition=models.Q(answered__lte=models.F("n")), name="no_more_answers_than_items"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.submission} {self.task}"
