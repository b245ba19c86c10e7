"""Models over the API: listed, entered, read and changed."""

from typing import Any, ClassVar, cast

from django.db import transaction
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.parsers import JSONParser
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import Scope, User
from submissions.access import can_manage_model, visible_models
from submissions.api.base import ApiView
from submissions.api.catalogue import ModelFilters
from submissions.api.inputs import ModelChangeSerializer, ModelSerializer, facts_of
from submissions.api.once import MadeOnce, answer_once
from submissions.api.pages import ListView
from submissions.api.problems import Problem
from submissions.api.shapes import ModelShape, api_address
from submissions.facts import NameTaken, change_model, enter_new_model
from submissions.models import ModelEntry
from submissions.sharing import NotShared, share_model

_TAKEN = "There is a model of that name already. Choose another name."


class ModelsView(MadeOnce, ListView):
    """`/models/`."""

    shape = ModelShape
    parser_classes = (JSONParser,)
    filterset_class = ModelFilters
    problems: ClassVar = {"POST": (409, 415, 422)}

    def get_queryset(self) -> QuerySet[ModelEntry]:
        """Those whose pages the reader may open."""
        return visible_models(self.request.user)

    @extend_schema(summary="List models", responses=ModelShape(many=True))
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Those that are on a board or were reported, and one's own."""
        return super().get(request, *args, **kwargs)

    @extend_schema(summary="Enter a model", request=ModelSerializer, responses={201: ModelShape})
    def post(self, request: Request) -> Response:
        """Before anything is submitted for it; an upload also enters the model that it names."""
        return answer_once(self, request, lambda _tried_at: self._enter(request))

    def _enter(self, request: Request) -> Response:
        asked = ModelSerializer(data=request.data, context={"request": request})
        asked.is_valid(raise_exception=True)
        data = asked.validated_data
        facts = facts_of(data, data["name"])
        try:
            entry = enter_new_model(cast(User, request.user), facts, now=timezone.now())
        except NameTaken as error:
            raise Problem("name-taken", _TAKEN) from error
        address = api_address({"request": request}, "model", entry.slug)
        return self.answer(entry, status=201, headers={"Location": address})


class ModelView(ApiView):
    """`/models/<slug>/`."""

    shape = ModelShape
    parser_classes = (JSONParser,)
    scopes: ClassVar = {"PATCH": Scope.MANAGE}
    problems: ClassVar = {"PATCH": (409, 415, 422)}

    def _find(self, slug: str) -> ModelEntry:
        return get_object_or_404(visible_models(self.request.user), slug=slug)

    @extend_schema(summary="Read a model", responses=ModelShape)
    def get(self, request: Request, slug: str) -> Response:  # noqa: ARG002
        """What is said of it."""
        return self.answer(self._find(slug))

    @extend_schema(
        summary="Change a model", request=ModelChangeSerializer, responses={200: ModelShape}
    )
    def patch(self, request: Request, slug: str) -> Response:
        """Change what is said of one's own model, or of an organization's that one owns."""
        entry = self._find(slug)
        if not can_manage_model(entry, request.user):
            raise Problem("not-yours", "This model is not yours to change.")
        asked = ModelChangeSerializer(data=request.data, context={"request": request})
        asked.is_valid(raise_exception=True)
        self._change(entry, asked.validated_data)
        return self.answer(entry)

    def _change(self, entry: ModelEntry, changes: dict[str, Any]) -> None:
        """All of it or nothing."""
        try:
            with transaction.atomic():
                change_model(entry, changes, now=timezone.now())
                if "shared_with" in changes:
                    person = cast(User, self.request.user)
                    share_model(entry, changes["shared_with"], sharer=person)
        except NameTaken as error:
            raise Problem("name-taken", _TAKEN) from error
        except NotShared as error:
            raise Problem("not-possible", str(error)) from error
