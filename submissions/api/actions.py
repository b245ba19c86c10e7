"""What may be done with a submission after it is stored."""

from collections.abc import Callable
from functools import partial
from typing import Any, ClassVar

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.parsers import JSONParser
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import Scope
from submissions.access import can_manage
from submissions.actions import (
    NotPossible,
    publish_submission,
    supersede_submission,
    undo_publish,
    unlist_submission,
)
from submissions.api.base import ApiView
from submissions.api.inputs import StrictSerializer, TextField
from submissions.api.problems import Problem
from submissions.api.submission_shapes import SubmissionShape
from submissions.api.submissions import find_submission
from submissions.limits import UNDO_PUBLISH_HOURS, WITHDRAW_REASON_CHARS
from submissions.models import Submission
from submissions.withdraw import withdraw_submission


class ActionView(ApiView):
    """Base of what those who manage a submission may do."""

    is_public = False
    scopes: ClassVar = {"POST": Scope.MANAGE}
    problems: ClassVar = {"POST": (409,)}
    shape = SubmissionShape
    parser_classes: Any = ()

    def act(
        self,
        request: Request,
        public_id: str,
        action: Callable[..., bool],
        refusal: str,
    ) -> Response:
        """Carry an action out and answer with what became of the submission."""
        found = self.find_managed(request, public_id)
        if not action(found, now=timezone.now()):
            raise Problem("not-possible", refusal)
        return self.show(found)

    def find_managed(self, request: Request, public_id: str) -> Submission:
        """The submission, for those who manage it.

        Raises:
            Http404: if the reader may not even see it.
            Problem: if the reader may only see it.
        """
        found = find_submission(request, public_id)
        if not can_manage(found, request.user):
            raise Problem("not-yours", "This submission is not yours to change.")
        return found

    def show(self, found: Submission) -> Response:
        """The submission as it is now."""
        again = find_submission(self.request, found.public_id)
        return Response(self.shape(again, context={"request": self.request}).data)


class PublishView(ActionView):
    """`/submissions/<id>/publish/`."""

    @extend_schema(summary="Publish a submission", request=None, responses=SubmissionShape)
    def post(self, request: Request, public_id: str) -> Response:
        """Show it to everybody, and put it on the board."""
        refusal = "It is public already, or was withdrawn."
        return self.act(request, public_id, publish_submission, refusal)


class UnlistView(ActionView):
    """`/submissions/<id>/unlist/`."""

    @extend_schema(summary="Unlist a submission", request=None, responses=SubmissionShape)
    def post(self, request: Request, public_id: str) -> Response:
        """Take it off every list; who has its link still sees it."""
        refusal = "It is unlisted already, or was withdrawn."
        return self.act(request, public_id, unlist_submission, refusal)


class UndoPublishView(ActionView):
    """`/submissions/<id>/undo-publish/`."""

    @extend_schema(summary="Undo publishing", request=None, responses=SubmissionShape)
    def post(self, request: Request, public_id: str) -> Response:
        """Make it what it was before it was published, within a day of that."""
        refusal = f"It is not public, or has been for more than {UNDO_PUBLISH_HOURS} hours."
        return self.act(request, public_id, undo_publish, refusal)


class WithdrawSerializer(StrictSerializer):
    """Why a submission is withdrawn."""

    reason = TextField(
        max_length=WITHDRAW_REASON_CHARS, required=False, help_text="Shown on what is left of it."
    )


class WithdrawView(ActionView):
    """`/submissions/<id>/withdraw/`."""

    parser_classes = (JSONParser,)
    problems: ClassVar = {"POST": (409, 415)}

    @extend_schema(
        summary="Withdraw a submission", request=WithdrawSerializer, responses=SubmissionShape
    )
    def post(self, request: Request, public_id: str) -> Response:
        """Take it off the board for good; its page says that it was there."""
        asked = WithdrawSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        reason = " ".join(asked.validated_data.get("reason", "").split())
        action = partial(withdraw_submission, reason=reason)
        return self.act(request, public_id, action, "It was withdrawn already.")


class SupersedeSerializer(StrictSerializer):
    """Which submission takes another one's place."""

    by = serializers.RegexField(
        r"^[-a-zA-Z0-9_]{1,16}$",
        help_text="A later public submission of the same model and release, by its id.",
    )


class SupersedeView(ActionView):
    """`/submissions/<id>/supersede/`."""

    parser_classes = (JSONParser,)
    problems: ClassVar = {"POST": (409, 415)}

    @extend_schema(
        summary="Supersede a submission", request=SupersedeSerializer, responses=SubmissionShape
    )
    def post(self, request: Request, public_id: str) -> Response:
        """Put a later submission in its place on the board, for good."""
        found = self.find_managed(request, public_id)
        asked = SupersedeSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        try:
            supersede_submission(found, asked.validated_data["by"], now=timezone.now())
        except NotPossible as error:
            raise Problem("not-possible", str(error)) from error
        return self.show(found)
