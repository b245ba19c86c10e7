"""Fields that several forms share, and the parts of a submission that they ask for."""

import re
from decimal import Decimal
from typing import Any, Final, cast

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.names import refuse_hidden
from submissions.models import ModelEntry, Release

_SUFFIXES: Final = {"": 1, "K": 10**3, "M": 10**6, "B": 10**9, "T": 10**12}
_COUNT: Final = re.compile(r"(\d+(?:\.\d+)?)([KMBT]?)", re.ASCII)
_COUNT_MAX: Final = 2**62
_COUNT_CHARS: Final = 40


class CountField(forms.CharField):
    """A whole number as people write it: 7B, 128K, 7 000 000 000 or 1,000,000; at most `most`."""

    def __init__(self, *, most: int = _COUNT_MAX, **options: Any) -> None:
        super().__init__(**options)
        self.most = most

    def to_python(self, value: str | None) -> int | None:  # type: ignore[override]
        """Return the number, or None where nothing was written."""
        text = re.sub(r"[\s,_]", "", super().to_python(value) or "").upper()
        if not text:
            return None
        # A number that is longer is too large, and Decimal overflows at a million digits.
        match = _COUNT.fullmatch(text) if len(text) <= _COUNT_CHARS else None
        number = Decimal(match[1]) * _SUFFIXES[match[2]] if match else None
        if number is None or number != int(number) or not 0 < number <= self.most:
            raise forms.ValidationError(
                gettext("Write a whole number such as 7B, 128K or 7000000000.")
            )
        return int(number)


class FilesInput(forms.ClearableFileInput):
    """A file input that takes several files."""

    allow_multiple_selected = True


class FilesField(forms.FileField):
    """One or more uploaded files."""

    widget = FilesInput

    def clean(self, data: Any, _initial: Any = None) -> list["UploadedFile[Any]"]:
        """Return every file.  Empty ones pass: intake names them beside all other problems."""
        files = data if isinstance(data, list | tuple) else [data] if data else []
        if not files:
            raise forms.ValidationError(gettext("Choose at least one file."), code="required")
        return list(files)


class ReadingFields(forms.Form):
    """How the files are read: the release of the data, and the one option of the scorers."""

    release = forms.ModelChoiceField(
        queryset=Release.objects.none(),
        required=False,
        to_field_name="name",
        empty_label=_("Recognise it from the files"),
        label=_("Release of the data"),
        help_text=_(
            "The data exist in generations with other ids and questions. Ids, counts and "
            "ground truths in the files usually tell which one was used."
        ),
    )
    drop_first_number = forms.BooleanField(
        required=False,
        label=_("Math.Calc answers begin by repeating the first operand"),
        help_text=_(
            "Declare this if your model echoes the first number before its first result; "
            "the official scorers then leave that number out, as the authors did for GPT-4."
        ),
    )


class ModelFields(forms.Form):
    """Whose predictions they are: a model that is known, or a new one with its facts."""

    model = forms.ModelChoiceField(
        queryset=ModelEntry.objects.none(),
        required=False,
        to_field_name="slug",
        empty_label=_("A new model, described below"),
        label=_("Model"),
    )
    name = forms.CharField(
        max_length=120,
        required=False,
        validators=[refuse_hidden],
        label=_("Name of a new model"),
    )
    organization = forms.CharField(
        max_length=120, required=False, validators=[refuse_hidden], label=_("Organization")
    )
    link = forms.URLField(max_length=400, required=False, label=_("Link"), assume_scheme="https")
    licence = forms.CharField(max_length=80, required=False, label=_("Licence"))
    parameters = CountField(required=False, label=_("Parameters"), help_text=_("Such as 7B."))
    context_tokens = CountField(
        required=False, label=_("Context length in tokens"), help_text=_("Such as 128K.")
    )
    weights = forms.ChoiceField(
        choices=[("open", _("Open: anybody can download them")), ("closed", _("Closed"))],
        initial="closed",
        required=False,
        widget=forms.RadioSelect,
        label=_("Weights"),
    )

    # Whether a form asks for a model in any case.
    needs_model = True

    def clean_weights(self) -> str:
        """Closed where nothing was said."""
        return str(self.cleaned_data["weights"] or ModelEntry.Weights.CLOSED)

    def clean(self) -> dict[str, Any]:
        """Ask for one model: a known one, or a new one with its name."""
        data = super().clean() or self.cleaned_data
        name, chosen = data.get("name"), data.get("model")
        if chosen and name:
            self.add_error("name", gettext("Leave this empty, or choose a new model above."))
        is_missing = not chosen and not name and not {"model", "name"} & set(self.errors)
        if is_missing and self.needs_model:
            self.add_error("name", gettext("Name the model, or choose one of yours above."))
        return data


def choices_of(form: forms.Form, name: str) -> "forms.ModelChoiceField[Any]":
    """A form's own field of rows, whose rows it may narrow."""
    return cast("forms.ModelChoiceField[Any]", form.fields[name])
