"""What waits to be scored, and who is asking, over the API."""

from typing import Any, cast

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import ApiToken, Membership, Scope, User
from submissions.access import shared_submissions
from submissions.api.base import ApiView
from submissions.api.organization_shapes import OrganizationShape
from submissions.api.quota import QuotaShape
from submissions.api.submission_shapes import RETRY_AT, EvaluationShape
from submissions.models import Evaluation
from submissions.quota import quota_of
from submissions.waiting import read_queue

_OPEN = (Evaluation.Status.QUEUED, Evaluation.Status.RUNNING)
_OWN_LISTED = 200


class WaitShape(serializers.Serializer[Any]):
    """Within how many seconds half and nine tenths of such waits are over."""

    p50_seconds = serializers.FloatField()
    p90_seconds = serializers.FloatField()


class PlaceShape(serializers.Serializer[Any]):
    """An open evaluation in the order in which they are served."""

    position = serializers.IntegerField(help_text="From 1; 0 while it is being scored.")
    status = serializers.ChoiceField(choices=Evaluation.Status.choices)
    since = serializers.DateTimeField()
    submission = serializers.CharField(
        source="submission.public_id",
        default=None,
        allow_null=True,
        help_text="Null where you may not know whose it is.",
    )
    is_mine = serializers.BooleanField()
    estimate = WaitShape(allow_null=True)
    heartbeat_seconds = serializers.FloatField(
        allow_null=True, help_text="How long ago its worker last said that it lives."
    )
    retry_at = serializers.DateTimeField(allow_null=True, help_text=RETRY_AT)


class WorkerShape(serializers.Serializer[Any]):
    """A worker, and how long ago it last said that it lives."""

    processes = serializers.IntegerField()
    seen_seconds = serializers.FloatField()
    is_gone = serializers.BooleanField()
    machine = serializers.JSONField(help_text="What it runs models with; empty for the others.")


class QueueShape(serializers.Serializer[Any]):
    """How many evaluations wait and run, which are the reader's, and who works."""

    queued = serializers.IntegerField()
    running = serializers.IntegerField()
    own = EvaluationShape(many=True)
    usual = WaitShape(allow_null=True, help_text="How long one scoring took lately.")
    rows = PlaceShape(many=True)
    workers = WorkerShape(many=True)


class QueueView(ApiView):
    """`/queue/`."""

    shape = QueueShape

    @extend_schema(summary="Read the queue", responses=QueueShape)
    def get(self, request: Request) -> Response:
        """How many evaluations wait and run; others' submissions are counted and not named."""
        statuses = list(
            Evaluation.objects.filter(status__in=_OPEN).values_list("status", flat=True)
        )
        own = Evaluation.objects.filter(
            submission__in=shared_submissions(request.user), status__in=_OPEN
        ).select_related("submission")
        found = read_queue(request.user, only_mine=False, now=timezone.now())
        return self.answer(
            {
                "usual": found.usual,
                "rows": found.rows,
                "workers": found.workers,
                "queued": statuses.count(Evaluation.Status.QUEUED),
                "running": statuses.count(Evaluation.Status.RUNNING),
                "own": own[:_OWN_LISTED],
            }
        )


class MeShape(serializers.Serializer[Any]):
    """Who is asking, what this request may do, and what is left of the quota."""

    email = serializers.CharField()
    name = serializers.CharField()
    scopes = serializers.ListField(child=serializers.ChoiceField(choices=Scope.values))
    token_expires_at = serializers.DateTimeField(allow_null=True)
    quota = QuotaShape()
    organizations = OrganizationShape(many=True)


class MeView(ApiView):
    """`/me/`."""

    is_public = False
    shape = MeShape

    @extend_schema(summary="Read who you are", responses=MeShape)
    def get(self, request: Request) -> Response:
        """Whether a token works, what it may do, and how much may still be submitted."""
        user = cast(User, request.user)
        token = request.auth if isinstance(request.auth, ApiToken) else None
        memberships = Membership.objects.filter(user=user).select_related("organization")
        return self.answer(
            {
                "email": user.email,
                "name": user.name,
                "scopes": token.scopes if token else list(Scope),
                "token_expires_at": token.expiry if token else None,
                "quota": quota_of(user, now=timezone.now()),
                "organizations": memberships.order_by("organization__name"),
            }
        )
