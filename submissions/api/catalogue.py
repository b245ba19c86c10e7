"""What is there to submit to: releases and tasks, and the models that were entered."""

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any, ClassVar

import django_filters
from django.db.models import Q, QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import Organization
from scoring import SUITES
from submissions.api.base import ApiView
from submissions.api.filters import SlugFilter, TextFilter
from submissions.api.pages import ListView
from submissions.api.queries import Query
from submissions.api.shapes import ReleaseShape, TaskShape
from submissions.models import ModelEntry, Release

SUITE_CHOICES = [(slug, slug) for slug in SUITES]
FAMILIES = list(dict.fromkeys(task.family for suite in SUITES.values() for task in suite.tasks))


class ReleaseFilters(django_filters.FilterSet):
    """Releases of one suite, or of one board."""

    suite = django_filters.ChoiceFilter(choices=SUITE_CHOICES)
    source = django_filters.ChoiceFilter(choices=Release.Source.choices)

    class Meta:
        model = Release
        fields: ClassVar[list[str]] = []


class ReleasesView(ListView):
    """`/releases/`."""

    shape = ReleaseShape
    filterset_class = ReleaseFilters

    def get_queryset(self) -> QuerySet[Release]:
        """All of them, with their tasks."""
        return Release.objects.select_related("round").prefetch_related("tasks__item_set")

    @extend_schema(summary="List the releases of the data", responses=ReleaseShape(many=True))
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """A run belongs to exactly one release; scores of different ones are not the same."""
        return super().get(request, *args, **kwargs)


class ReleaseView(ApiView):
    """`/releases/<name>/`."""

    shape = ReleaseShape

    @extend_schema(summary="Read a release", responses=ReleaseShape)
    def get(self, request: Request, name: str) -> Response:  # noqa: ARG002
        """Which examples stand for each task, by hash; no answer is among it."""
        rows = Release.objects.select_related("round").prefetch_related("tasks__item_set")
        return self.answer(get_object_or_404(rows, name=name))


class TaskQuery(Query):
    """Tasks of one suite or family."""

    suite = serializers.ChoiceField(choices=list(SUITES), required=False)
    family = serializers.ChoiceField(choices=FAMILIES, required=False)


class TaskListShape(serializers.Serializer[Any]):
    """All tasks; they are few, and come in one page."""

    results = TaskShape(many=True)


def _tasks() -> Iterable[dict[str, Any]]:
    for suite in SUITES.values():
        for task in suite.tasks:
            yield {"suite": suite.slug, **asdict(task)}


class TasksView(ApiView):
    """`/tasks/`."""

    shape = TaskShape
    query_shape = TaskQuery

    @extend_schema(operation_id="tasks_list", summary="List the tasks", responses=TaskListShape)
    def get(self, request: Request) -> Response:  # noqa: ARG002
        """The tasks in the suite's own order."""
        wanted = {key: self.params[key] for key in ("suite", "family") if key in self.params}
        rows = [row for row in _tasks() if wanted.items() <= row.items()]
        return Response({"results": [self.chosen(dict(TaskShape(row).data)) for row in rows]})


class TaskView(ApiView):
    """`/tasks/<slug>/`."""

    shape = TaskShape

    @extend_schema(summary="Read a task", responses=TaskShape)
    def get(self, request: Request, slug: str) -> Response:  # noqa: ARG002
        """What it asks, how long it is, and how it is measured."""
        for row in _tasks():
            if row["slug"] == slug:
                return self.answer(row)
        raise Http404("no such task")


class ModelFilters(django_filters.FilterSet):
    """Models by their weights, or by a part of their name or organization."""

    weights = django_filters.ChoiceFilter(choices=ModelEntry.Weights.choices)
    q = TextFilter(method="search", max_length=100)
    shared_with = SlugFilter(method="of_organization", max_length=140)

    class Meta:
        model = ModelEntry
        fields: ClassVar[list[str]] = []

    def of_organization(
        self, rows: QuerySet[ModelEntry], _name: str, slug: str
    ) -> QuerySet[ModelEntry]:
        """Those of an organization of the reader's: with whom others share, is theirs to know."""
        own = Organization.objects.filter(members=self.request.user.pk, slug=slug)
        return rows.filter(shared_with__in=own)

    def search(self, rows: QuerySet[ModelEntry], _name: str, text: str) -> QuerySet[ModelEntry]:
        """Where the text stands in the name or the organization."""
        return rows.filter(Q(name__icontains=text) | Q(organization__icontains=text))
