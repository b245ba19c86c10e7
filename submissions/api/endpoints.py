"""Endpoints over the API: registered, tried, changed and retired; a key comes in and never out."""

from dataclasses import replace
from typing import Any, ClassVar, cast

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.debug import sensitive_variables
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.parsers import JSONParser
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import Scope, User
from submissions.api.base import ApiView
from submissions.api.endpoint_inputs import EndpointChangeSerializer, EndpointSerializer
from submissions.api.once import MadeOnce, answer_once
from submissions.api.pages import ListView
from submissions.api.problems import unfit
from submissions.api.shapes import api_address, page_of
from submissions.endpoints import (
    EndpointFacts,
    EndpointRefused,
    ask_for_try,
    change_endpoint,
    register_endpoint,
    retire_endpoint,
)
from submissions.models import Endpoint
from submissions.run_progress import visible_endpoints
from submissions.sealing import Secret

_FACTS = tuple(EndpointFacts.__dataclass_fields__)


class EndpointShape(serializers.ModelSerializer[Endpoint]):
    """An endpoint as its owner described it, with what its last try gave."""

    id = serializers.CharField(source="public_id")
    url = serializers.SerializerMethodField()
    page = serializers.SerializerMethodField(help_text="Its page for people.")
    has_key = serializers.BooleanField(source="sealed_key", help_text="Whether one is stored.")
    price_in = serializers.FloatField()
    price_out = serializers.FloatField()
    try_result = serializers.JSONField(help_text="What three small prompts were answered.")

    class Meta:
        model = Endpoint
        fields = (
            "id",
            "url",
            "page",
            *_FACTS,
            "has_key",
            "created_at",
            "tried_at",
            "try_ended_at",
            "try_result",
        )
        read_only_fields = fields

    def get_url(self, endpoint: Endpoint) -> str:
        """Where this is."""
        return api_address(self.context, "endpoint", endpoint.public_id)

    def get_page(self, endpoint: Endpoint) -> str:
        """Where people read of it."""
        return page_of(self.context, endpoint.get_absolute_url())


def own_endpoint(request: Request, public_id: str) -> Endpoint:
    """One's own endpoint.  Raises: Http404 for everybody else's, and for none."""
    return get_object_or_404(visible_endpoints(request.user), public_id=public_id)


class EndpointsView(MadeOnce, ListView):
    """`/endpoints/`."""

    is_public = False
    shape = EndpointShape
    parser_classes = (JSONParser,)
    scopes: ClassVar = {"POST": Scope.MANAGE}
    problems: ClassVar = {"POST": (409, 415, 422)}

    def get_queryset(self) -> QuerySet[Endpoint]:
        """One's own that are not retired."""
        return visible_endpoints(self.request.user)

    @extend_schema(summary="List your endpoints", responses=EndpointShape(many=True))
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Newest first."""
        return super().get(request, *args, **kwargs)

    @extend_schema(
        summary="Register an endpoint",
        request=EndpointSerializer,
        responses={201: EndpointShape},
    )
    def post(self, request: Request) -> Response:
        """A server that speaks like OpenAI's; it is tried at once."""
        return answer_once(self, request, lambda _tried_at: self._register(request))

    @sensitive_variables("asked", "data", "key")
    def _register(self, request: Request) -> Response:
        asked = EndpointSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        data = asked.validated_data
        key = Secret(data.pop("key", ""))
        now = timezone.now()
        try:
            facts = EndpointFacts(**data)
            made = register_endpoint(cast(User, request.user), facts, key=key, now=now)
        except EndpointRefused as refused:
            raise unfit(refused.field, refused.message) from refused
        ask_for_try(made, now=now)
        made.refresh_from_db()
        address = api_address({"request": request}, "endpoint", made.public_id)
        return self.answer(made, status=201, headers={"Location": address})


class EndpointView(ApiView):
    """`/endpoints/<id>/`."""

    is_public = False
    shape = EndpointShape
    parser_classes = (JSONParser,)
    scopes: ClassVar = {"PATCH": Scope.MANAGE, "DELETE": Scope.MANAGE}
    problems: ClassVar = {"PATCH": (415, 422)}

    @extend_schema(summary="Read an endpoint", responses=EndpointShape)
    def get(self, request: Request, public_id: str) -> Response:
        """What is said of it, and what its last try gave."""
        return self.answer(own_endpoint(request, public_id))

    @extend_schema(
        summary="Change an endpoint",
        request=EndpointChangeSerializer,
        responses={200: EndpointShape},
    )
    @sensitive_variables("asked", "data", "text", "key")
    def patch(self, request: Request, public_id: str) -> Response:
        """Runs use it from now on.  With another address, send the key for it again."""
        found = own_endpoint(request, public_id)
        asked = EndpointChangeSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        data = asked.validated_data
        text = data.pop("key", "")
        key = Secret(text) if text else None
        facts = EndpointFacts(**{name: getattr(found, name) for name in _FACTS})
        try:
            change_endpoint(found, replace(facts, **data), key=key)
        except EndpointRefused as refused:
            raise unfit(refused.field, refused.message) from refused
        return self.answer(own_endpoint(request, public_id))

    @extend_schema(summary="Retire an endpoint", responses={204: None})
    def delete(self, request: Request, public_id: str) -> Response:
        """Forget its key and start no run on it; its past runs stay."""
        retire_endpoint(own_endpoint(request, public_id), now=timezone.now())
        return Response(status=204)


class EndpointTryView(ApiView):
    """`/endpoints/<id>/try/`."""

    is_public = False
    shape = EndpointShape
    parser_classes = ()
    scopes: ClassVar = {"POST": Scope.MANAGE}

    @extend_schema(
        operation_id="endpoints_try",
        summary="Try an endpoint",
        request=None,
        responses={202: EndpointShape},
    )
    def post(self, request: Request, public_id: str) -> Response:
        """Have a worker send three small prompts; `try_ended_at` tells when it did."""
        ask_for_try(own_endpoint(request, public_id), now=timezone.now())
        return self.answer(own_endpoint(request, public_id), status=202)
