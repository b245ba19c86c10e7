"""The examples on which two submissions differ, over the API: the page's, twenty at a time."""

from typing import Any, ClassVar

from django.conf import settings
from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from scoring import SCORERS
from submissions.api.base import ApiView
from submissions.api.compare import compared_submissions
from submissions.api.examples import TASKS, page_links
from submissions.api.queries import CommaList, Query
from submissions.compare import FEWEST
from submissions.differing import differing_examples
from submissions.files import DamagedFile


class DifferingQuery(Query):
    """Which two submissions, on which task, under which scorer."""

    s = CommaList(
        child=serializers.RegexField(r"^[-_0-9A-Za-z]{1,16}$"),
        min_length=FEWEST,
        max_length=FEWEST,
        help_text="Ids of two submissions.",
    )
    task = serializers.ChoiceField(choices=TASKS)
    scorer = serializers.ChoiceField(choices=list(SCORERS), default=settings.DEFAULT_SCORER)
    page = serializers.IntegerField(min_value=1, max_value=99_999, default=1)


class DifferingExampleShape(serializers.Serializer[Any]):
    """A common example; pairs are in the order of `s`, and `answer` is null where it is hidden."""

    source_ids = serializers.ListField(child=serializers.CharField())
    predictions = serializers.ListField(child=serializers.CharField(allow_null=True))
    scores = serializers.ListField(child=serializers.FloatField())
    outcomes = serializers.ListField(child=serializers.CharField())
    answer = serializers.JSONField(allow_null=True)


class DifferingShape(serializers.Serializer[Any]):
    """A page of the `total` examples that differ, of `common` that both have."""

    total = serializers.IntegerField()
    common = serializers.IntegerField()
    has_answers = serializers.BooleanField()
    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)
    results = DifferingExampleShape(many=True, source="examples")


class DifferingView(ApiView):
    """`/compare/examples/`."""

    query_shape = DifferingQuery
    problems: ClassVar = {"GET": (404,)}

    @extend_schema(
        operation_id="compare_examples",
        summary="Read the examples on which two submissions differ",
        responses=DifferingShape,
    )
    def get(self, request: Request) -> Response:
        """Both predictions and scores; follow `next`.  A page behind the last is the last."""
        asked = self.params
        first, later = compared_submissions(request, asked["s"])
        are_public = first.release.are_answers_public and later.release.are_answers_public
        try:
            page = differing_examples(
                first,
                later,
                task=asked["task"],
                scorer=asked["scorer"],
                page=asked["page"],
                with_answers=are_public or request.user.is_staff,
            )
        except DamagedFile as error:
            raise Http404("a file is missing") from error
        if page is None:
            raise Http404("no common examples with scores")
        names = ("total", "common", "has_answers", "examples")
        found = {name: getattr(page, name) for name in names}
        return Response(DifferingShape(found | page_links(request, page)).data)
