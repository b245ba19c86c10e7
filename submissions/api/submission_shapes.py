"""What the API gives of submissions, their evaluations and their examples."""

from datetime import datetime
from typing import Any, Final

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from submissions.api.schema import EntrySerializer
from submissions.api.shapes import api_address, page_of
from submissions.models import BoardEvent, Evaluation, Failure, Submission

RETRY_AT: Final = "When it is tried again; null unless it waits for the storage of its files."


class FailureShape(serializers.Serializer[Any]):
    """Why an evaluation failed, and what to do."""

    code = serializers.ChoiceField(choices=Failure.values, source="failure")
    reason = serializers.CharField(source="failure_reason")
    hint = serializers.CharField(source="failure_hint")


class CoverageShape(serializers.Serializer[Any]):
    """How many examples a task has, and how many of them were answered."""

    n = serializers.IntegerField()
    answered = serializers.IntegerField()


class ScoresShape(serializers.Serializer[Any]):
    """Scores under one scorer, as fractions; no average and no rank while a task is missing."""

    average = serializers.FloatField(allow_null=True)
    rank = serializers.IntegerField(allow_null=True)
    tasks = serializers.DictField(child=serializers.FloatField(), source="means")


def _failure(evaluation: Evaluation | None) -> dict[str, Any] | None:
    failed = evaluation is not None and evaluation.status == Evaluation.Status.FAILED
    return dict(FailureShape(evaluation).data) if failed else None


class SubmissionShape(serializers.ModelSerializer[Submission]):
    """A submission with its status and, once it is scored, its scores by scorer and task."""

    id = serializers.CharField(source="public_id")
    url = serializers.SerializerMethodField()
    page = serializers.SerializerMethodField(help_text="Its page for people.")
    model = serializers.CharField(source="model.name")
    model_slug = serializers.CharField(source="model.slug")
    release = serializers.CharField(source="release.name")
    suite = serializers.CharField(source="release.suite")
    declared = serializers.DictField(
        child=serializers.CharField(), help_text="What its submitter declares of the run."
    )
    superseded_by = serializers.CharField(
        source="superseded_by.public_id",
        default=None,
        allow_null=True,
        help_text="The submission that took its place.",
    )
    status = serializers.SerializerMethodField()
    retry_at = serializers.SerializerMethodField(help_text=RETRY_AT)
    failure = serializers.SerializerMethodField()
    warnings = EntrySerializer(many=True)
    tasks = serializers.SerializerMethodField()
    scorers = serializers.SerializerMethodField()

    class Meta:
        model = Submission
        fields = (
            "id",
            "url",
            "page",
            "model",
            "model_slug",
            "suite",
            "release",
            "visibility",
            "provenance",
            "drop_first_number",
            "note",
            "declared",
            "sha256",
            "created_at",
            "published_at",
            "withdrawn_at",
            "withdrawn_reason",
            "superseded_by",
            "status",
            "retry_at",
            "failure",
            "warnings",
            "tasks",
            "scorers",
        )
        read_only_fields = fields

    def get_url(self, submission: Submission) -> str:
        """Where this is."""
        return api_address(self.context, "submission", submission.public_id)

    def get_page(self, submission: Submission) -> str:
        """Where people read of it."""
        return page_of(self.context, submission.get_absolute_url())

    @extend_schema_field(serializers.ChoiceField(choices=Evaluation.Status.values))
    def get_status(self, submission: Submission) -> str | None:
        """The latest evaluation's."""
        latest = _latest(submission)
        return latest.status if latest else None

    @extend_schema_field(serializers.DateTimeField(allow_null=True))
    def get_retry_at(self, submission: Submission) -> datetime | None:
        """The latest evaluation's."""
        latest = _latest(submission)
        return latest.retry_at if latest else None

    @extend_schema_field(FailureShape(allow_null=True))
    def get_failure(self, submission: Submission) -> dict[str, Any] | None:
        """Why the latest evaluation failed; null if it did not."""
        return _failure(_latest(submission))

    @extend_schema_field(serializers.DictField(child=CoverageShape()))
    def get_tasks(self, submission: Submission) -> dict[str, Any]:
        """By task: how much of it was answered."""
        return {row.task: dict(CoverageShape(row).data) for row in submission.tasks.all()}

    @extend_schema_field(serializers.DictField(child=ScoresShape()))
    def get_scorers(self, submission: Submission) -> dict[str, Any]:
        """By scorer: what it found."""
        return {row.scorer: dict(ScoresShape(row).data) for row in submission.standings.all()}


def _latest(submission: Submission) -> Evaluation | None:
    # As they were prefetched: newest first.
    return next(iter(submission.evaluations.all()), None)


class EvaluationShape(serializers.ModelSerializer[Evaluation]):
    """One scoring of a submission by all scorers of its suite."""

    submission = serializers.CharField(source="submission.public_id")
    is_shown = serializers.SerializerMethodField(help_text="Whether its scores are the shown ones.")
    retry_at = serializers.DateTimeField(allow_null=True, help_text=RETRY_AT)
    failure = serializers.SerializerMethodField()

    class Meta:
        model = Evaluation
        fields = (
            "id",
            "submission",
            "status",
            "attempts",
            "created_at",
            "started_at",
            "finished_at",
            "retry_at",
            "is_shown",
            "failure",
        )
        read_only_fields = fields

    def get_is_shown(self, evaluation: Evaluation) -> bool:
        """Whether the submission shows this one."""
        return evaluation.submission.current_evaluation_id == evaluation.pk

    @extend_schema_field(FailureShape(allow_null=True))
    def get_failure(self, evaluation: Evaluation) -> dict[str, Any] | None:
        """Why it failed; null if it did not."""
        return _failure(evaluation)


class ResultShape(serializers.Serializer[Any]):
    """A task's score under one scorer, and how many examples had which outcome."""

    task = serializers.CharField()
    scorer = serializers.CharField()
    n = serializers.IntegerField()
    answered = serializers.IntegerField()
    mean = serializers.FloatField()
    outcomes = serializers.DictField(child=serializers.IntegerField())


class EvaluationDetailShape(EvaluationShape):
    """An evaluation with its results."""

    results = ResultShape(many=True)

    class Meta:
        model = Evaluation
        fields = (*EvaluationShape.Meta.fields, "results")
        read_only_fields = fields


class ExampleShape(serializers.Serializer[Any]):
    """One example; `answer` is null where the release keeps its answers hidden."""

    position = serializers.IntegerField()
    source_id = serializers.CharField()
    prediction = serializers.CharField(allow_null=True)
    answer = serializers.JSONField(allow_null=True)
    score = serializers.FloatField()
    outcome = serializers.CharField()


class ExamplesShape(serializers.Serializer[Any]):
    """A page of a task's examples, and how many there are of each outcome."""

    task = serializers.CharField()
    scorer = serializers.CharField()
    total = serializers.IntegerField()
    counts = serializers.DictField(child=serializers.IntegerField())
    has_answers = serializers.BooleanField()
    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)
    results = ExampleShape(many=True, source="examples")


class EventShape(serializers.ModelSerializer[BoardEvent]):
    """Something that happened to a submission."""

    submission = serializers.CharField(source="submission.public_id")
    model_slug = serializers.CharField(source="submission.model.slug")
    release = serializers.CharField(source="submission.release.name")

    class Meta:
        model = BoardEvent
        fields = ("id", "at", "kind", "submission", "model_slug", "release")
        read_only_fields = fields
