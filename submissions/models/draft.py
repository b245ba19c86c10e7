"""Submissions on their way in: what somebody has filled in so far."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.urls import reverse

from submissions.models.release import Release
from submissions.models.submission import ModelEntry, Submission, new_public_id


class Draft(models.Model):
    """One person's way through the steps of a submission; kept until it is sent or grows old."""

    public_id = models.CharField(max_length=16, unique=True, default=new_public_id, editable=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="drafts"
    )
    kind = models.SlugField(max_length=40)
    suite = models.SlugField(max_length=60)
    # A model of the owner, or what was said of a new one by ModelFacts' names.
    model = models.ForeignKey(ModelEntry, null=True, on_delete=models.SET_NULL, related_name="+")
    facts = models.JSONField(default=dict)
    # Null: recognise it from the files.
    release = models.ForeignKey(Release, null=True, on_delete=models.CASCADE, related_name="+")
    drop_first_number = models.BooleanField(default=False)
    declared = models.JSONField(default=dict)
    visibility = models.CharField(
        max_length=8, choices=Submission.Visibility, default=Submission.Visibility.PUBLIC
    )
    note = models.TextField(blank=True)
    # What the check of the files found; null before there are files, and after they changed.
    report = models.JSONField(null=True)
    # What the files would score; null until a worker has tried them.
    trial = models.JSONField(null=True)
    # Whether a worker is asked to try the files.  Every change of them or of how they are read
    # takes another token, and a worker's answer counts only if it carries the present one.
    is_trial_due = models.BooleanField(default=False)
    trial_token = models.CharField(max_length=16, default=new_public_id)
    announced_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    # What became of it.
    submission = models.OneToOneField(
        Submission, null=True, on_delete=models.CASCADE, related_name="+"
    )

    class Meta:
        ordering: ClassVar = ["-updated_at", "-pk"]
        indexes: ClassVar = [models.Index(fields=["updated_at"], name="drafts_by_age")]

    def __str__(self) -> str:
        return f"draft {self.public_id}"

    def get_absolute_url(self) -> str:
        """Where its owner goes on."""
        return reverse("submissions:draft", args=[self.public_id])

    @property
    def title(self) -> str:
        """Whose predictions it is, as far as that is said."""
        return self.model.name if self.model else str(self.facts.get("name", ""))


class DraftFile(models.Model):
    """A file that is kept with a draft, so that nothing is uploaded twice."""

    draft = models.ForeignKey(Draft, on_delete=models.CASCADE, related_name="files")
    name = models.CharField(max_length=255)
    sha256 = models.CharField(max_length=64)
    size_bytes = models.BigIntegerField()

    class Meta:
        ordering: ClassVar = ["pk"]

    def __str__(self) -> str:
        return self.name
