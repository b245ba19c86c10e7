"""What may be done with a submission after it is stored."""

from collections.abc import Callable
from datetime import datetime
from typing import ClassVar

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import Scope
from submissions.access import can_manage
from submissions.actions import publish_submission, unlist_submission
from submissions.api.base import ApiView
from submissions.api.problems import Problem
from submissions.api.submission_shapes import SubmissionShape
from submissions.api.submissions import find_submission
from submissions.models import Submission
from submissions.withdraw import withdraw_submission


class ActionView(ApiView):
    """Base of what those who manage a submission may do; it takes no body."""

    is_public = False
    scopes: ClassVar = {"POST": Scope.MANAGE}
    problems: ClassVar = {"POST": (409,)}
    shape = SubmissionShape
    parser_classes = ()

    def act(
        self,
        request: Request,
        public_id: str,
        action: Callable[..., bool],
        refusal: str,
    ) -> Response:
        """Carry an action out and answer with what became of the submission."""
        found = find_submission(request, public_id)
        if not can_manage(found, request.user):
            raise Problem("not-yours", "This submission is not yours to change.")
        now: datetime = timezone.now()
        if not action(found, now=now):
            raise Problem("not-possible", refusal)
        return Response(self.shape(self._again(found), context={"request": request}).data)

    def _again(self, found: Submission) -> Submission:
        return find_submission(self.request, found.public_id)


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


class WithdrawView(ActionView):
    """`/submissions/<id>/withdraw/`."""

    @extend_schema(summary="Withdraw a submission", request=None, responses=SubmissionShape)
    def post(self, request: Request, public_id: str) -> Response:
        """Take it off the board for good; its page says that it was there."""
        return self.act(request, public_id, withdraw_submission, "It was withdrawn already.")
