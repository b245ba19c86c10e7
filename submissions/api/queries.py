"""What an address may ask: parameters that are not known, or are given twice, are refused."""

from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from django.http import QueryDict
from rest_framework import serializers


def refuse_unknown(given: Iterable[str], known: Iterable[str], *, kind: str = "parameter") -> None:
    """Name every field that nobody reads here.

    Raises:
        ValidationError: if there is one.
    """
    names = sorted(known)
    unknown = {
        name: [f"There is no such {kind} here; there are: {', '.join(names) or 'none'}."]
        for name in sorted(set(given) - set(names))
    }
    if unknown:
        raise serializers.ValidationError(unknown)


def single_values(query: QueryDict) -> dict[str, str]:
    """Each parameter with its value.

    Raises:
        ValidationError: if one is given more than once.
    """
    twice = {name: ["Give it once."] for name, values in query.lists() if len(values) > 1}
    if twice:
        raise serializers.ValidationError(twice)
    return {name: str(query[name]) for name in query}


class CommaList(serializers.ListField):
    """Several values in one parameter, separated by commas."""

    def to_internal_value(self, data: Any) -> list[Any]:
        """Split, then check each.

        Raises:
            ValidationError: if one is given twice, or is not right.
        """
        values = data.split(",") if isinstance(data, str) else data
        if len(set(values)) < len(values):
            raise serializers.ValidationError(["Name each once."])
        return super().to_internal_value(values)


class Query(serializers.Serializer[Any]):
    """Base of the parameters of an endpoint."""


@lru_cache(maxsize=100)
def _names(shape: type[serializers.Serializer[Any]]) -> tuple[str, ...]:
    """The fields of a shape, which to find out copies them all with what is in them."""
    return tuple(shape().fields)


def fields_parameter(shape: type[serializers.Serializer[Any]]) -> CommaList:
    """The parameter that chooses which fields of an answer come."""
    return CommaList(
        child=serializers.ChoiceField(choices=_names(shape)),
        required=False,
        min_length=1,
        help_text="Only these fields of each object, separated by commas.",
    )
