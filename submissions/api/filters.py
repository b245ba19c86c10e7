"""Filters of lists that take nothing but what their schema says."""

from typing import Any, Final

import django_filters
from django import forms
from rest_framework.exceptions import ValidationError

SLUG: Final = r"^[-a-zA-Z0-9_]+$"
TEXT: Final = r"^[^\u0000]+$"


class SlugFilter(django_filters.CharFilter):
    """A name as it stands in addresses."""

    field_class = forms.SlugField
    pattern = SLUG


class TextFilter(django_filters.CharFilter):
    """Any text but none."""

    pattern = TEXT


class FlagFilter(django_filters.TypedChoiceFilter):
    """true or false."""

    def __init__(self, **options: Any) -> None:
        choices = [("true", "true"), ("false", "false")]
        super().__init__(choices=choices, coerce=lambda text: text == "true", **options)


def refuse_empty(given: dict[str, str], names: set[str]) -> None:
    """A filter without a value would be read as no filter.

    Raises:
        ValidationError: if there is one.
    """
    empty = {name: ["Give a value, or leave it out."] for name in names if given.get(name) == ""}
    if empty:
        raise ValidationError(empty)


def filter_schema(one: Any, schema: dict[str, Any]) -> dict[str, Any]:
    """What a filter takes, as OpenAPI says it, where `schema` is what is known of its column."""
    if isinstance(one, FlagFilter):
        return {"type": "string", "enum": ["true", "false"]}
    if not isinstance(one, SlugFilter | TextFilter):
        return schema
    limits = {"minLength": 1, "maxLength": one.extra["max_length"], "pattern": one.pattern}
    return {**schema, **limits}
