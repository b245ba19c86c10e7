"""The prompts behind a submission that was run here, over the API: as many lines as examples."""

from django.http import Http404
from django.http.response import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request

from submissions.api.base import ApiView
from submissions.api.queries import Query
from submissions.api.submissions import find_submission
from submissions.sent_prompts import JSON_LINES, NoPrompts, prompts_response


class LinesRenderer(JSONRenderer):
    """Lets a reader accept lines; a problem is still told in JSON."""

    media_type = JSON_LINES


class PromptsQuery(Query):
    """Hashes, or texts."""

    texts = serializers.BooleanField(
        default=False, help_text="The prompts themselves, of a public release: before any was cut."
    )


class PromptsView(ApiView):
    """`/submissions/<id>/prompts/`."""

    query_shape = PromptsQuery
    renderer_classes = (LinesRenderer, JSONRenderer)

    @extend_schema(
        summary="Read the prompts of a run",
        operation_id="submissions_prompts",
        responses={(200, LinesRenderer.media_type): OpenApiTypes.STR},
    )
    def get(self, request: Request, public_id: str) -> HttpResponseBase:
        """What our workers sent: an object a line, with its hash and its lengths in tokens."""
        found = find_submission(request, public_id)
        try:
            return prompts_response(found, with_texts=self.params["texts"])
        except NoPrompts as error:
            raise Http404(str(error)) from error
