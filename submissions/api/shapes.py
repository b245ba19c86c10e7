"""What the API gives of models, releases and tasks."""

from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.models import Organization
from submissions.models import ModelEntry, Release


def page_of(context: Mapping[str, Any], path: str) -> str:
    """The whole address of something on this site."""
    return str(context["request"].build_absolute_uri(path))


class ModelShape(serializers.ModelSerializer[ModelEntry]):
    """A language model as the board names it."""

    # Empty where none was given, which is no address.
    link = serializers.CharField()
    page = serializers.SerializerMethodField(help_text="Its page for people.")
    shared_with = serializers.SerializerMethodField()

    class Meta:
        model = ModelEntry
        fields = (
            "slug",
            "name",
            "organization",
            "link",
            "licence",
            "parameters",
            "context_tokens",
            "weights",
            "created_at",
            "page",
            "shared_with",
        )
        read_only_fields = fields

    def get_page(self, entry: ModelEntry) -> str:
        """Where people read of it."""
        return page_of(self.context, entry.get_absolute_url())

    @extend_schema_field(serializers.CharField(allow_null=True))
    def get_shared_with(self, entry: ModelEntry) -> str | None:
        """The organization whose members it is for, to these members; null to others."""
        if entry.shared_with_id is None:
            return None
        # Read once a request: rows of a list share their context.
        context: Any = self.context
        if "own_organizations" not in context:
            reader = context["request"].user
            own = Organization.objects.filter(members=reader.pk).values_list("pk", "slug")
            context["own_organizations"] = dict(own)
        found: str | None = context["own_organizations"].get(entry.shared_with_id)
        return found


class ItemSetShape(serializers.Serializer[Any]):
    """The examples that stand for a task in a release."""

    n = serializers.IntegerField()
    sha256 = serializers.CharField()


class RoundShape(serializers.Serializer[Any]):
    """When predictions on a release may come in; a blind one is scored when it has closed."""

    slug = serializers.CharField()
    title = serializers.CharField()
    opens_at = serializers.DateTimeField()
    closes_at = serializers.DateTimeField()
    is_blind = serializers.BooleanField()


class ReleaseShape(serializers.ModelSerializer[Release]):
    """A version of a suite's data."""

    # Empty where a release belongs to none, which is no slug.
    series = serializers.CharField()
    tasks = serializers.SerializerMethodField(help_text="By task: its examples.")
    seed = serializers.CharField(help_text="Of generated data; empty while it is a secret.")
    round = serializers.SerializerMethodField(help_text="When predictions may come in.")

    class Meta:
        model = Release
        fields = (
            "name",
            "title",
            "suite",
            "board",
            "source",
            "revision",
            "sha256",
            "notes",
            "are_answers_public",
            "created_at",
            "tasks",
            "series",
            "length_tokens",
            "generator",
            "seed",
            "round",
            "retired_at",
        )
        read_only_fields = fields

    @extend_schema_field(RoundShape(allow_null=True))
    def get_round(self, release: Release) -> dict[str, Any] | None:
        """When predictions may come in; null: always."""
        one = release.round
        if one is None:
            return None
        names = ("slug", "title", "opens_at", "closes_at", "is_blind")
        return {name: getattr(one, name) for name in names}

    @extend_schema_field(serializers.DictField(child=ItemSetShape()))
    def get_tasks(self, release: Release) -> dict[str, Any]:
        """How many examples each task has, and which."""
        return {
            row.task: {"n": row.item_set.n, "sha256": row.item_set.sha256}
            for row in sorted(release.tasks.all(), key=lambda row: row.task)
        }


class TaskShape(serializers.Serializer[Any]):
    """A task of a suite; lengths are means in tokens, `chance` is a guesser's score."""

    slug = serializers.CharField()
    name = serializers.CharField()
    suite = serializers.CharField()
    family = serializers.CharField()
    language = serializers.CharField()
    metric = serializers.CharField()
    n = serializers.IntegerField(help_text="How many examples the paper counts.")
    mean_input_tokens = serializers.FloatField()
    mean_output_tokens = serializers.FloatField()
    max_new_tokens = serializers.IntegerField()
    chance = serializers.FloatField()


def api_address(context: Mapping[str, Any], name: str, *arguments: object) -> str:
    """The whole address of an endpoint."""
    return page_of(context, reverse(f"api:{name}", args=arguments))
