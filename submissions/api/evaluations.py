"""Evaluations and events over the API: what became of submissions, and when."""

from typing import Any, ClassVar

import django_filters
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from submissions.access import listed_submissions, visible_submissions
from submissions.api.base import ApiView
from submissions.api.filters import SlugFilter
from submissions.api.pages import ListView
from submissions.api.submission_shapes import EvaluationDetailShape, EvaluationShape, EventShape
from submissions.models import BoardEvent, Evaluation


class EvaluationFilters(django_filters.FilterSet):
    """Evaluations of one submission, or of one status."""

    submission = SlugFilter(field_name="submission__public_id", max_length=16)
    status = django_filters.ChoiceFilter(choices=Evaluation.Status.choices)

    class Meta:
        model = Evaluation
        fields: ClassVar[list[str]] = []


class EvaluationsView(ListView):
    """`/evaluations/`."""

    shape = EvaluationShape
    filterset_class = EvaluationFilters

    def get_queryset(self) -> QuerySet[Evaluation]:
        """Those of the submissions that may be listed for the reader."""
        listed = listed_submissions(self.request.user)
        return Evaluation.objects.filter(submission__in=listed).select_related("submission")

    @extend_schema(summary="List evaluations", responses=EvaluationShape(many=True))
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Of public submissions and your own, newest first."""
        return super().get(request, *args, **kwargs)


class EvaluationView(ApiView):
    """`/evaluations/<id>/`."""

    shape = EvaluationDetailShape

    @extend_schema(summary="Read an evaluation", responses=EvaluationDetailShape)
    def get(self, request: Request, evaluation_id: int) -> Response:
        """With the score of each task under each scorer."""
        visible = visible_submissions(request.user)
        rows = Evaluation.objects.filter(submission__in=visible)
        rows = rows.select_related("submission").prefetch_related("results")
        return self.answer(get_object_or_404(rows, pk=evaluation_id))


class EventFilters(django_filters.FilterSet):
    """Events of one submission, model or kind."""

    submission = SlugFilter(field_name="submission__public_id", max_length=16)
    model = SlugFilter(field_name="submission__model__slug", max_length=140)
    kind = django_filters.ChoiceFilter(choices=BoardEvent.Kind.choices)

    class Meta:
        model = BoardEvent
        fields: ClassVar[list[str]] = []


class EventsView(ListView):
    """`/events/`."""

    shape = EventShape
    filterset_class = EventFilters

    def get_queryset(self) -> QuerySet[BoardEvent]:
        """Those of the submissions that may be listed for the reader."""
        listed = listed_submissions(self.request.user)
        rows = BoardEvent.objects.filter(submission__in=listed)
        return rows.select_related("submission__model", "submission__release")

    @extend_schema(summary="List events", responses=EventShape(many=True))
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """What happened to public submissions and your own, newest first."""
        return super().get(request, *args, **kwargs)
