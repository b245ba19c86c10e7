"""The forms of the pages: they check shape and translate; the rooms behind them hold the rules."""

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final, cast

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.names import refuse_hidden
from submissions.access import submittable_models
from submissions.entries import ModelFacts
from submissions.models import ModelEntry, Release, Submission
from submissions.receive import UploadOptions

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


class SubmitForm(forms.Form):
    """An upload, whose predictions it is, and who may see it."""

    # The metaclass takes fields off the class, so this does not hide BaseForm.files.
    files = FilesField(  # type: ignore[assignment]
        label=_("Prediction files"),
        widget=FilesInput({"multiple": True, "accept": ".jsonl,.json,.gz,.tgz,.zip,.tar"}),
        help_text=_("preds_<task>.jsonl, also as .gz, or a .zip or .tar.gz of them."),
    )
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
    visibility = forms.ChoiceField(
        choices=[
            ("public", _("Public: everybody sees it, and it stands on the board")),
            ("unlisted", _("Unlisted: whoever has its link sees it; it is listed nowhere")),
            ("private", _("Private: only you and the organizers see it")),
        ],
        initial="public",
        widget=forms.RadioSelect,
        label=_("Visibility"),
    )
    note = forms.CharField(
        max_length=2000,
        required=False,
        label=_("Note"),
        widget=forms.Textarea({"rows": 3}),
        help_text=_("Shown on the submission’s page: prompts, truncation, decoding, what differs."),
    )

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        files: "MultiValueDict[str, UploadedFile[Any]] | None" = None,
        *,
        suite: str,
        owner: User,
        is_check: bool = False,
    ) -> None:
        """Take what was sent; a check needs no model."""
        super().__init__(data, files, label_suffix="")
        self.suite, self.owner, self.is_check = suite, owner, is_check
        self._choices("release").queryset = Release.objects.filter(suite=suite)
        self._choices("model").queryset = submittable_models(owner)

    def _choices(self, name: str) -> "forms.ModelChoiceField[Any]":
        return cast("forms.ModelChoiceField[Any]", self.fields[name])

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
        if is_missing and not self.is_check:
            self.add_error("name", gettext("Name the model, or choose one of yours above."))
        return data

    def named_files(self) -> list[tuple[str, Any]]:
        """The uploaded files by name."""
        return [(file.name, file) for file in self.cleaned_data["files"]]

    def model_or_facts(self) -> ModelEntry | ModelFacts:
        """The chosen model, or what was said of a new one."""
        data = self.cleaned_data
        if data["model"]:
            return data["model"]  # type: ignore[no-any-return]
        return ModelFacts(
            name=data["name"],
            organization=data["organization"],
            link=data["link"],
            licence=data["licence"],
            parameters=data["parameters"],
            context_tokens=data["context_tokens"],
            weights=data["weights"],
        )

    def options(self) -> UploadOptions:
        """What the submitter says of the upload."""
        data = self.cleaned_data
        return UploadOptions(
            suite=self.suite,
            release=data["release"],
            drop_first_number=data["drop_first_number"],
            visibility=Submission.Visibility(data["visibility"]),
            note=data["note"],
        )
