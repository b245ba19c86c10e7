"""What the API takes: every field is listed, and one that is not is refused."""

from collections.abc import Mapping
from typing import Any, Final

from django.conf import settings
from django.http import QueryDict
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail
from rest_framework.request import Request

from accounts.models import Organization
from accounts.names import HIDDEN
from scoring import SUITES
from submissions.access import submittable_models
from submissions.api.queries import refuse_unknown
from submissions.declarations import DECLARATION_NOTE_CHARS, DECLARATIONS
from submissions.entries import ModelFacts
from submissions.models import ModelEntry, Release, Submission

COUNT_MAX: Final = 2**62
# What a browser's form adds of its own.
_OF_FORMS: Final = frozenset({"csrfmiddlewaretoken"})
_NOT_OF_DRAFTS: Final = frozenset({"dry_run", "shared_with", "visibility"})
_LINK: Final = r"^https?://[^\s\u0000-\u001f\u0085<>\"\[\]]+$"
_TEXT: Final = r"^[^\u0000]*$"
# Something that Python does not take for white space, which it strips.
# Of a name, likewise, without what nobody sees.
_NAME: Final = rf"^[^{HIDDEN}]*[^\s{HIDDEN}\u00a0][^{HIDDEN}]*$"
NOT_BLANK: Final = r"^[^\u0000]*[^\s\u0000\u001c-\u001f\u0085\u00a0][^\u0000]*$"


class LineField(serializers.RegexField):
    """A text of one to `max_length` characters, with something in it."""

    def __init__(self, **options: Any) -> None:
        super().__init__(NOT_BLANK, **options)


class NameField(serializers.RegexField):
    """A name that others read: at most 120 characters, something in them, and nothing hidden."""

    def __init__(self, *, max_length: int = 120, **options: Any) -> None:
        super().__init__(_NAME, max_length=max_length, **options)


class TextField(serializers.RegexField):
    """A text that may be empty."""

    def __init__(self, **options: Any) -> None:
        super().__init__(_TEXT, allow_blank=True, **options)


def not_there(field: str, text: str) -> serializers.ValidationError:
    """What is said of a name that nothing has: the request is well formed and yet of no use."""
    return serializers.ValidationError({field: [ErrorDetail(text, code="does_not_exist")]})


class StrictSerializer(serializers.Serializer[Any]):
    """Refuses fields that it does not know: what nobody reads, nobody should believe was read."""

    def to_internal_value(self, data: Any) -> Any:
        """Look for what does not belong, then read what does."""
        if isinstance(data, Mapping):
            refuse_unknown(set(data) - _OF_FORMS, self.fields, kind="field")
            self._refuse_numbers(data)
        return super().to_internal_value(data)

    def _refuse_numbers(self, data: Mapping[str, Any]) -> None:
        """A number is no text, though it could be written as one."""
        texts = (
            name for name, one in self.fields.items() if isinstance(one, serializers.CharField)
        )
        wrong = [name for name in texts if isinstance(data.get(name), int | float)]
        if wrong:
            raise serializers.ValidationError({name: ["Write a text."] for name in wrong})


class ReleaseField(serializers.SlugRelatedField[Release]):
    """A release by its name."""

    def __init__(self, **options: Any) -> None:
        super().__init__(slug_field="name", queryset=Release.objects.all(), **options)

    def to_internal_value(self, data: Any) -> Release:
        """Find it; a NUL, which PostgreSQL refuses to look for, names none."""
        if not isinstance(data, str):
            self.fail("invalid")
        if "\0" in data:
            self.fail("does_not_exist", slug_name="name", value="that")
        return super().to_internal_value(data)


class OrganizationField(serializers.SlugRelatedField[Organization]):
    """One of the sender's organizations, by its address."""

    def __init__(self, **options: Any) -> None:
        super().__init__(slug_field="slug", queryset=Organization.objects.all(), **options)

    def run_validation(self, data: Any = serializers.empty) -> Any:
        """An empty text names none; it is not read as null."""
        if data == "":
            self.fail("does_not_exist", slug_name="slug", value="nothing")
        return super().run_validation(data)

    def get_queryset(self) -> Any:
        """Only those that the sender is a member of; others look as if they did not exist."""
        user = self.context["request"].user if "request" in self.context else None
        return Organization.objects.filter(members=user.pk if user else None)

    def to_internal_value(self, data: Any) -> Organization:
        """Find it; a NUL names none."""
        if not isinstance(data, str):
            self.fail("invalid")
        if "\0" in data:
            self.fail("does_not_exist", slug_name="slug", value="that")
        return super().to_internal_value(data)


class CountField(serializers.IntegerField):
    """A whole number from 1: a number and no text, except in a form, which holds nothing else."""

    def __init__(self, *, max_value: int = COUNT_MAX, **options: Any) -> None:
        super().__init__(min_value=1, max_value=max_value, **options)

    def to_internal_value(self, data: Any) -> Any:
        """The number."""
        sent = getattr(self.root, "initial_data", None)
        if isinstance(data, str) and not isinstance(sent, QueryDict):
            self.fail("invalid")
        return super().to_internal_value(data)


class FactsSerializer(StrictSerializer):
    """What is said of a model."""

    organization = serializers.RegexField(
        rf"^[^{HIDDEN}]*$",
        max_length=120,
        required=False,
        allow_blank=True,
        help_text="Who built it.",
    )
    link = serializers.RegexField(_LINK, max_length=400, required=False)
    licence = TextField(max_length=80, required=False)
    parameters = CountField(required=False)
    context_tokens = CountField(required=False)
    weights = serializers.ChoiceField(choices=ModelEntry.Weights.choices, required=False)


class ModelSerializer(FactsSerializer):
    """A new model."""

    name = NameField()
    shared_with = OrganizationField(
        required=False, help_text="An organization of yours, whose members it is for."
    )


class ModelChangeSerializer(FactsSerializer):
    """Changes of a model; what is left out stays."""

    name = NameField(required=False)
    shared_with = OrganizationField(
        required=False,
        allow_null=True,
        help_text="An organization of yours, whose members it is for; null: its owner alone.",
    )


class SubmitSerializer(FactsSerializer):
    """Uploads in parts, the model they are of, and what is said of them."""

    upload = serializers.ListField(
        child=serializers.RegexField(r"^[-a-zA-Z0-9_]{1,16}$"),
        required=False,
        allow_empty=False,
        help_text="Ids of finished uploads in parts; may be repeated, and stand beside files.",
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
    suite = serializers.ChoiceField(choices=list(SUITES), default=settings.DEFAULT_SUITE)
    release = ReleaseField(
        required=False, help_text="The release's name; left out, it is recognised from the files."
    )
    visibility = serializers.ChoiceField(
        choices=Submission.Visibility.choices, default=Submission.Visibility.PUBLIC
    )
    drop_first_number = serializers.BooleanField(
        default=False, help_text="Math.Calc answers begin with an echo of the first operand."
    )
    note = TextField(max_length=2000, required=False)
    dry_run = serializers.BooleanField(default=False, help_text="Check and store nothing.")

    def get_fields(self) -> dict[str, Any]:
        """A question and a line for each declaration, too."""
        fields: dict[str, Any] = super().get_fields()
        for one in DECLARATIONS:
            fields[one.slug] = serializers.ChoiceField(
                choices=[(slug, str(words)) for slug, words in one.choices.items()],
                required=False,
                help_text=f"Declared, and shown beside the scores: {one.title}.",
            )
            fields[f"{one.slug}_note"] = TextField(
                max_length=DECLARATION_NOTE_CHARS, required=False, help_text=f"{one.note}."
            )
        return fields

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Ask for predictions, and for one model."""
        missing = {}
        if not attrs.get("files") and not attrs.get("upload"):
            missing["files"] = ["Send files, or name finished uploads."]
        if not attrs.get("model") and not attrs.get("model_slug"):
            missing["model"] = ["Name the model."]
        if attrs.get("model") and attrs.get("model_slug"):
            missing["model_slug"] = ["Leave this out, or the name."]
        if missing:
            raise serializers.ValidationError(missing)
        return attrs


class UploadSerializer(SubmitSerializer):
    """The same with files, beside the uploads or in their place."""

    files = serializers.ListField(
        child=serializers.FileField(allow_empty_file=True),
        required=False,
        allow_empty=False,
        help_text="The predictions, as multipart/form-data; may be repeated.",
    )


class DraftSerializer(SubmitSerializer):
    """The same of a draft; who may see it is said when it is sent."""

    def get_fields(self) -> dict[str, Any]:
        """What a draft keeps."""
        fields = super().get_fields()
        return {name: one for name, one in fields.items() if name not in _NOT_OF_DRAFTS}


class DraftUploadSerializer(DraftSerializer, UploadSerializer):
    """The same with files."""


def declared_in(data: Mapping[str, Any]) -> dict[str, str]:
    """What was declared, without what was left open."""
    names = [name for one in DECLARATIONS for name in (one.slug, f"{one.slug}_note")]
    return {name: data[name] for name in names if data.get(name)}


def facts_of(data: Mapping[str, Any], name: str) -> ModelFacts:
    """What was said of a model, by the fields that FactsSerializer reads."""
    known = (*FactsSerializer().fields, "shared_with")
    return ModelFacts(name=name, **{key: data[key] for key in known if key in data})


def asked_model(request: Request, data: Mapping[str, Any]) -> ModelEntry | ModelFacts:
    """The model that `model_slug` names, or what is said of the one that `model` names.

    Raises:
        ValidationError: if the sender may not submit to a model of that slug, or there is none.
    """
    if slug := data.get("model_slug"):
        found = submittable_models(request.user).filter(slug=slug).first()
        if found is None:
            raise not_there("model_slug", "You have no such model.")
        return found
    return facts_of(data, data["model"])
