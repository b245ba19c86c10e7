"""The API's reference as a page: every endpoint out of the schema, readable without JavaScript."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from submissions.views.docs import GUIDES

_METHODS: Final = ("get", "post", "patch", "delete")


@dataclass(frozen=True, slots=True)
class Parameter:
    """One thing that a request may carry."""

    name: str
    place: str
    kind: str
    is_needed: bool
    text: str


@dataclass(frozen=True, slots=True)
class Operation:
    """One method of one address."""

    method: str
    path: str
    slug: str
    tag: str
    summary: str
    text: str
    is_open: bool
    parameters: tuple[Parameter, ...]
    statuses: tuple[tuple[str, str, str], ...]


@require_safe
def reference(request: HttpRequest) -> HttpResponse:
    """List every operation of the API."""
    context = {"guides": GUIDES, "operations": _operations()}
    return render(request, "docs/reference.html", context)


@lru_cache(maxsize=1)
def _operations() -> tuple[Operation, ...]:
    """Read once a process: the schema changes with the code alone."""
    # Only this page needs the generator, which takes its time to load.
    from drf_spectacular.generators import SchemaGenerator  # noqa: PLC0415

    schema = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
    return tuple(_read(schema))


def _read(schema: dict[str, Any]) -> Iterator[Operation]:
    for path, methods in schema["paths"].items():
        for method in _METHODS:
            if one := methods.get(method):
                yield Operation(
                    method=method.upper(),
                    path=path,
                    slug=one["operationId"],
                    tag=one["tags"][0],
                    summary=one.get("summary", ""),
                    text=one.get("description", ""),
                    is_open={} in one.get("security", []),
                    parameters=(*_parameters(one), *_body(one, schema)),
                    statuses=tuple(_statuses(one)),
                )


def _parameters(operation: dict[str, Any]) -> Iterator[Parameter]:
    for one in operation.get("parameters", []):
        is_needed = bool(one.get("required"))
        text = one.get("description", "")
        yield Parameter(one["name"], one["in"], _kind(one["schema"]), is_needed, text)


def _body(operation: dict[str, Any], schema: dict[str, Any]) -> Iterator[Parameter]:
    content = operation.get("requestBody", {}).get("content", {})
    for media in list(content.values())[:1]:
        name = media["schema"].get("$ref", "").rsplit("/", 1)[-1]
        found = schema["components"]["schemas"].get(name, {})
        for field, one in found.get("properties", {}).items():
            is_needed = field in found.get("required", [])
            yield Parameter(field, "body", _kind(one), is_needed, one.get("description", ""))


def _kind(schema: dict[str, Any]) -> str:
    """A type in a few words."""
    values = schema.get("enum") or schema.get("items", {}).get("enum")
    if values:
        return " | ".join(str(value) for value in values)
    return str(schema.get("format") or schema.get("type") or "")


def _statuses(operation: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Status, what it means, and the name of the answer's shape."""
    for status, answer in sorted(operation["responses"].items()):
        shapes = [one["schema"].get("$ref", "") for one in answer.get("content", {}).values()]
        shape = shapes[0].rsplit("/", 1)[-1] if shapes else ""
        yield status, answer.get("description", ""), shape
