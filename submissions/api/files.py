"""The files of a submission over the API: as they were uploaded, byte for byte."""

from typing import Any

from django.http import Http404
from django.http.response import HttpResponseBase
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from submissions.access import may_have_files
from submissions.api.base import ApiView
from submissions.api.shapes import api_address
from submissions.api.submissions import find_submission
from submissions.downloads import file_response
from submissions.files import DamagedFile
from submissions.models import Submission, SubmissionFile


class BytesRenderer(JSONRenderer):
    """Lets a reader accept bytes; a problem is still told in JSON."""

    media_type = "application/octet-stream"


class FileShape(serializers.ModelSerializer[SubmissionFile]):
    """A file as it was uploaded, and where it is."""

    url = serializers.SerializerMethodField()

    class Meta:
        model = SubmissionFile
        fields = ("name", "sha256", "size_bytes", "url")
        read_only_fields = fields

    def get_url(self, file: SubmissionFile) -> str:
        """Where its bytes are."""
        return api_address(self.context, "file", file.submission.public_id, file.sha256)


class FilesShape(serializers.Serializer[Any]):
    """The files of a submission; none while a blind round keeps them with their own people."""

    files = FileShape(many=True)


def _files(request: Request, public_id: str) -> list[SubmissionFile]:
    """What the reader may have of a submission's files.  Raises: Http404."""
    found: Submission = find_submission(request, public_id)
    is_open = may_have_files(found, request.user, now=timezone.now())
    return list(found.files.select_related("submission")) if is_open else []


class FilesView(ApiView):
    """`/submissions/<id>/files/`."""

    shape = FilesShape

    @extend_schema(summary="List a submission’s files", responses=FilesShape)
    def get(self, request: Request, public_id: str) -> Response:
        """As they were uploaded."""
        return self.answer({"files": _files(request, public_id)})


class FileView(ApiView):
    """`/submissions/<id>/files/<sha256>/`."""

    renderer_classes = (BytesRenderer, JSONRenderer)

    def header_parameters(self, method: str) -> list[dict[str, Any]]:  # noqa: ARG002
        """None: a file never changes under its address."""
        return []

    @extend_schema(
        summary="Download a file",
        operation_id="submissions_file",
        responses={(200, BytesRenderer.media_type): OpenApiTypes.BINARY},
    )
    def get(self, request: Request, public_id: str, sha256: str) -> HttpResponseBase:
        """Its bytes, under the name that it had."""
        stored = next((one for one in _files(request, public_id) if one.sha256 == sha256), None)
        if stored is None:
            raise Http404("no such file")
        try:
            return file_response(stored)
        except DamagedFile as error:
            raise Http404("the file is missing") from error
