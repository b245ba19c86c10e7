"""How a submission came about that was run here, over the API: enough to do it again."""

from typing import Any

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from submissions.api.base import ApiView
from submissions.api.run_shapes import SpeedShape
from submissions.api.submissions import find_submission
from submissions.run_progress import how_it_was_run


class HowRunShape(serializers.Serializer[Any]):
    """What anybody may know of a run; the endpoint's address and its owner's limits are not."""

    sha256 = serializers.CharField(source="run.sha256", help_text="Over `facts`.")
    prompt_set = serializers.CharField(source="run.prompt_set")
    facts = serializers.JSONField(help_text="Everything that decides the answers.")
    environment = serializers.JSONField(help_text="What answered: server, versions, settings.")
    states = serializers.DictField(
        child=serializers.IntegerField(),
        help_text="How many examples had which end: ok, refused, too_long, error.",
    )
    cut = serializers.IntegerField(help_text="How many prompts were cut.")
    speed = SpeedShape(allow_null=True, help_text="Of a model that our workers ran.")
    are_prompts_public = serializers.BooleanField()
    command = serializers.CharField(help_text="What repeats it in a copy of this portal.")


class HowRunView(ApiView):
    """`/submissions/<id>/run/`."""

    shape = HowRunShape

    @extend_schema(
        summary="Read how a submission was run",
        operation_id="submissions_run",
        responses=HowRunShape,
    )
    def get(self, request: Request, public_id: str) -> Response:
        """Of one whose model our workers asked or ran."""
        how = how_it_was_run(find_submission(request, public_id))
        if how is None:
            raise Http404("it was not run here")
        return self.answer(how)
