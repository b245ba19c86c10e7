"""Submissions over the API: create or try, list one's own, read one."""

from typing import Any, cast

from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.parsers import MultiPartParser
from rest_framework.permissions import IsAuthenticatedOrReadOnly
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.models import User
from submissions.access import visible_submissions
from submissions.api.problems import TooLarge
from submissions.api.serializers import UploadSerializer, submission_json
from submissions.limits import UPLOAD_REQUEST_BYTES
from submissions.models import Submission
from submissions.receive import UploadOptions, UploadReport, check_upload, receive_upload


class SubmissionsView(APIView):
    """`/api/v1/submissions/`: one's own, and the way in for new ones."""

    parser_classes = (MultiPartParser,)
    permission_classes = (IsAuthenticatedOrReadOnly,)

    @extend_schema(responses=OpenApiTypes.OBJECT)
    def get(self, request: Request) -> Response:
        """List one's own submissions, newest first."""
        if not request.user.is_authenticated:
            return Response({"results": []})
        own = _with_parts(Submission.objects.filter(submitter=request.user.pk))
        return Response({"results": [_json(request, submission) for submission in own[:100]]})

    @extend_schema(
        request={"multipart/form-data": UploadSerializer}, responses={201: OpenApiTypes.OBJECT}
    )
    def post(self, request: Request) -> Response:
        """Store predictions and queue their scoring; with `dry_run`, only say what they hold."""
        if int(request.META.get("CONTENT_LENGTH") or 0) > UPLOAD_REQUEST_BYTES:
            raise TooLarge
        upload = UploadSerializer(data=request.data)
        upload.is_valid(raise_exception=True)
        data = upload.validated_data
        files = [(file.name, file) for file in data["files"]]
        options = UploadOptions(
            suite=data["suite"],
            release=data.get("release"),
            visibility=data["visibility"],
            drop_first_number=data["drop_first_number"],
            note=data["note"],
        )
        if data["dry_run"]:
            return Response(_report_json(check_upload(files, options, now=timezone.now())))
        owner = cast("User", request.user)
        submission = receive_upload(
            files,
            model=upload.model_facts(),
            submitter=owner,
            options=options,
            now=timezone.now(),
        )
        body = _json(request, submission)
        return Response(body, status=201, headers={"Location": body["url"]})


class SubmissionView(APIView):
    """`/api/v1/submissions/<id>/`: one submission, for those who may see it."""

    @extend_schema(responses=OpenApiTypes.OBJECT)
    def get(self, request: Request, public_id: str) -> Response:
        """Read a submission's status and scores."""
        visible = _with_parts(visible_submissions(cast("User", request.user)))
        submission = get_object_or_404(visible, public_id=public_id)
        return Response(_json(request, submission))


def _with_parts(submissions: Any) -> Any:
    """Everything that one submission's JSON reads, in a fixed number of queries."""
    return submissions.select_related("model", "release").prefetch_related(
        "tasks", "standings", "evaluations"
    )


def _json(request: Request, submission: Submission) -> dict[str, Any]:
    address = reverse("api:submission", args=[submission.public_id])
    return submission_json(submission, url=request.build_absolute_uri(address))


def _report_json(report: UploadReport) -> dict[str, Any]:
    return {
        "release": report.release.name,
        "tasks": {
            task.task: {"file": task.file, "n": task.n, "answered": task.answered}
            for task in report.tasks
        },
        "missing_tasks": report.missing_tasks,
        "warnings": [problem.as_dict() for problem in report.warnings],
    }
