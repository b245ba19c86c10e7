"""The forms of endpoints and hosted runs; they check shape and translate."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, cast

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.names import refuse_hidden
from scoring import SUITES
from scoring.truncation import MIDDLE, MIDDLE_CONTEXT_FIXED
from submissions.access import submittable_models
from submissions.endpoints import API_VERSION, KEY, TOKENIZER, EndpointFacts
from submissions.entries import ModelFacts
from submissions.form_fields import CountField
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
    SPENDING_CAP_MAX,
)
from submissions.models import Endpoint, HubModel, ModelEntry, Release, Submission
from submissions.prompt_sets import find_prompt_set, fitting_prompt_set, prompt_sets
from submissions.sealing import Secret


class EndpointForm(forms.Form):
    """What its owner says of an endpoint.  The key is only ever written."""

    name = forms.CharField(
        max_length=ENDPOINT_NAME_CHARS,
        label=_("Name"),
        help_text=_("For yourself; others do not see it."),
    )
    base_url = forms.CharField(
        max_length=ENDPOINT_URL_CHARS,
        label=_("Base address"),
        help_text=_("Such as https://api.example.org/v1; /chat/completions is added."),
    )
    model_name = forms.CharField(
        max_length=ENDPOINT_MODEL_CHARS, label=_("Model"), help_text=_("As the server calls it.")
    )
    key = forms.RegexField(
        KEY,
        max_length=ENDPOINT_KEY_CHARS,
        required=False,
        error_messages={"invalid": _("A key is ASCII without spaces or line ends.")},
        label=_("Key"),
        widget=forms.PasswordInput({"autocomplete": "off"}),
        help_text=_("Stored encrypted, sent to this address only, and never shown again."),
    )
    style = forms.ChoiceField(
        choices=Endpoint.Style.choices,
        initial=Endpoint.Style.OPENAI,
        widget=forms.RadioSelect,
        label=_("It speaks like"),
    )
    api_version = forms.RegexField(
        API_VERSION,
        max_length=ENDPOINT_VERSION_CHARS,
        required=False,
        label=_("API version (Azure)"),
    )
    mode = forms.ChoiceField(
        choices=Endpoint.Mode.choices,
        initial=Endpoint.Mode.CHAT,
        widget=forms.RadioSelect,
        label=_("It is asked by"),
    )
    context_tokens = CountField(
        most=ENDPOINT_TOKENS_MAX,
        label=_("Context length in tokens"),
        help_text=_("Prompts that are longer are cut in the middle. Such as 128K."),
    )
    tokenizer = forms.RegexField(
        TOKENIZER,
        label=_("Tokenizer for counting"),
        initial="estimate-1",
        help_text=_(
            "A Hugging Face repository at a commit, org/name@40 hexadecimal digits; or "
            "estimate-1, which is an estimate and counts more tokens than most models do."
        ),
        error_messages={"invalid": _("Write org/name@commit, or estimate-1.")},
    )
    requests_per_minute = forms.IntegerField(
        min_value=1,
        max_value=ENDPOINT_REQUESTS_MAX,
        required=False,
        label=_("Requests per minute, at most"),
    )
    tokens_per_minute = CountField(
        most=ENDPOINT_TOKENS_MAX, required=False, label=_("Tokens per minute, at most")
    )
    concurrency = forms.IntegerField(
        min_value=1, max_value=ENDPOINT_AT_ONCE_MAX, initial=4, label=_("Requests at once, at most")
    )
    price_in = forms.DecimalField(
        min_value=0,
        max_value=ENDPOINT_PRICE_MAX,
        decimal_places=4,
        initial=0,
        label=_("US dollars per million tokens read"),
    )
    price_out = forms.DecimalField(
        min_value=0,
        max_value=ENDPOINT_PRICE_MAX,
        decimal_places=4,
        initial=0,
        label=_("US dollars per million tokens written"),
    )

    def __init__(
        self, data: Mapping[str, Any] | None = None, *, endpoint: Endpoint | None = None
    ) -> None:
        """Begin with what is known of an endpoint, but for its key."""
        names = EndpointFacts.__dataclass_fields__
        initial = {name: _plain(getattr(endpoint, name)) for name in names} if endpoint else {}
        super().__init__(data, initial=initial, label_suffix="")

    def facts(self) -> EndpointFacts:
        """What was said."""
        names = EndpointFacts.__dataclass_fields__
        return EndpointFacts(**{name: self.cleaned_data[name] for name in names})

    def secret(self) -> Secret | None:
        """The key, if one was entered."""
        text = self.cleaned_data["key"]
        return Secret(text) if text else None


def _plain(value: Any) -> Any:
    """A price as a person writes it: 2.5, where the database says 2.5000."""
    return f"{value.normalize():f}" if isinstance(value, Decimal) else value


class RunForm(forms.Form):
    """What a run asks, of which model, how, and for how much."""

    release = forms.ModelChoiceField(
        queryset=Release.objects.none(),
        to_field_name="name",
        empty_label=None,
        label=_("Release of the data"),
    )
    tasks = forms.MultipleChoiceField(
        choices=[],
        required=False,
        widget=forms.CheckboxSelectMultiple,
        label=_("Tasks"),
        help_text=_("All of them where none is chosen. Only a run of all tasks is ranked."),
    )
    prompt_set = forms.ChoiceField(choices=[], label=_("Prompts"))
    policy = forms.ChoiceField(
        choices=[
            (MIDDLE, _("middle: the benchmark’s own way, first and last half of the whole prompt")),
            (
                MIDDLE_CONTEXT_FIXED,
                _("middle-context-fixed: one window of each context for all its questions"),
            ),
        ],
        initial=MIDDLE,
        widget=forms.RadioSelect,
        label=_("Prompts that are too long are cut by"),
    )
    is_auto_fit = forms.BooleanField(
        required=False,
        initial=True,
        label=_("Cut once more where the server says that a prompt is still too long"),
    )
    model = forms.ModelChoiceField(
        queryset=ModelEntry.objects.none(),
        required=False,
        to_field_name="slug",
        empty_label=_("A new model"),
        label=_("Model on the board"),
    )
    name = forms.CharField(
        max_length=120,
        required=False,
        validators=[refuse_hidden],
        label=_("Name of a new model"),
    )
    visibility = forms.ChoiceField(
        choices=Submission.Visibility.choices, initial="private", label=_("Visibility")
    )
    spending_cap = forms.DecimalField(
        min_value=0,
        max_value=SPENDING_CAP_MAX,
        decimal_places=2,
        required=False,
        label=_("Spending cap in US dollars"),
        help_text=_("The run pauses before it could cost more, by the prices that you gave."),
    )

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        asked: Endpoint | HubModel,
        owner: User,
        suite: str,
    ) -> None:
        """Offer what can be asked about, and the owner's models."""
        fitting = fitting_prompt_set(is_chat=asked.is_chat)
        super().__init__(data, initial={"prompt_set": fitting}, label_suffix="")
        self.asked, self.owner, self.suite = asked, owner, suite
        if isinstance(asked, HubModel):
            # What we run ourselves counts as we do, and costs its owner nothing.
            del self.fields["is_auto_fit"], self.fields["spending_cap"]
        releases = Release.objects.filter(suite=suite).exclude(tasks__item_set__source_path="")
        cast("forms.ModelChoiceField[Any]", self.fields["release"]).queryset = releases.distinct()
        models = cast("forms.ModelChoiceField[Any]", self.fields["model"])
        models.queryset = submittable_models(owner)
        cast(forms.ChoiceField, self.fields["prompt_set"]).choices = [
            (one.name, one.label) for one in prompt_sets(suite)
        ]
        cast(forms.ChoiceField, self.fields["tasks"]).choices = [
            (task.slug, task.name) for task in SUITES[suite].tasks
        ]

    def clean(self) -> dict[str, Any]:
        """Ask for one model: a known one, or a new one by name."""
        data = super().clean() or self.cleaned_data
        if bool(data.get("model")) == bool(data.get("name")):
            self.add_error("name", gettext("Choose one of your models, or name a new one."))
        if data.get("spending_cap") == 0:
            self.add_error("spending_cap", gettext("Leave this empty for a run without a cap."))
        return data

    def model_or_facts(self) -> ModelEntry | ModelFacts:
        """The chosen model, or the new one's name."""
        chosen: ModelEntry | None = self.cleaned_data["model"]
        return chosen or ModelFacts(name=self.cleaned_data["name"])

    def plan(self) -> dict[str, Any]:
        """Everything of a RunPlan but its model."""
        data = self.cleaned_data
        return {
            **self._answering(),
            "release": data["release"],
            "tasks": data["tasks"],
            "prompt_set": find_prompt_set(self.suite, data["prompt_set"]),
            "policy": data["policy"],
            "is_auto_fit": data.get("is_auto_fit", False),
            "visibility": data["visibility"],
            "spending_cap": data.get("spending_cap"),
        }

    def _answering(self) -> dict[str, Endpoint | HubModel]:
        kind = "hub_model" if isinstance(self.asked, HubModel) else "endpoint"
        return {kind: self.asked}
