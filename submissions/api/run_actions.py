"""What a run's owner may do with it while it is open."""

from collections.abc import Callable
from functools import partial
from typing import ClassVar

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import Scope
from submissions.api.base import ApiView
from submissions.api.problems import Problem
from submissions.api.run_shapes import RunShape
from submissions.api.runs import find_run
from submissions.models import HostedRun
from submissions.runs import cancel_run, pause_run, resume_run


class RunActionView(ApiView):
    """Base of what a run's owner may do with it."""

    is_public = False
    shape = RunShape
    parser_classes = ()
    scopes: ClassVar = {"POST": Scope.MANAGE}
    problems: ClassVar = {"POST": (409,)}

    def act(
        self, request: Request, public_id: str, action: Callable[[HostedRun], bool]
    ) -> Response:
        """Carry an action out and answer with what became of the run."""
        found = find_run(request, public_id)
        if found.owner_id != request.user.pk:
            raise Problem("not-yours", "This run is not yours to change.")
        if not action(found):
            status = find_run(request, public_id).status
            raise Problem("not-possible", f"That came too late: the run is {status}.")
        return self.answer(find_run(request, public_id))


class PauseView(RunActionView):
    """`/runs/<id>/pause/`."""

    @extend_schema(
        summary="Pause a run", operation_id="runs_pause", request=None, responses=RunShape
    )
    def post(self, request: Request, public_id: str) -> Response:
        """Start nothing new; what is being answered is still kept."""
        return self.act(request, public_id, partial(pause_run, reason="You paused it."))


class ResumeView(RunActionView):
    """`/runs/<id>/resume/`."""

    @extend_schema(
        summary="Resume a run", operation_id="runs_resume", request=None, responses=RunShape
    )
    def post(self, request: Request, public_id: str) -> Response:
        """Go on where it stopped; what has an answer is not asked again."""
        return self.act(request, public_id, resume_run)


class CancelView(RunActionView):
    """`/runs/<id>/cancel/`."""

    @extend_schema(
        summary="Cancel a run", operation_id="runs_cancel", request=None, responses=RunShape
    )
    def post(self, request: Request, public_id: str) -> Response:
        """End it without a submission, for good."""
        cancel = partial(cancel_run, reason="You cancelled it.", now=timezone.now())
        return self.act(request, public_id, cancel)
