"""Series of length tracks over the API: scores over length, and over the depth of a needle."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from django.conf import settings
from django.http import Http404
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from scoring import SCORERS, SUITES
from scoring.types import Task
from submissions.access import visible_models
from submissions.api.base import ApiView
from submissions.api.examples import TASKS
from submissions.api.queries import Query
from submissions.models import Release
from submissions.series import needle_tasks, read_curves, read_map, series_releases


class SeriesQuery(Query):
    """Under which scorer; and on one task."""

    scorer = serializers.ChoiceField(choices=list(SCORERS), default=settings.DEFAULT_SCORER)
    task = serializers.ChoiceField(choices=TASKS, required=False)


class PointShape(serializers.Serializer[Any]):
    """A score at one length with its 95 % interval, null until it is known; n: examples."""

    tokens = serializers.IntegerField()
    n = serializers.IntegerField()
    score = serializers.FloatField()
    low = serializers.FloatField(allow_null=True)
    high = serializers.FloatField(allow_null=True)


class EffectiveShape(serializers.Serializer[Any]):
    """Up to which length `share` of the shortest length's score is kept, in tokens."""

    share = serializers.FloatField()
    tokens = serializers.IntegerField()
    low = serializers.IntegerField()
    high = serializers.IntegerField()
    is_open = serializers.BooleanField(help_text="Kept up to the longest length, or beyond.")


class CurveShape(serializers.Serializer[Any]):
    """A model's scores, shortest length first."""

    model_slug = serializers.CharField(source="model.slug")
    model_name = serializers.CharField(source="model.name")
    points = PointShape(many=True)
    effective = EffectiveShape(allow_null=True)


class LengthShape(serializers.Serializer[Any]):
    """A release of the series, and how long its contexts are."""

    release = serializers.CharField(source="name")
    tokens = serializers.IntegerField(source="length_tokens")


class SeriesShape(serializers.Serializer[Any]):
    """Releases that differ in length only; the model that is best at the shortest comes first."""

    suite = serializers.CharField()
    scorer = serializers.CharField()
    task = serializers.CharField(allow_null=True, help_text="Null: all of them on average.")
    lengths = LengthShape(many=True)
    curves = CurveShape(many=True)


class MapCellShape(serializers.Serializer[Any]):
    """The score of n examples with its 95 % interval."""

    score = serializers.FloatField()
    low = serializers.FloatField()
    high = serializers.FloatField()
    n = serializers.IntegerField()


class DepthMapShape(serializers.Serializer[Any]):
    """A row for each tenth of the depth, from the context's start, and in it a cell a length."""

    task = serializers.CharField()
    scorer = serializers.CharField()
    lengths = serializers.ListField(child=serializers.IntegerField(), help_text="In tokens.")
    rows = serializers.ListField(
        child=serializers.ListField(child=MapCellShape(allow_null=True)),
        help_text="Null where there is no example.",
    )


@dataclass(frozen=True, slots=True)
class _Asked:
    """What an address and its parameters name."""

    releases: Sequence[Release]
    scorer: str
    task: Task | None


class SeriesBase(ApiView):
    """Base of both endpoints."""

    query_shape = SeriesQuery
    problems: ClassVar = {}

    def asked(self, name: str) -> _Asked:
        """Find the series and the task.  Raises: Http404."""
        releases = series_releases(name)
        if not releases:
            raise Http404("no such series")
        suite, slug = SUITES[releases[0].suite], self.params.get("task")
        if slug is not None and slug not in suite.slugs:
            raise Http404("no such task")
        return _Asked(releases, self.params["scorer"], suite.task(slug) if slug else None)


class SeriesView(SeriesBase):
    """`/series/<series>/`."""

    @extend_schema(summary="Read scores over length", responses=SeriesShape)
    def get(self, request: Request, series: str) -> Response:  # noqa: ARG002
        """A curve for each model that has a row at one of the lengths."""
        asked = self.asked(series)
        task = asked.task.slug if asked.task else None
        found = {
            "suite": asked.releases[0].suite,
            "scorer": asked.scorer,
            "task": task,
            "lengths": asked.releases,
            "curves": read_curves(asked.releases, scorer=asked.scorer, task=task),
        }
        return Response(SeriesShape(found).data)


class SeriesModelView(SeriesBase):
    """`/series/<series>/models/<slug>/`."""

    @extend_schema(summary="Read a model’s scores over length and depth", responses=DepthMapShape)
    def get(self, request: Request, series: str, slug: str) -> Response:
        """Where in a context it finds a needle, on one task of those that have one."""
        asked = self.asked(series)
        model = get_object_or_404(visible_models(request.user), slug=slug)
        task = asked.task or needle_tasks(SUITES[asked.releases[0].suite])[0]
        found = read_map(asked.releases, model, task=task, scorer=asked.scorer)
        answer = {
            "task": task.slug,
            "scorer": asked.scorer,
            "lengths": found.lengths if found else (),
            "rows": found.rows if found else (),
        }
        return Response(DepthMapShape(answer).data)
