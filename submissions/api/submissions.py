"""One's submissions over the API: made or tried, listed, read."""

from datetime import datetime
from typing import Any, ClassVar, cast

import django_filters
from django.db.models import QuerySet
from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import OpenApiExample, extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.parsers import JSONParser, MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import User
from submissions.access import shared_submissions, visible_submissions
from submissions.api.base import ApiView
from submissions.api.filters import FlagFilter, SlugFilter
from submissions.api.inputs import (
    SubmitSerializer,
    UploadSerializer,
    asked_model,
    declared_in,
)
from submissions.api.once import MadeOnce, answer_once
from submissions.api.pages import ListView
from submissions.api.quota import quota_headers
from submissions.api.schema import EntrySerializer
from submissions.api.sent_files import sent_files
from submissions.api.submission_shapes import CoverageShape, SubmissionShape
from submissions.models import Submission
from submissions.problem_words import translated_problem
from submissions.receive import (
    DuplicateUpload,
    UploadOptions,
    UploadReport,
    check_upload,
    receive_upload,
)


class FileCoverageShape(CoverageShape):
    """How much of a task a file answers."""

    file = serializers.CharField()


class ReportShape(serializers.Serializer[Any]):
    """What a dry run found in an upload that would be accepted."""

    release = serializers.CharField(source="release.name")
    tasks = serializers.SerializerMethodField()
    missing_tasks = serializers.ListField(child=serializers.CharField())
    warnings = serializers.SerializerMethodField()

    @extend_schema_field(serializers.DictField(child=FileCoverageShape()))
    def get_tasks(self, report: UploadReport) -> dict[str, Any]:
        """By task."""
        return {
            one.task: {"file": one.file, "n": one.n, "answered": one.answered}
            for one in report.tasks
        }

    @extend_schema_field(EntrySerializer(many=True))
    def get_warnings(self, report: UploadReport) -> list[dict[str, Any]]:
        """What is worth knowing though it is taken."""
        return [translated_problem(problem) for problem in report.warnings]


class SubmissionFilters(django_filters.FilterSet):
    """One's submissions by model, release, visibility, or whether they were withdrawn."""

    model = SlugFilter(field_name="model__slug", max_length=140)
    release = SlugFilter(field_name="release__name", max_length=80)
    visibility = django_filters.ChoiceFilter(choices=Submission.Visibility.choices)
    withdrawn = FlagFilter(field_name="withdrawn_at", lookup_expr="isnull", exclude=True)

    class Meta:
        model = Submission
        fields: ClassVar[list[str]] = []


def with_parts(submissions: QuerySet[Submission]) -> QuerySet[Submission]:
    """Everything that submissions' JSON reads, in a fixed number of queries."""
    return submissions.select_related("model", "release", "superseded_by").prefetch_related(
        "tasks", "standings", "evaluations"
    )


def find_submission(request: Request, public_id: str) -> Submission:
    """The submission, if the reader may see it in full.

    Raises:
        Http404: if not.
    """
    found = with_parts(visible_submissions(request.user)).filter(public_id=public_id).first()
    if found is None:
        raise Http404("no such submission")
    return found


_MULTIPART = OpenApiExample(
    "One file",
    value={"model": "My model", "files": ["preds_passkey.jsonl"], "dry_run": False},
    media_type="multipart/form-data",
    request_only=True,
)


class SubmissionsView(MadeOnce, ListView):
    """`/submissions/`."""

    is_public = False
    shape = SubmissionShape
    filterset_class = SubmissionFilters
    parser_classes = (MultiPartParser, JSONParser)
    problems: ClassVar = {"POST": (409, 413, 415, 422, 503)}

    def get_queryset(self) -> QuerySet[Submission]:
        """One's own and those of one's organizations."""
        return with_parts(shared_submissions(self.request.user))

    @extend_schema(summary="List your submissions", responses=SubmissionShape(many=True))
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Your own and your organizations', newest first."""
        return super().get(request, *args, **kwargs)

    @extend_schema(
        summary="Submit predictions, or check them",
        request={"multipart/form-data": UploadSerializer, "application/json": SubmitSerializer},
        responses={200: ReportShape, 201: SubmissionShape},
        examples=[_MULTIPART],
    )
    def post(self, request: Request) -> Response:
        """Store predictions and queue their scoring; with `dry_run`, only say what they hold."""
        return answer_once(self, request, lambda tried_at: self._take(request, tried_at))

    def _take(self, request: Request, tried_at: datetime | None) -> Response:
        is_form = request.content_type.startswith(MultiPartParser.media_type)
        taken = UploadSerializer if is_form else SubmitSerializer
        asked = taken(data=request.data, context={"request": request})
        asked.is_valid(raise_exception=True)
        data = asked.validated_data
        options = UploadOptions(
            suite=data["suite"],
            release=data.get("release"),
            visibility=data["visibility"],
            drop_first_number=data["drop_first_number"],
            note=data.get("note", ""),
            declared=declared_in(data),
        )
        with sent_files(request, data, are_kept=data["dry_run"]) as files:
            if data["dry_run"]:
                return Response(ReportShape(check_upload(files, options, now=timezone.now())).data)
            try:
                submission = receive_upload(
                    files,
                    model=asked_model(request, data),
                    submitter=cast(User, request.user),
                    options=options,
                    now=timezone.now(),
                )
            except DuplicateUpload as error:
                submission = self._stored_before(error, tried_at)
        return created(self, submission)

    def _stored_before(self, error: DuplicateUpload, tried_at: datetime | None) -> Submission:
        """What the same request stored whose process died before it could answer."""
        earlier = error.earlier
        is_own = earlier.submitter_id == self.request.user.pk
        if tried_at is None or not is_own or earlier.created_at < tried_at:
            raise error
        return earlier


def created(view: ApiView, submission: Submission) -> Response:
    """What was stored, where it is, and what is left of the sender's quota."""
    request = view.request
    stored = with_parts(Submission.objects.filter(pk=submission.pk)).get()
    body = SubmissionShape(stored, context={"request": request}).data
    headers = quota_headers(view.allowances, cast(User, request.user))
    return Response(body, status=201, headers={"Location": body["url"], **headers})


class SubmissionView(ApiView):
    """`/submissions/<id>/`."""

    shape = SubmissionShape

    @extend_schema(summary="Read a submission", responses=SubmissionShape)
    def get(self, request: Request, public_id: str) -> Response:
        """Its status and, once it is scored, its scores."""
        return self.answer(find_submission(request, public_id))
