"""Hosted runs over the API: what our workers ask of one's models, and how far they are."""

from typing import Any, ClassVar

import django_filters
from django.db.models import Q, QuerySet, Sum
from django.db.models.functions import Coalesce
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from submissions.api.base import ApiView
from submissions.api.pages import ListView
from submissions.models import HostedRun


class RunShape(serializers.ModelSerializer[HostedRun]):
    """A model asked by our workers on one release; `submission` is what became of it."""

    id = serializers.CharField(source="public_id")
    model_slug = serializers.CharField(source="model.slug")
    release = serializers.CharField(source="release.name")
    tasks = serializers.ListField(child=serializers.CharField())
    submission = serializers.CharField(source="submission.public_id", default=None, allow_null=True)
    examples = serializers.IntegerField(help_text="How many are asked; 0 until it is planned.")
    examples_done = serializers.IntegerField(help_text="How many are in finished parts.")

    class Meta:
        model = HostedRun
        fields = (
            "id",
            "model_slug",
            "release",
            "tasks",
            "prompt_set",
            "policy",
            "visibility",
            "status",
            "reason",
            "examples",
            "examples_done",
            "created_at",
            "planned_at",
            "finished_at",
            "submission",
        )
        read_only_fields = fields


def own_runs(request: Request) -> QuerySet[HostedRun]:
    """The reader's runs, with how far they are; staff see everybody's."""
    is_done = Q(shards__is_done=True)
    rows = HostedRun.objects.select_related("model", "release", "submission").annotate(
        examples=Coalesce(Sum("shards__examples"), 0),
        examples_done=Coalesce(Sum("shards__examples", filter=is_done), 0),
    )
    return rows if request.user.is_staff else rows.filter(owner=request.user.pk)


class RunFilters(django_filters.FilterSet):
    """Runs of one status."""

    status = django_filters.ChoiceFilter(choices=HostedRun.Status.choices)

    class Meta:
        model = HostedRun
        fields: ClassVar[list[str]] = []


class RunsView(ListView):
    """`/runs/`."""

    is_public = False
    shape = RunShape
    filterset_class = RunFilters

    def get_queryset(self) -> QuerySet[HostedRun]:
        """One's own."""
        return own_runs(self.request)

    @extend_schema(summary="List your hosted runs", responses=RunShape(many=True))
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Newest first."""
        return super().get(request, *args, **kwargs)


class RunView(ApiView):
    """`/runs/<id>/`."""

    is_public = False
    shape = RunShape

    @extend_schema(summary="Read a hosted run", responses=RunShape)
    def get(self, request: Request, public_id: str) -> Response:
        """How far it is, and why it stands still if it does."""
        return self.answer(get_object_or_404(own_runs(request), public_id=public_id))
