"""Hosted runs over the API: what our workers ask of one's models, and how far they are."""

from typing import Any, ClassVar, cast

import django_filters
from django.db.models import Q, QuerySet, Sum
from django.db.models.functions import Coalesce
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.parsers import JSONParser
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import User
from submissions.api.base import ApiView
from submissions.api.filters import SlugFilter
from submissions.api.inputs import asked_model, not_there
from submissions.api.once import MadeOnce, answer_once
from submissions.api.pages import ListView
from submissions.api.problems import unfit
from submissions.api.run_inputs import RunSerializer
from submissions.api.run_shapes import EstimateShape, RunDetailShape, RunShape
from submissions.api.shapes import api_address
from submissions.models import Endpoint, HostedRun, HubModel
from submissions.prompt_sets import (
    UnknownPromptSet,
    find_prompt_set,
    fitting_prompt_set,
    prompt_sets,
)
from submissions.run_plans import RunRefused
from submissions.run_progress import visible_endpoints, visible_hub_models
from submissions.run_start import RunWish, begin_run, estimate_wish


def own_runs(request: Request) -> QuerySet[HostedRun]:
    """The reader's runs, with how far they are; staff see everybody's."""
    is_done = Q(shards__is_done=True)
    parts = ("model", "release", "submission", "endpoint", "hub_model")
    rows = HostedRun.objects.select_related(*parts).annotate(
        examples=Coalesce(Sum("shards__examples"), 0),
        examples_done=Coalesce(Sum("shards__examples", filter=is_done), 0),
    )
    return rows if request.user.is_staff else rows.filter(owner=request.user.pk)


class RunFilters(django_filters.FilterSet):
    """Runs of one status, or on one endpoint or model."""

    status = django_filters.ChoiceFilter(choices=HostedRun.Status.choices)
    endpoint = SlugFilter(field_name="endpoint__public_id", max_length=16)
    hub_model = SlugFilter(field_name="hub_model__public_id", max_length=16)

    class Meta:
        model = HostedRun
        fields: ClassVar[list[str]] = []


class RunsView(MadeOnce, ListView):
    """`/runs/`."""

    is_public = False
    shape = RunShape
    filterset_class = RunFilters
    parser_classes = (JSONParser,)
    problems: ClassVar = {"POST": (409, 415, 422)}

    def get_queryset(self) -> QuerySet[HostedRun]:
        """One's own."""
        return own_runs(self.request)

    @extend_schema(summary="List your hosted runs", responses=RunShape(many=True))
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Newest first."""
        return super().get(request, *args, **kwargs)

    @extend_schema(
        summary="Start a hosted run, or estimate it",
        request=RunSerializer,
        responses={200: EstimateShape, 201: RunShape},
    )
    def post(self, request: Request) -> Response:
        """Have our workers ask a model; with `dry_run`, only say what that would take."""
        return answer_once(self, request, lambda _tried_at: self._start(request))

    def _start(self, request: Request) -> Response:
        asked = RunSerializer(data=request.data, context={"request": request})
        asked.is_valid(raise_exception=True)
        data = asked.validated_data
        try:
            wish = _wish(request, data)
            if data["dry_run"]:
                return Response(EstimateShape(estimate_wish(wish)).data)
            person, model = cast(User, request.user), asked_model(request, data)
            made = begin_run(person, wish, model, now=timezone.now())
        except RunRefused as refused:
            raise unfit(refused.field, refused.message) from refused
        run = own_runs(request).get(pk=made.pk)
        address = api_address({"request": request}, "run", run.public_id)
        return self.answer(run, status=201, headers={"Location": address})


def _wish(request: Request, data: dict[str, Any]) -> RunWish:
    """What was asked for, with the things that it names."""
    asked = _asked(request, data)
    if data.get("spending_cap") == 0:
        raise unfit("spending_cap", "Leave this out for a run without a cap.")
    release = data["release"]
    name = data.get("prompt_set") or fitting_prompt_set(is_chat=asked.is_chat)
    try:
        prompts = find_prompt_set(release.suite, name)
    except UnknownPromptSet as error:
        known = ", ".join(one.name for one in prompt_sets(release.suite))
        text = f"There is no such prompt set; there are: {known}."
        raise not_there("prompt_set", text) from error
    return RunWish(
        endpoint=asked if isinstance(asked, Endpoint) else None,
        hub_model=asked if isinstance(asked, HubModel) else None,
        release=release,
        prompt_set=prompts,
        tasks=data.get("tasks", ()),
        policy=data["policy"],
        is_auto_fit=data.get("is_auto_fit", isinstance(asked, Endpoint)),
        visibility=data["visibility"],
        spending_cap=data.get("spending_cap"),
    )


def _asked(request: Request, data: dict[str, Any]) -> Endpoint | HubModel:
    """What answers: an endpoint of the sender's, or a model of the sender's that our workers run.

    Raises:
        ValidationError: if the sender has none of that id.
        Unfit: for what is asked of a model of ours and makes sense for an endpoint only.
    """
    if "endpoint" in data:
        endpoint = visible_endpoints(request.user).filter(public_id=data["endpoint"]).first()
        if endpoint is None:
            raise not_there("endpoint", "You have no such endpoint.")
        return endpoint
    found = visible_hub_models(request.user).filter(public_id=data["hub_model"]).first()
    if found is None:
        raise not_there("hub_model", "You have no such model.")
    if data.get("is_auto_fit"):
        raise unfit("is_auto_fit", "Leave this out: our workers count as the model does.")
    if data.get("spending_cap"):
        raise unfit("spending_cap", "Leave this out: what our workers run costs you nothing.")
    return found


def find_run(request: Request, public_id: str) -> HostedRun:
    """A run that the reader may see.  Raises: Http404."""
    return get_object_or_404(own_runs(request), public_id=public_id)


class RunView(ApiView):
    """`/runs/<id>/`."""

    is_public = False
    shape = RunDetailShape

    @extend_schema(summary="Read a hosted run", responses=RunDetailShape)
    def get(self, request: Request, public_id: str) -> Response:
        """How far it is, and why it stands still if it does."""
        return self.answer(find_run(request, public_id))
