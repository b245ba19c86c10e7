"""What endpoints share: who may ask and how often, what may be asked, how answers are kept."""

import hashlib
from contextlib import nullcontext
from typing import Any, ClassVar, Final

from django.http import HttpResponse, HttpResponseBase, HttpResponseNotModified
from django.utils import timezone, translation
from django.utils.cache import patch_vary_headers
from django.utils.http import parse_etags, quote_etag
from rest_framework import serializers
from rest_framework.exceptions import MethodNotAllowed, Throttled
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.models import Scope
from submissions.api.permissions import MayAct
from submissions.api.problems import TooLarge
from submissions.api.queries import Query, fields_parameter, refuse_unknown, single_values
from submissions.api.throttles import limits_of
from submissions.counting import Allowance, count_request
from submissions.limits import UPLOAD_REQUEST_BYTES

IF_NONE_MATCH: Final = {
    "in": "header",
    "name": "If-None-Match",
    "schema": {"type": "string"},
    "description": "An earlier answer’s ETag: if it still holds, the answer is 304 and empty.",
}
_KEPT_HEADERS: Final = ("ETag", "Cache-Control", "Vary", "RateLimit", "RateLimit-Policy")


class ApiView(APIView):
    """An endpoint; what it is asked and answers is declared, and nothing else is taken."""

    permission_classes = (MayAct,)
    # Whether everybody may read it.
    is_public: ClassVar[bool] = True
    # What a token needs for each method; READ for safe ones and SUBMIT for others.
    scopes: ClassVar[dict[str, Scope]] = {}
    # The parameters of a GET, and the shape of the objects that `fields` chooses from.
    query_shape: ClassVar[type[Query] | None] = None
    shape: ClassVar[type[serializers.Serializer[Any]] | None] = None
    # Statuses of problems beyond those that every endpoint may answer.
    problems: ClassVar[dict[str, tuple[int, ...]]] = {}

    def scope_of(self, method: str | None) -> Scope:
        """What a token must be allowed for a method."""
        default = Scope.READ if method in SAFE_METHODS else Scope.SUBMIT
        return self.scopes.get(method or "", default)

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Answer what is read in English, whatever a browser prefers: scripts compare it.

        Whoever sends something is told no in the language of `Accept-Language`.
        """
        is_read = request.method in SAFE_METHODS
        with translation.override("en") if is_read else nullcontext():
            response = super().dispatch(request, *args, **kwargs)
            return response.render() if isinstance(response, Response) else response

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Count the request, find out who sends it, and read its parameters."""
        self.allowances: list[Allowance] = []
        self._count(request, is_identified=False)
        # Before it is known who asks: to check a session's CSRF token reads the body.
        if int(request.META.get("CONTENT_LENGTH") or 0) > UPLOAD_REQUEST_BYTES:
            raise TooLarge
        name = str(request.method).lower()
        if name not in self.http_method_names or not hasattr(self, name):
            raise MethodNotAllowed(str(request.method))
        super().initial(request, *args, **kwargs)
        if request.user.is_authenticated:
            self._count(request, is_identified=True)
        self.params = self._read_query(request)

    def _count(self, request: Request, *, is_identified: bool) -> None:
        who, limit = limits_of(request, is_identified=is_identified)
        if limit:
            allowance = count_request(who, limit, now=timezone.now())
            self.allowances = [allowance]
            if allowance.left < 0:
                raise Throttled(allowance.resets_in)

    def query_fields(self, method: str) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        """The parameters that this endpoint reads for a method."""
        if method not in SAFE_METHODS:
            return {}
        # As the class has them: each request's own form copies them once, which is enough.
        fields = dict(self.query_shape._declared_fields) if self.query_shape else {}
        if self.shape:
            fields["fields"] = fields_parameter(self.shape)
        return fields

    def header_parameters(self, method: str) -> list[dict[str, Any]]:
        """The headers that this endpoint reads for a method, as OpenAPI says it."""
        return [IF_NONE_MATCH] if method == "GET" else []

    def other_parameters(self) -> set[str]:
        """Names of parameters that something else reads."""
        return set()

    def _read_query(self, request: Request) -> dict[str, Any]:
        fields = self.query_fields(request.method or "")
        given = single_values(request.query_params)
        refuse_unknown(given, {*fields, *self.other_parameters()})
        # A copy, because the class takes the fields out of what it is given.
        declared = type("Parameters", (Query,), dict(fields))
        own = {name: value for name, value in given.items() if name in fields}
        read: Query = declared(data=own)
        read.is_valid(raise_exception=True)
        return dict(read.validated_data)

    def chosen(self, row: dict[str, Any]) -> dict[str, Any]:
        """A row with only the fields that were asked for."""
        names = self.params.get("fields")
        return {name: row[name] for name in names} if names else row

    def answer(self, row: Any, **kwargs: Any) -> Response:
        """One object in this endpoint's shape."""
        shape: Any = self.shape
        context = {"request": self.request}
        return Response(self.chosen(dict(shape(row, context=context).data)), **kwargs)

    def finalize_response(
        self, request: Request, response: Any, *args: Any, **kwargs: Any
    ) -> Response:
        """Say what is left to ask, and let readers keep what has not changed."""
        done = super().finalize_response(request, response, *args, **kwargs)
        if allowances := getattr(self, "allowances", []):
            done["RateLimit-Policy"] = ", ".join(one.policy_field() for one in allowances)
            done["RateLimit"] = ", ".join(one.field() for one in allowances)
        patch_vary_headers(done, ["Accept", "Authorization", "Cookie"])
        if not done.has_header("Cache-Control"):
            # Asked in this order: after a refusal nobody may know yet who it was.
            is_open = done.status_code in (200, 304) and request.user.is_anonymous
            done["Cache-Control"] = "public, no-cache" if is_open else "private, no-cache"
        is_read = request.method in ("GET", "HEAD") and done.status_code == 200
        # What is streamed has no hash before it is sent.
        if is_read and isinstance(done, Response):
            done.add_post_render_callback(lambda rendered: _unless_known(request, rendered))
        return done


def _unless_known(request: Request, response: Any) -> HttpResponse | None:
    """304 where the reader has these very bytes already, or what was made of the same version."""
    if not response.has_header("ETag"):
        response["ETag"] = quote_etag(hashlib.sha256(response.content).hexdigest()[:32])
    etag = response["ETag"].removeprefix("W/")
    known = [
        one.removeprefix("W/") for one in parse_etags(request.headers.get("If-None-Match", ""))
    ]
    if etag not in known and "*" not in known:
        return None
    unchanged = HttpResponseNotModified()
    for name in _KEPT_HEADERS:
        if name in response:
            unchanged[name] = response[name]
    return unchanged
