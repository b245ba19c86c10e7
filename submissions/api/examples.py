"""A submission's examples over the API: prediction beside answer, score and outcome."""

from typing import Any, ClassVar

from django.conf import settings
from django.http import Http404
from django.utils.encoding import iri_to_uri
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param

from scoring import SCORERS, SUITES, Outcome
from submissions.api.base import ApiView
from submissions.api.queries import Query
from submissions.api.submission_shapes import ExamplesShape
from submissions.api.submissions import find_submission
from submissions.compared import DifferingPage
from submissions.examples import ExamplePage, example_page, outcome_slug
from submissions.files import DamagedFile

TASKS = list(dict.fromkeys(slug for suite in SUITES.values() for slug in suite.slugs))


class ExampleQuery(Query):
    """Which examples."""

    task = serializers.ChoiceField(choices=TASKS)
    scorer = serializers.ChoiceField(choices=list(SCORERS), default=settings.DEFAULT_SCORER)
    outcome = serializers.ChoiceField(
        choices=[outcome_slug(one) for one in Outcome], required=False
    )
    page = serializers.IntegerField(min_value=1, max_value=99_999, default=1)


class ExamplesView(ApiView):
    """`/submissions/<id>/examples/`."""

    query_shape = ExampleQuery
    problems: ClassVar = {}

    @extend_schema(summary="Read a task’s examples", responses=ExamplesShape)
    def get(self, request: Request, public_id: str) -> Response:
        """Twenty at a time; follow `next`.  A page behind the last is the last."""
        found = find_submission(request, public_id)
        asked = self.params
        try:
            page = example_page(
                found,
                task=asked["task"],
                scorer=asked["scorer"],
                outcome=asked.get("outcome", ""),
                page=asked["page"],
                with_answers=found.release.are_answers_public or request.user.is_staff,
            )
        except DamagedFile as error:
            raise Http404("a file is missing") from error
        if page is None:
            raise Http404("no scores for this task yet")
        links = {"task": asked["task"], "scorer": asked["scorer"], **page_links(request, page)}
        return Response(ExamplesShape(_merged(page, links)).data)


def _merged(page: ExamplePage, links: dict[str, Any]) -> dict[str, Any]:
    return {
        "examples": page.examples,
        "total": page.total,
        "counts": page.counts,
        "has_answers": page.has_answers,
        **links,
    }


def page_links(request: Request, page: ExamplePage | DifferingPage) -> dict[str, str | None]:
    """The pages before and behind."""

    def link(number: int) -> str | None:
        if not 1 <= number <= page.pages:
            return None
        return iri_to_uri(replace_query_param(request.build_absolute_uri(), "page", number))

    return {"next": link(page.page + 1), "previous": link(page.page - 1)}
