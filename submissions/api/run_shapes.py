"""What the API gives of hosted runs: how far they are, and what they cost."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from submissions.api.shapes import api_address, page_of
from submissions.models import Answer, HostedRun
from submissions.run_progress import progress_of, unanswered


class RunShape(serializers.ModelSerializer[HostedRun]):
    """A model asked by our workers on one release; `submission` is what became of it."""

    id = serializers.CharField(source="public_id")
    model_slug = serializers.CharField(source="model.slug")
    release = serializers.CharField(source="release.name")
    tasks = serializers.ListField(child=serializers.CharField())
    endpoint = serializers.CharField(source="endpoint.public_id", default=None, allow_null=True)
    hub_model = serializers.CharField(source="hub_model.public_id", default=None, allow_null=True)
    spending_cap = serializers.FloatField(allow_null=True)
    submission = serializers.CharField(source="submission.public_id", default=None, allow_null=True)
    url = serializers.SerializerMethodField()
    page = serializers.SerializerMethodField(help_text="Its page for people.")
    retry_at = serializers.DateTimeField(
        allow_null=True, help_text="When the Hub is asked again; null unless it waits for it."
    )
    examples = serializers.IntegerField(help_text="How many are asked; 0 until it is planned.")
    examples_done = serializers.IntegerField(help_text="How many are in finished parts.")

    class Meta:
        model = HostedRun
        fields = (
            "id",
            "url",
            "page",
            "endpoint",
            "hub_model",
            "model_slug",
            "release",
            "tasks",
            "prompt_set",
            "policy",
            "is_auto_fit",
            "visibility",
            "spending_cap",
            "status",
            "reason",
            "retry_at",
            "examples",
            "examples_done",
            "created_at",
            "planned_at",
            "finished_at",
            "submission",
        )
        read_only_fields = fields

    def get_url(self, run: HostedRun) -> str:
        """Where this is."""
        return api_address(self.context, "run", run.public_id)

    def get_page(self, run: HostedRun) -> str:
        """Where people read of it."""
        return page_of(self.context, run.get_absolute_url())


class TaskProgressShape(serializers.Serializer[Any]):
    """One task of a run: how many of its examples had which end, and how many were cut."""

    task = serializers.CharField(source="slug")
    n = serializers.IntegerField()
    ok = serializers.IntegerField()
    refused = serializers.IntegerField()
    too_long = serializers.IntegerField()
    error = serializers.IntegerField()
    cut = serializers.IntegerField()


class SpeedShape(serializers.Serializer[Any]):
    """What our own devices did for a run: tokens, seconds of the clock, hours of devices, bytes."""

    answers = serializers.IntegerField()
    read_tokens = serializers.IntegerField(help_text="Less what was kept from the prompt before.")
    written_tokens = serializers.IntegerField()
    read_per_second = serializers.FloatField()
    written_per_second = serializers.FloatField()
    device_hours = serializers.FloatField()
    peak_bytes = serializers.IntegerField()
    is_on_cards = serializers.BooleanField()
    steps = serializers.ListField(
        child=serializers.CharField(), help_text="What was given up for want of memory."
    )


class ProgressShape(serializers.Serializer[Any]):
    """What a run has read, written and cost so far; `cost` is in US dollars."""

    tokens_in = serializers.IntegerField()
    tokens_out = serializers.IntegerField()
    reused_tokens = serializers.IntegerField(help_text="Of those read, what the server had ready.")
    cost = serializers.FloatField()
    seconds_left = serializers.FloatField(allow_null=True, help_text="At the pace so far.")
    speed = SpeedShape(allow_null=True, help_text="Of a model that our workers run.")
    tasks = TaskProgressShape(many=True)


class UnansweredShape(serializers.ModelSerializer[Answer]):
    """An example without an answer, and why."""

    class Meta:
        model = Answer
        fields = ("task", "position", "state", "reason")
        read_only_fields = fields


class RunDetailShape(RunShape):
    """A run with what its page shows of it."""

    progress = serializers.SerializerMethodField()
    unanswered = serializers.SerializerMethodField()

    class Meta:
        model = HostedRun
        fields = (*RunShape.Meta.fields, "progress", "unanswered")
        read_only_fields = fields

    @extend_schema_field(ProgressShape)
    def get_progress(self, run: HostedRun) -> dict[str, Any]:
        """By task, in tokens and in money."""
        return dict(ProgressShape(progress_of(run, now=timezone.now())).data)

    @extend_schema_field(UnansweredShape(many=True))
    def get_unanswered(self, run: HostedRun) -> list[dict[str, Any]]:
        """The first of those that have no answer, so far or for good."""
        return list(UnansweredShape(unanswered(run), many=True).data)


class EstimateShape(serializers.Serializer[Any]):
    """What a run would take, by the sizes of the texts: an estimate."""

    examples = serializers.IntegerField(source="n")
    tokens_in = serializers.IntegerField()
    tokens_out = serializers.IntegerField()
    cost = serializers.FloatField(help_text="US dollars.")
    seconds = serializers.FloatField()
    cut = serializers.IntegerField(help_text="How many examples would be cut.")
