"""How endpoints are described in OpenAPI: what all of them take and may answer, said once."""

from functools import cache
from http import HTTPStatus
from typing import Any, Final

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.openapi import AutoSchema
from rest_framework import serializers
from rest_framework.permissions import SAFE_METHODS

from submissions.api.codes import CHECKSUM_MISMATCH, CODES
from submissions.api.filters import filter_schema
from submissions.api.problems import CONTENT_TYPE

_EVERYWHERE: Final = (400, 401, 403, 406, 429)
_PROBLEM_TITLES: Final = {CHECKSUM_MISMATCH: "Checksum mismatch"}
# What holds rows that `fields` chooses from, and is no page.
_LISTS: Final = frozenset({"TaskListShape"})
_ONE_MODEL: Final = {"oneOf": [{"required": ["model"]}, {"required": ["model_slug"]}]}
_TEXT: Final = {"schema": {"type": "string"}}
_LIMIT_HEADERS: Final[dict[str, dict[str, Any]]] = {
    "RateLimit": _TEXT | {"description": "What is left: `r` requests, anew in `t` seconds."},
    "RateLimit-Policy": _TEXT | {"description": "`q` requests in `w` seconds."},
}
_HEADERS: Final[dict[str, dict[str, Any]]] = {
    "201": {"Location": _TEXT | {"description": "Where it is."}},
    "401": {"WWW-Authenticate": _TEXT | {"description": "How to say who you are."}},
    "429": {
        "Retry-After": {
            "schema": {"type": "integer", "minimum": 0},
            "description": "Seconds to wait.",
        }
    },
}


class KeptGenerator(SchemaGenerator):
    """Describes the API once a process: the description changes with the code alone."""

    def get_schema(self, request: Any = None, public: bool = False) -> dict[str, Any]:  # noqa: ARG002
        """The description as everybody may read it, for whom it is the same."""
        return _whole_schema()


@cache
def _whole_schema() -> dict[str, Any]:
    found: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)
    return found


class EntrySerializer(serializers.Serializer[Any]):
    """One thing that is wrong: a field and what to do, or a place in a file and what to do."""

    field = serializers.CharField(required=False)
    message = serializers.CharField(required=False)
    code = serializers.CharField(required=False)
    file = serializers.CharField(required=False)
    line = serializers.IntegerField(required=False, allow_null=True)
    found = serializers.CharField(required=False)
    expected = serializers.CharField(required=False)
    fix = serializers.CharField(required=False)
    severity = serializers.ChoiceField(choices=["error", "warning"], required=False)


class ProblemSerializer(serializers.Serializer[Any]):
    """Problem details as in RFC 9457."""

    type = serializers.CharField(help_text="Where the guide explains the code.")
    title = serializers.CharField()
    status = serializers.IntegerField()
    code = serializers.ChoiceField(choices=list(CODES), help_text="Never changes its meaning.")
    detail = serializers.CharField(help_text="A sentence for a person.")
    problems = EntrySerializer(many=True)


class TokenScheme(OpenApiAuthenticationExtension):
    """`Authorization: Token …`."""

    target_class = "accounts.authentication.ApiTokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, Any]:  # noqa: ARG002
        """As OpenAPI says it."""
        return {
            "type": "apiKey",
            "in": "header",
            "name": "Authorization",
            "description": "`Token ibp_…`, from Account › Tokens on the site.",
        }


class ApiSchema(AutoSchema):
    """spectacular's, for views that are built on ApiView."""

    view: Any

    def get_auth(self) -> list[dict[str, Any]]:
        """Who may ask; an empty entry says: everybody."""
        auths = super().get_auth()
        return [*auths, {}] if self.view.is_public and self.method in SAFE_METHODS else auths

    def _get_parameters(self) -> list[dict[str, Any]]:
        parameters: list[dict[str, Any]] = super()._get_parameters()
        for name, field in self.view.query_fields(self.method).items():
            schema = self._map_serializer_field(field, "request")
            schema |= self._get_serializer_field_meta(field, "request")
            self._insert_field_validators(field, schema)
            one = {"in": "query", "name": name, "schema": schema}
            if described := schema.pop("description", None):
                one["description"] = described
            if field.required:
                one["required"] = True
            if isinstance(field, serializers.ListField):
                limits = {
                    "minItems": field.min_length,
                    "maxItems": field.max_length,
                    "uniqueItems": True,
                }
                schema |= {key: value for key, value in limits.items() if value is not None}
                one |= {"explode": False, "style": "form"}
            parameters.append(one)
        parameters += self.view.header_parameters(self.method)
        return sorted(parameters, key=lambda one: (one["in"] != "path", one["in"], one["name"]))

    def _get_filter_parameters(self) -> list[dict[str, Any]]:
        parameters: list[dict[str, Any]] = super()._get_filter_parameters()
        filters = getattr(self.view, "filterset_class", None)
        for one in parameters:
            if filters:
                one["schema"] = filter_schema(filters.base_filters[one["name"]], one["schema"])
        return parameters

    def _get_response_bodies(self, direction: Any = "response") -> dict[str, Any]:
        bodies: dict[str, Any] = super()._get_response_bodies(direction)
        if self.method == "GET":
            # The server itself says so, before the site is asked.
            bodies.setdefault("414", {"description": "The address is too long."})
            bodies.setdefault("304", {"description": "You have it already: see If-None-Match."})
        for number in self._problem_statuses():
            answer = self._get_response_for_code(ProblemSerializer, str(number), [CONTENT_TYPE])
            phrase = _PROBLEM_TITLES.get(number) or HTTPStatus(number).phrase
            bodies.setdefault(str(number), answer | {"description": phrase})
        for status, body in bodies.items():
            headers: dict[str, Any] = {**_LIMIT_HEADERS, **_HEADERS.get(status, {})}
            if self.method == "GET" and status == "200":
                headers["ETag"] = _TEXT | {"description": "For If-None-Match."}
            body["headers"] = headers | body.get("headers", {})
        return bodies

    def _problem_statuses(self) -> list[int]:
        own = self.view.problems.get(self.method, ())
        is_paged = self.method == "GET" and getattr(self.view, "pagination_class", None)
        found = (404,) if is_paged or "{" in self.path else ()
        return sorted({*_EVERYWHERE, *found, *own})


def close_requests(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """Say that requests take nothing else, and that chosen fields leave the others out."""
    schemas = result["components"]["schemas"]
    for name, schema in schemas.items():
        if name.endswith("Request") and schema.get("type") == "object":
            schema["additionalProperties"] = False
    _close_uploads(schemas)
    one_asked = {"oneOf": [{"required": ["endpoint"]}, {"required": ["hub_model"]}]}
    schemas["RunRequest"]["allOf"] = [one_asked, _ONE_MODEL]
    # No field is asked for alone, so nothing else would say that there must be a body.
    for place in ("submissions", "drafts"):
        result["paths"][f"/api/v1/{place}/"]["post"]["requestBody"]["required"] = True
    for path in result["paths"].values():
        operation = path.get("get", {})
        if any(one["name"] == "fields" for one in operation.get("parameters", [])):
            _may_lack_fields(operation["responses"]["200"], schemas)
    return result


def _close_uploads(schemas: dict[str, Any]) -> None:
    """Say that files, or uploads in parts, and one model are needed."""
    either = {"anyOf": [{"required": ["files"]}, {"required": ["upload"]}]}
    for name in ("Submit", "Draft"):
        schemas[f"{name}Request"] |= {"allOf": [_ONE_MODEL], "required": ["upload"]}
    for name in ("Upload", "DraftUpload"):
        schemas[f"{name}Request"]["allOf"] = [either, _ONE_MODEL]
    for name in ("SubmitRequest", "UploadRequest", "DraftRequest", "DraftUploadRequest"):
        for field in {"files", "upload"} & set(schemas[name]["properties"]):
            schemas[name]["properties"][field]["minItems"] = 1


def _may_lack_fields(response: dict[str, Any], schemas: dict[str, Any]) -> None:
    reference = response["content"]["application/json"]["schema"]["$ref"]
    name = reference.rsplit("/", 1)[-1]
    schema = schemas[name]
    if name in _LISTS or name.startswith("Paginated"):
        rows = schema["properties"]["results"]
        schema = schemas[rows["items"]["$ref"].rsplit("/", 1)[-1]]
    schema.pop("required", None)
