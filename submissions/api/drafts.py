"""Drafts over the API: files are kept, tried against today's board, and sent or thrown away."""

from typing import Any, ClassVar, cast

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.parsers import JSONParser, MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import User
from submissions import drafts
from submissions.api.base import ApiView
from submissions.api.draft_shapes import DraftShape
from submissions.api.inputs import (
    DraftSerializer,
    DraftUploadSerializer,
    StrictSerializer,
    asked_model,
    declared_in,
)
from submissions.api.once import MadeOnce, answer_once
from submissions.api.pages import ListView
from submissions.api.problems import Problem, unfit
from submissions.api.sent_files import sent_files
from submissions.api.shapes import api_address
from submissions.api.submission_shapes import SubmissionShape
from submissions.api.submissions import created
from submissions.files import DamagedFile
from submissions.models import Draft, Submission
from submissions.receive import UploadOptions

# What a draft lacks, by the step that asks for it: the field, and what to do.
_LACKS = {
    "model": ("model", "Name the model: choose it on the draft's page, or make the draft again."),
    "protocol": (
        "contamination",
        "Declare this: answer it on the draft's page, or make the draft again with it.",
    ),
    "upload": ("files", "Add the files on the draft's page, or make the draft again with them."),
}


def own_drafts(request: Request) -> QuerySet[Draft]:
    """The reader's drafts, also those that were sent."""
    parts = Draft.objects.select_related("owner", "model", "release", "submission")
    return parts.prefetch_related("files").filter(owner=request.user.pk)


class DraftsView(MadeOnce, ListView):
    """`/drafts/`."""

    is_public = False
    shape = DraftShape
    parser_classes = (MultiPartParser, JSONParser)
    problems: ClassVar = {"POST": (409, 413, 415, 422, 503)}

    def get_queryset(self) -> QuerySet[Draft]:
        """One's own that were not sent."""
        return own_drafts(self.request).filter(submission=None)

    @extend_schema(summary="List your drafts", responses=DraftShape(many=True))
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Those that were not sent; a week after it was last touched, a draft is gone."""
        return super().get(request, *args, **kwargs)

    @extend_schema(
        summary="Make a draft, and have its files tried",
        request={"multipart/form-data": DraftUploadSerializer, "application/json": DraftSerializer},
        responses={201: DraftShape},
    )
    def post(self, request: Request) -> Response:
        """A worker finds what the files would score and where they would rank: see `trial`."""
        return answer_once(self, request, lambda _tried_at: self._make(request))

    def _make(self, request: Request) -> Response:
        is_form = request.content_type.startswith(MultiPartParser.media_type)
        taken = DraftUploadSerializer if is_form else DraftSerializer
        asked = taken(data=request.data, context={"request": request})
        asked.is_valid(raise_exception=True)
        data = asked.validated_data
        options = UploadOptions(
            suite=data["suite"],
            release=data.get("release"),
            drop_first_number=data["drop_first_number"],
            note=data.get("note", ""),
            declared=declared_in(data),
        )
        with sent_files(request, data) as files:
            try:
                made = drafts.make_draft(
                    cast(User, request.user),
                    files,
                    model=asked_model(request, data),
                    options=options,
                    now=timezone.now(),
                )
            except drafts.TooManyDrafts as error:
                raise Problem("too-many-drafts", str(error)) from error
        address = api_address({"request": request}, "draft", made.public_id)
        return self.answer(made, status=201, headers={"Location": address})


class DraftView(ApiView):
    """`/drafts/<id>/`."""

    is_public = False
    shape = DraftShape

    @extend_schema(summary="Read a draft", responses=DraftShape)
    def get(self, request: Request, public_id: str) -> Response:
        """What its files hold, and what they would score as soon as a worker has found it."""
        return self.answer(get_object_or_404(own_drafts(request), public_id=public_id))

    @extend_schema(summary="Throw a draft away", responses={204: None})
    def delete(self, request: Request, public_id: str) -> Response:
        """Its files go with it.  What was sent is no draft any more."""
        found = own_drafts(request).filter(submission=None)
        drafts.throw_away(get_object_or_404(found, public_id=public_id))
        return Response(status=204)


class SendSerializer(StrictSerializer):
    """Who may see what is sent."""

    visibility = serializers.ChoiceField(
        choices=Submission.Visibility.choices, default=Submission.Visibility.PUBLIC
    )


class DraftSendView(ApiView):
    """`/drafts/<id>/send/`."""

    is_public = False
    parser_classes = (JSONParser,)
    problems: ClassVar = {"POST": (409, 415, 422, 503)}

    @extend_schema(
        operation_id="drafts_send",
        summary="Send a draft",
        request=SendSerializer,
        responses={201: SubmissionShape},
    )
    def post(self, request: Request, public_id: str) -> Response:
        """Make a submission of it, and queue its scoring.  Sent twice, it is still one."""
        found = get_object_or_404(own_drafts(request), public_id=public_id)
        asked = SendSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        visibility = asked.validated_data["visibility"]
        try:
            submission = drafts.send_draft(found, visibility=visibility, now=timezone.now())
        except drafts.Incomplete as error:
            raise unfit(*_LACKS[error.step]) from error
        except DamagedFile as error:
            text = "A file of this draft is gone. Make the draft again."
            raise Problem("not-possible", text) from error
        return created(self, submission)
