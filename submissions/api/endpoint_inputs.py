"""What the API takes of endpoints; the limits are those of the pages' forms."""

from decimal import Decimal
from typing import Any, Final

from drf_spectacular.drainage import set_override
from rest_framework import serializers

from submissions.api.inputs import CountField, LineField, StrictSerializer
from submissions.endpoints import API_VERSION, KEY, TOKENIZER
from submissions.limits import (
    ENDPOINT_AT_ONCE_MAX,
    ENDPOINT_KEY_CHARS,
    ENDPOINT_MODEL_CHARS,
    ENDPOINT_NAME_CHARS,
    ENDPOINT_PRICE_MAX,
    ENDPOINT_REQUESTS_MAX,
    ENDPOINT_TOKENS_MAX,
    ENDPOINT_URL_CHARS,
    ENDPOINT_VERSION_CHARS,
)
from submissions.models import Endpoint

_PLACES: Final = Decimal("0.0001")


class PriceField(serializers.FloatField):
    """US dollars, kept with four digits behind the point; a number and no text."""

    def __init__(self, *, most: int = ENDPOINT_PRICE_MAX, **options: Any) -> None:
        super().__init__(min_value=0, max_value=most, **options)
        # As extend_schema_field does to a class: each field has a limit of its own.
        set_override(self, "field", {"type": "number", "minimum": 0, "maximum": most})

    def to_internal_value(self, data: Any) -> Any:
        """The number, rounded."""
        if isinstance(data, bool) or not isinstance(data, int | float):
            self.fail("invalid")
        return Decimal(super().to_internal_value(data)).quantize(_PLACES)


class EndpointChangeSerializer(StrictSerializer):
    """Changes of an endpoint; what is left out stays, the key too."""

    name = LineField(max_length=ENDPOINT_NAME_CHARS, required=False)
    base_url = LineField(max_length=ENDPOINT_URL_CHARS, required=False)
    model_name = LineField(max_length=ENDPOINT_MODEL_CHARS, required=False)
    key = serializers.RegexField(
        KEY,
        max_length=ENDPOINT_KEY_CHARS,
        required=False,
        help_text="Stored encrypted, sent to `base_url` only, and never given back.",
    )
    # A serializer has a style of its own, for forms; ours have none.
    style = serializers.ChoiceField(  # type: ignore[assignment]
        choices=Endpoint.Style.choices, required=False
    )
    api_version = serializers.RegexField(
        API_VERSION, max_length=ENDPOINT_VERSION_CHARS, required=False, allow_blank=True
    )
    mode = serializers.ChoiceField(choices=Endpoint.Mode.choices, required=False)
    context_tokens = CountField(max_value=ENDPOINT_TOKENS_MAX, required=False)
    tokenizer = serializers.RegexField(
        TOKENIZER, required=False, help_text="estimate-1, or org/name@commit on Hugging Face."
    )
    requests_per_minute = CountField(
        max_value=ENDPOINT_REQUESTS_MAX, required=False, allow_null=True
    )
    tokens_per_minute = CountField(max_value=ENDPOINT_TOKENS_MAX, required=False, allow_null=True)
    concurrency = CountField(max_value=ENDPOINT_AT_ONCE_MAX, required=False)
    price_in = PriceField(required=False, help_text="US dollars per million tokens read.")
    price_out = PriceField(required=False, help_text="US dollars per million tokens written.")


class EndpointSerializer(EndpointChangeSerializer):
    """A new endpoint."""

    name = LineField(max_length=ENDPOINT_NAME_CHARS)
    base_url = LineField(
        max_length=ENDPOINT_URL_CHARS,
        help_text="Such as https://api.example.org/v1; /chat/completions is added.",
    )
    model_name = LineField(max_length=ENDPOINT_MODEL_CHARS, help_text="As the server calls it.")
    context_tokens = CountField(max_value=ENDPOINT_TOKENS_MAX)
