"""What the API takes and gives."""

from typing import Any

from django.conf import settings
from rest_framework import serializers

from scoring import SUITES
from submissions.entries import ModelFacts
from submissions.models import Evaluation, ModelEntry, Release, Submission


class ReleaseField(serializers.SlugRelatedField[Release]):
    """A release by its name."""

    def to_internal_value(self, data: Any) -> Release:
        """Find it; a NUL, which PostgreSQL refuses to look for, names none."""
        if "\0" in str(data):
            self.fail("invalid")
        return super().to_internal_value(data)


class UploadSerializer(serializers.Serializer[Any]):
    """A multipart upload: its files, the model they are of, and what is said of them."""

    files = serializers.ListField(child=serializers.FileField(), allow_empty=False)
    model = serializers.CharField(
        max_length=120, help_text="The model's name; entered as yours if you have none of it."
    )
    organization = serializers.CharField(max_length=120, required=False, default="")
    link = serializers.URLField(max_length=400, required=False, default="")
    licence = serializers.CharField(max_length=80, required=False, default="")
    parameters = serializers.IntegerField(min_value=1, max_value=2**62, required=False)
    context_tokens = serializers.IntegerField(min_value=1, max_value=2**62, required=False)
    weights = serializers.ChoiceField(
        choices=ModelEntry.Weights.choices, default=ModelEntry.Weights.CLOSED
    )
    suite = serializers.ChoiceField(choices=list(SUITES), default=settings.DEFAULT_SUITE)
    release = ReleaseField(
        slug_field="name",
        queryset=Release.objects.all(),
        required=False,
        help_text="The release's name; left out, it is recognised from the files.",
    )
    visibility = serializers.ChoiceField(
        choices=Submission.Visibility.choices, default=Submission.Visibility.PUBLIC
    )
    drop_first_number = serializers.BooleanField(
        default=False, help_text="Math.Calc answers begin with an echo of the first operand."
    )
    note = serializers.CharField(max_length=2000, required=False, default="")
    dry_run = serializers.BooleanField(default=False, help_text="Check and store nothing.")

    def model_facts(self) -> ModelFacts:
        """The fields that describe a model entered by this upload."""
        data = self.validated_data
        return ModelFacts(
            name=data["model"],
            organization=data["organization"],
            link=data["link"],
            licence=data["licence"],
            parameters=data.get("parameters"),
            context_tokens=data.get("context_tokens"),
            weights=data["weights"],
        )


def submission_json(submission: Submission, *, url: str) -> dict[str, Any]:
    """A submission with its status and, once it is scored, its scores by scorer and task."""
    latest = submission.evaluations.first()
    return {
        "id": submission.public_id,
        "url": url,
        "model": submission.model.name,
        "model_slug": submission.model.slug,
        "release": submission.release.name,
        "visibility": submission.visibility,
        "provenance": submission.provenance,
        "drop_first_number": submission.drop_first_number,
        "note": submission.note,
        "sha256": submission.sha256,
        "created_at": submission.created_at,
        "withdrawn_at": submission.withdrawn_at,
        "status": latest.status if latest else None,
        "failure": _failure_json(latest),
        "warnings": submission.warnings,
        "tasks": {
            stored.task: {"n": stored.n, "answered": stored.answered}
            for stored in submission.tasks.all()
        },
        "scorers": _scores_json(submission),
    }


def _failure_json(evaluation: Evaluation | None) -> dict[str, str] | None:
    if evaluation is None or evaluation.status != Evaluation.Status.FAILED:
        return None
    return {
        "code": evaluation.failure,
        "reason": evaluation.failure_reason,
        "hint": evaluation.failure_hint,
    }


def _scores_json(submission: Submission) -> dict[str, Any]:
    return {
        standing.scorer: {
            "average": standing.average,
            "rank": standing.rank,
            "tasks": standing.means,
        }
        for standing in submission.standings.all()
    }
