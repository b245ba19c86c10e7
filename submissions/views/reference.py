"""The API's reference as a page: every endpoint out of the schema, readable without JavaScript."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
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
    text: SafeString


@dataclass(frozen=True, slots=True)
class Operation:
    """One method of one address."""

    method: str
    path: str
    slug: str
    tag: str
    summary: str
    text: SafeString
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
    shapes = schema["components"]["schemas"]
    for path, methods in schema["paths"].items():
        for method in _METHODS:
            if one := methods.get(method):
                yield Operation(
                    method=method.upper(),
                    path=path,
                    slug=one["operationId"],
                    tag=one["tags"][0],
                    summary=one.get("summary", ""),
                    text=_told(one),
                    is_open={} in one.get("security", []),
                    parameters=(*_parameters(one, shapes), *_body(one, shapes)),
                    statuses=tuple(_statuses(one)),
                )


def _parameters(operation: dict[str, Any], shapes: dict[str, Any]) -> Iterator[Parameter]:
    for one in operation.get("parameters", []):
        is_needed = bool(one.get("required"))
        yield Parameter(one["name"], one["in"], _kind(one["schema"], shapes), is_needed, _told(one))


def _body(operation: dict[str, Any], shapes: dict[str, Any]) -> Iterator[Parameter]:
    content = operation.get("requestBody", {}).get("content", {})
    for media in list(content.values())[:1]:
        found = _shape(media["schema"], shapes)
        for field, one in found.get("properties", {}).items():
            is_needed = field in found.get("required", [])
            yield Parameter(field, "body", _kind(one, shapes), is_needed, _told(one))


def _shape(schema: dict[str, Any], shapes: dict[str, Any]) -> dict[str, Any]:
    """A schema, or the one that it refers to; of several the first, which says most."""
    inner: dict[str, Any] = next(iter(schema.get("allOf") or schema.get("oneOf") or ()), schema)
    if "$ref" in inner:
        inner = shapes.get(inner["$ref"].rsplit("/", 1)[-1], {})
    return inner


def _kind(schema: dict[str, Any], shapes: dict[str, Any]) -> str:
    """A type in a few words."""
    schema = _shape(schema, shapes)
    values = schema.get("enum") or schema.get("items", {}).get("enum")
    if values:
        return ", ".join(str(value) for value in values)
    kind = schema.get("format") or schema.get("type") or ""
    return kind if isinstance(kind, str) else " or ".join(kind)


def _told(described: dict[str, Any]) -> SafeString:
    """What the schema says of something; code stands in backticks there."""
    text = escape(described.get("description", ""))
    return mark_safe(re.sub("`([^`]+)`", r"<code>\1</code>", text))  # noqa: S308  Escaped above.


def _statuses(operation: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Status, what it means, and the name of the answer's shape."""
    for status, answer in sorted(operation["responses"].items()):
        shapes = [one["schema"].get("$ref", "") for one in answer.get("content", {}).values()]
        shape = shapes[0].rsplit("/", 1)[-1] if shapes else ""
        yield status, answer.get("description", "").rstrip("."), shape
