"""Models that our workers run, over the API: registered, after a look at their files; retired."""

from typing import Any, ClassVar, cast

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.parsers import JSONParser
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import Scope, User
from submissions.api.base import ApiView
from submissions.api.inputs import CountField, LineField, StrictSerializer
from submissions.api.once import MadeOnce, answer_once
from submissions.api.pages import ListView
from submissions.api.problems import Problem, unfit
from submissions.api.shapes import api_address, page_of
from submissions.hub_models import (
    REVISION,
    HubModelFacts,
    register_hub_model,
    retire_hub_model,
)
from submissions.limits import ENDPOINT_TOKENS_MAX, HUB_RETRY_SECONDS, REPOSITORY_CHARS
from submissions.models import HubModel
from submissions.repositories import HubAway, RepositoryRefused
from submissions.run_progress import visible_hub_models


class FileFactsShape(serializers.Serializer[Any]):
    """What a model's files say of it: sizes in tokens and bytes, hashes as hexadecimal digits."""

    architecture = serializers.CharField()
    parameters = serializers.IntegerField(help_text="By the weights' size: about.")
    layers = serializers.IntegerField()
    max_positions = serializers.IntegerField()
    kv_bytes_a_token = serializers.IntegerField()
    licence = serializers.CharField(help_text="Empty where they do not say.")
    config_sha256 = serializers.CharField()
    tokenizer_sha256 = serializers.CharField()
    chat_template_sha256 = serializers.CharField(help_text="Empty where there is none.")


class HubModelShape(serializers.ModelSerializer[HubModel]):
    """A repository at a commit, how it is asked, and what its files say of it."""

    id = serializers.CharField(source="public_id")
    url = serializers.SerializerMethodField()
    page = serializers.SerializerMethodField(help_text="Its page for people.")
    is_local = serializers.BooleanField(help_text="Of this site's own folder, not of the Hub.")
    needed_bytes = serializers.IntegerField(help_text="What it takes to run it on cards.")
    weight_bytes = serializers.IntegerField(help_text="What of it are weights.")
    facts = FileFactsShape()

    class Meta:
        model = HubModel
        fields = (
            "id",
            "url",
            "page",
            "repository",
            "revision",
            "commit",
            "is_local",
            "mode",
            "context_tokens",
            "needed_bytes",
            "weight_bytes",
            "facts",
            "created_at",
        )
        read_only_fields = fields

    def get_url(self, model: HubModel) -> str:
        """Where this is."""
        return api_address(self.context, "hub-model", model.public_id)

    def get_page(self, model: HubModel) -> str:
        """Where people read of it."""
        return page_of(self.context, model.get_absolute_url())


class HubModelSerializer(StrictSerializer):
    """A model to register; everything else is read from its files."""

    repository = LineField(
        max_length=REPOSITORY_CHARS,
        help_text="Of the Hugging Face Hub, as org/name; or of this site's own folder.",
    )
    revision = serializers.RegexField(
        REVISION.removesuffix(r"\Z") + "$",
        default="main",
        help_text="A branch, tag or commit; it is resolved to a commit now and stays there.",
    )
    mode = serializers.ChoiceField(choices=HubModel.Mode.choices, default=HubModel.Mode.CHAT)
    context_tokens = CountField(
        max_value=ENDPOINT_TOKENS_MAX,
        required=False,
        help_text="Prompts that are longer are cut in the middle; left out, as long as its "
        "config.json allows.",
    )


class HubModelsView(MadeOnce, ListView):
    """`/hub-models/`."""

    is_public = False
    shape = HubModelShape
    parser_classes = (JSONParser,)
    scopes: ClassVar = {"POST": Scope.MANAGE}
    problems: ClassVar = {"POST": (409, 415, 422, 503)}

    def get_queryset(self) -> QuerySet[HubModel]:
        """One's own that are not retired."""
        return visible_hub_models(self.request.user)

    @extend_schema(
        summary="List your models that our workers run", responses=HubModelShape(many=True)
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Newest first."""
        return super().get(request, *args, **kwargs)

    @extend_schema(
        summary="Register a model that our workers run",
        request=HubModelSerializer,
        responses={201: HubModelShape},
    )
    def post(self, request: Request) -> Response:
        """Its small files are read now; its weights only when a worker runs it."""
        return answer_once(self, request, lambda _tried_at: self._register(request))

    def _register(self, request: Request) -> Response:
        asked = HubModelSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        facts = HubModelFacts(**asked.validated_data)
        try:
            made = register_hub_model(cast(User, request.user), facts, now=timezone.now())
        except HubAway as away:
            wait = {"Retry-After": str(HUB_RETRY_SECONDS)}
            raise Problem("hub-away", away.message, wait) from away
        except RepositoryRefused as refused:
            raise unfit(refused.field, refused.message) from refused
        address = api_address({"request": request}, "hub-model", made.public_id)
        return self.answer(made, status=201, headers={"Location": address})


class HubModelView(ApiView):
    """`/hub-models/<id>/`."""

    is_public = False
    shape = HubModelShape
    scopes: ClassVar = {"DELETE": Scope.MANAGE}

    def _find(self, public_id: str) -> HubModel:
        """One's own.  Raises: Http404 for everybody else's, and for none."""
        return get_object_or_404(visible_hub_models(self.request.user), public_id=public_id)

    @extend_schema(summary="Read a model that our workers run", responses=HubModelShape)
    def get(self, request: Request, public_id: str) -> Response:  # noqa: ARG002
        """What its files say of it."""
        return self.answer(self._find(public_id))

    @extend_schema(summary="Retire a model that our workers run", responses={204: None})
    def delete(self, request: Request, public_id: str) -> Response:  # noqa: ARG002
        """Start no run on it any more; its past runs stay."""
        retire_hub_model(self._find(public_id), now=timezone.now())
        return Response(status=204)
