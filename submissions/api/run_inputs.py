"""What the API takes of hosted runs; the choices are those of the pages' form."""

from typing import Any, Final

from rest_framework import serializers

from scoring import SUITES
from scoring.truncation import MIDDLE, POLICIES
from submissions.api.endpoint_inputs import PriceField
from submissions.api.inputs import NameField, OrganizationField, ReleaseField, StrictSerializer
from submissions.limits import SPENDING_CAP_MAX
from submissions.models import Submission

_TASKS: Final = list(dict.fromkeys(slug for suite in SUITES.values() for slug in suite.slugs))
ID: Final = r"^[-a-zA-Z0-9_]{1,16}$"


class RunSerializer(StrictSerializer):
    """What a run asks, of which model, how, and for how much."""

    endpoint = serializers.RegexField(
        ID, required=False, help_text="Which of your endpoints is asked, by its id."
    )
    hub_model = serializers.RegexField(
        ID, required=False, help_text="Instead: which of your models our workers run, by its id."
    )
    release = ReleaseField(help_text="A release with contexts.")
    tasks = serializers.ListField(
        child=serializers.ChoiceField(choices=_TASKS),
        required=False,
        help_text="All that can be asked where none is named; only all of them are ranked.",
    )
    prompt_set = serializers.RegexField(
        r"^[^\u0000]*$",
        max_length=120,
        required=False,
        help_text="Left out, the portal's own for how the model is asked.",
    )
    policy = serializers.ChoiceField(
        choices=sorted(POLICIES),
        default=MIDDLE,
        help_text="How prompts that are too long are cut.",
    )
    is_auto_fit = serializers.BooleanField(
        required=False,
        help_text="Of an endpoint, and true where left out: cut once more where the server says "
        "that a prompt is still too long.",
    )
    model = NameField(
        required=False, help_text="The model's name; entered as yours if you have none of it."
    )
    model_slug = serializers.SlugField(
        max_length=140, required=False, help_text="Instead of a name: a model that is there."
    )
    shared_with = OrganizationField(
        required=False, help_text="An organization of yours, whose model of that name it is."
    )
    visibility = serializers.ChoiceField(
        choices=Submission.Visibility.choices, default=Submission.Visibility.PRIVATE
    )
    spending_cap = PriceField(
        most=SPENDING_CAP_MAX,
        required=False,
        allow_null=True,
        help_text="US dollars by an endpoint's prices; the run pauses before it costs more.",
    )
    dry_run = serializers.BooleanField(default=False, help_text="Estimate and store nothing.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Ask for one model, and for one thing that answers."""
        if ("endpoint" in attrs) == ("hub_model" in attrs):
            text = "Name one of your endpoints, or a model that our workers run."
            raise serializers.ValidationError({"endpoint": [text]})
        if bool(attrs.get("model")) == bool(attrs.get("model_slug")):
            raise serializers.ValidationError({"model": ["Name the model, or give its slug."]})
        return attrs
