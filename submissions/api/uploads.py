"""Uploads in parts over the API: tus 1.0.0 with creation, checksum, termination and expiration.

Source: https://tus.io/protocols/resumable-upload, version 1.0.0.
"""

import base64
import binascii
import io
from collections.abc import Mapping
from typing import IO, Any, ClassVar, Final, cast

from django.db.models import QuerySet
from django.http import Http404
from django.utils import timezone
from django.utils.http import http_date
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.parsers import BaseParser
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import Scope, User
from submissions import uploads
from submissions.api.base import ApiView
from submissions.api.pages import ListView
from submissions.api.problems import Problem, TooLarge
from submissions.api.shapes import api_address
from submissions.limits import UPLOAD_COMPRESSED_BYTES, UPLOAD_NAME_CHARS
from submissions.models import PartialUpload

VERSION: Final = "1.0.0"
_FACTS: Final = {
    "Tus-Resumable": VERSION,
    "Tus-Version": VERSION,
    "Tus-Extension": "creation,checksum,termination,expiration",
    "Tus-Max-Size": str(UPLOAD_COMPRESSED_BYTES),
    "Tus-Checksum-Algorithm": "sha256",
}
_METADATA_CHARS: Final = 1000
_SHA256_BYTES: Final = 32


def _header(name: str, schema: Mapping[str, Any], text: str, *, is_needed: bool) -> dict[str, Any]:
    return {
        "in": "header",
        "name": name,
        "schema": dict(schema),
        "description": text,
        "required": is_needed,
    }


_COUNT: Final = {"type": "string", "pattern": "^[0-9]{1,12}$"}
_RESUMABLE: Final = _header(
    "Tus-Resumable", {"type": "string", "enum": [VERSION]}, "The protocol.", is_needed=True
)
_BEGIN: Final = [
    _RESUMABLE,
    _header("Upload-Length", _COUNT, "How many bytes the file has.", is_needed=True),
    _header(
        "Upload-Metadata",
        {"type": "string", "maxLength": _METADATA_CHARS},
        "`filename` and its value in base64, as tus has it.",
        is_needed=True,
    ),
]
_APPEND: Final = [
    _RESUMABLE,
    _header("Upload-Offset", _COUNT, "Where this part begins.", is_needed=True),
    _header(
        "Upload-Checksum",
        {"type": "string", "pattern": r"^sha256 [A-Za-z0-9+/]{43}=$"},
        "`sha256` and the part's hash in base64: a part that does not match is thrown away.",
        is_needed=False,
    ),
]


class PartParser(BaseParser):
    """Hands the body on unread."""

    media_type = "application/offset+octet-stream"

    def parse(self, stream: Any, media_type: Any = None, parser_context: Any = None) -> Any:  # noqa: ARG002
        """The stream itself."""
        return stream


class UploadShape(serializers.ModelSerializer[PartialUpload]):
    """An upload in parts."""

    id = serializers.CharField(source="public_id")
    url = serializers.SerializerMethodField()
    is_finished = serializers.BooleanField()

    class Meta:
        model = PartialUpload
        fields = (
            "id",
            "url",
            "name",
            "length_bytes",
            "offset_bytes",
            "is_finished",
            "created_at",
            "expires_at",
        )
        read_only_fields = fields

    def get_url(self, upload: PartialUpload) -> str:
        """Where its parts go."""
        return api_address(self.context, "upload", upload.public_id)


class TusView(ApiView):
    """Base of both endpoints: who speaks another version is told ours."""

    is_public = False
    scopes: ClassVar = dict.fromkeys(("GET", "HEAD", "OPTIONS"), Scope.SUBMIT)
    shape = UploadShape

    def own(self) -> QuerySet[PartialUpload]:
        """The sender's that have not expired."""
        if not self.request.user.is_authenticated:
            return PartialUpload.objects.none()
        return uploads.own_uploads(self.request.user, now=timezone.now())

    def options(self, request: Any, *args: Any, **kwargs: Any) -> Response:  # noqa: ARG002
        """Say what of the protocol is spoken."""
        return Response(status=204, headers=_FACTS)

    def check_version(self, request: Request) -> None:
        """Go on only in the version that is spoken here.

        Raises:
            Problem: if it is another one.
        """
        if request.headers.get("Tus-Resumable") != VERSION:
            text = f"Send Tus-Resumable: {VERSION}."
            raise Problem("unknown-tus-version", text, {"Tus-Version": VERSION})


class UploadsView(TusView, ListView):
    """`/uploads/`."""

    parser_classes = ()
    problems: ClassVar = {"POST": (409, 412, 413, 422, 503)}

    def get_queryset(self) -> QuerySet[PartialUpload]:
        """One's own."""
        return self.own()

    def header_parameters(self, method: str) -> list[dict[str, Any]]:
        """What tus wants to know of a new upload."""
        return _BEGIN if method == "POST" else super().header_parameters(method)

    @extend_schema(summary="List your uploads in parts", responses=UploadShape(many=True))
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Those that are not finished, or not used yet, newest first."""
        return super().get(request, *args, **kwargs)

    @extend_schema(summary="Begin an upload in parts", request=None, responses={201: UploadShape})
    def post(self, request: Request) -> Response:
        """Make room for a file; its parts go to the address in `Location`."""
        self.check_version(request)
        metadata = request.headers.get("Upload-Metadata", "")
        try:
            begun = uploads.begin_upload(
                cast(User, request.user),
                name=_file_name(metadata),
                length_bytes=_count(request, "Upload-Length"),
                metadata=metadata,
                now=timezone.now(),
            )
        except uploads.TooLong as error:
            raise TooLarge from error
        except uploads.TooManyUploads as error:
            text = "You have too many uploads in parts. Submit or delete one first."
            raise Problem("too-many-uploads", text) from error
        body = UploadShape(begun, context={"request": request}).data
        headers = {"Location": body["url"], **_place(begun)}
        return Response(body, status=201, headers=headers)


class UploadView(TusView):
    """`/uploads/<id>/`."""

    parser_classes = (PartParser,)
    problems: ClassVar = {"PATCH": (409, 412, 413, 415, 460, 503), "DELETE": (412,)}

    def header_parameters(self, method: str) -> list[dict[str, Any]]:
        """What tus wants to know of a part."""
        own = {"PATCH": _APPEND, "DELETE": [_RESUMABLE]}
        return own.get(method) or super().header_parameters(method)

    def _find(self, public_id: str) -> PartialUpload:
        found = self.own().filter(public_id=public_id).first()
        if found is None:
            raise Http404("no such upload")
        return found

    @extend_schema(summary="Read an upload", responses=UploadShape)
    def get(self, request: Request, public_id: str) -> Response:  # noqa: ARG002
        """Where it stands: the next part begins at its offset.  HEAD says it in headers."""
        found = self._find(public_id)
        answer = self.answer(found, headers=_place(found))
        answer["Cache-Control"] = "no-store"
        return answer

    @extend_schema(
        operation_id="uploads_append",
        summary="Send a part",
        request={PartParser.media_type: OpenApiTypes.BINARY},
        responses={204: None},
    )
    def patch(self, request: Request, public_id: str) -> Response:
        """Put bytes behind those that are there."""
        self.check_version(request)
        found = self._find(public_id)
        part = uploads.Part(
            offset_bytes=_count(request, "Upload-Offset"),
            length_bytes=int(request.META["CONTENT_LENGTH"] or 0)
            if request.META.get("CONTENT_LENGTH")
            else None,
            sha256=_checksum(request),
        )
        # A request without a body never comes to the parser.
        is_empty = not hasattr(request.data, "read")
        stream = io.BytesIO() if is_empty else cast(IO[bytes], request.data)
        try:
            uploads.append_part(found, part, stream, now=timezone.now())
        except uploads.WrongOffset as error:
            text = f"The upload stands at {error.offset_bytes} bytes; go on from there."
            raise Problem("wrong-offset", text) from error
        except uploads.WrongChecksum as error:
            text = "The part arrived damaged and was thrown away. Send it again."
            raise Problem("wrong-checksum", text) from error
        except uploads.TooLong as error:
            raise Problem("too-large", "The part goes beyond the announced length.") from error
        return Response(status=204, headers=_place(self._find(public_id)))

    @extend_schema(summary="Delete an upload", responses={204: None})
    def delete(self, request: Request, public_id: str) -> Response:
        """Forget it and its bytes."""
        self.check_version(request)
        uploads.drop_upload(self._find(public_id))
        return Response(status=204, headers={"Tus-Resumable": VERSION})


def _place(upload: PartialUpload) -> dict[str, str]:
    """Where an upload stands, as tus says it."""
    return {
        "Tus-Resumable": VERSION,
        "Upload-Offset": str(upload.offset_bytes),
        "Upload-Length": str(upload.length_bytes),
        "Upload-Metadata": upload.metadata,
        "Upload-Expires": http_date(upload.expires_at.timestamp()),
    }


def _count(request: Request, name: str) -> int:
    value = request.headers.get(name, "")
    if not (value.isdecimal() and value.isascii() and len(value) <= 12):
        raise serializers.ValidationError({name: ["A number of bytes."]})
    return int(value)


def _file_name(metadata: str) -> str:
    """The file's name out of `Upload-Metadata`.

    Raises:
        Problem: if it has none that can be read.
    """
    pairs = (one.strip().partition(" ") for one in metadata.split(","))
    encoded = {key: value for key, _, value in pairs}.get("filename", "")
    try:
        name = base64.b64decode(encoded, validate=True).decode("utf-8")
    except (binascii.Error, ValueError):
        name = ""
    is_good = 0 < len(name) <= UPLOAD_NAME_CHARS and name.isprintable()
    if not is_good or len(metadata) > _METADATA_CHARS:
        text = "Send filename and the file's name in base64, as tus has it."
        raise Problem("bad-file-name", text)
    return name


def _checksum(request: Request) -> bytes | None:
    given = request.headers.get("Upload-Checksum")
    if given is None:
        return None
    algorithm, _, encoded = given.partition(" ")
    try:
        digest = base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError):
        digest = b""
    if algorithm != "sha256" or len(digest) != _SHA256_BYTES:
        raise serializers.ValidationError({"Upload-Checksum": ["sha256 and the hash in base64."]})
    return digest
