"""The forms of the wizard's steps; each checks shape and translates."""

from collections.abc import Mapping
from typing import Any, cast

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.names import refuse_hidden
from submissions.access import submittable_models
from submissions.declarations import DECLARATION_NOTE_CHARS, DECLARATIONS
from submissions.drafts import FACTS
from submissions.forms import CountField, FilesField, FilesInput
from submissions.models import Draft, ModelEntry, Release, Submission


class ModelForm(forms.Form):
    """Whose predictions they are: one of the models that the owner may use, or a new one."""

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
        widget=forms.RadioSelect,
        required=False,
        label=_("Weights"),
    )

    def __init__(self, data: Mapping[str, Any] | None = None, *, draft: Draft) -> None:
        """Begin with what the draft says; a known model keeps its own facts."""
        initial = {"weights": "closed"} | draft.facts
        if draft.model is not None:
            initial["model"] = draft.model.slug
        super().__init__(data, initial=initial, label_suffix="")
        field = cast("forms.ModelChoiceField[Any]", self.fields["model"])
        field.queryset = submittable_models(draft.owner)

    def clean(self) -> dict[str, Any]:
        """Ask for one model: a known one, or a new one with its name."""
        data = super().clean() or self.cleaned_data
        name, chosen = data.get("name"), data.get("model")
        if chosen and name:
            self.add_error("name", gettext("Leave this empty, or choose a new model above."))
        if not chosen and not name and not {"model", "name"} & set(self.errors):
            self.add_error("name", gettext("Name the model, or choose one of yours above."))
        return data

    def facts(self) -> dict[str, Any]:
        """What was said of a new model."""
        closed = {"weights": self.cleaned_data["weights"] or "closed"}
        return {name: self.cleaned_data[name] for name in FACTS} | closed


class ProtocolForm(forms.Form):
    """How the predictions were made: the release, the declarations, the option."""

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
    note = forms.CharField(
        max_length=2000,
        required=False,
        label=_("Note"),
        widget=forms.Textarea({"rows": 3}),
        help_text=_("Shown on the submission’s page: whatever else a reader should know."),
    )

    def __init__(self, data: Mapping[str, Any] | None = None, *, draft: Draft) -> None:
        """Add a question and a line for each declaration."""
        initial = draft.declared | {
            "release": draft.release.name if draft.release else "",
            "drop_first_number": draft.drop_first_number,
            "note": draft.note,
        }
        super().__init__(data, initial=initial, label_suffix="")
        for one in DECLARATIONS:
            self.fields[one.slug] = forms.ChoiceField(
                choices=list(one.choices.items()), widget=forms.RadioSelect, label=str(one.title)
            )
            self.fields[f"{one.slug}_note"] = forms.CharField(
                max_length=DECLARATION_NOTE_CHARS, required=False, label=str(one.note)
            )
        field = cast("forms.ModelChoiceField[Any]", self.fields["release"])
        field.queryset = Release.objects.filter(suite=draft.suite)

    @property
    def declarations(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        """Each question with its line."""
        return [(self[one.slug], self[f"{one.slug}_note"]) for one in DECLARATIONS]

    def values(self) -> dict[str, Any]:
        """What the draft keeps."""
        data = self.cleaned_data
        names = [name for one in DECLARATIONS for name in (one.slug, f"{one.slug}_note")]
        declared = {name: data[name] for name in names if data[name]}
        own = {name: data[name] for name in ("release", "drop_first_number", "note")}
        return own | {"declared": declared}


class UploadForm(forms.Form):
    """The files."""

    # The metaclass takes fields off the class, so this does not hide BaseForm.files.
    files = FilesField(  # type: ignore[assignment]
        label=_("Prediction files"),
        widget=FilesInput({"multiple": True, "accept": ".jsonl,.json,.gz,.tgz,.zip,.tar"}),
        help_text=_("preds_<task>.jsonl, also as .gz, or a .zip or .tar.gz of them."),
    )

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        files: "MultiValueDict[str, UploadedFile[Any]] | None" = None,
    ) -> None:
        """Take what was sent."""
        super().__init__(data, files, label_suffix="")

    def named_files(self) -> list[tuple[str, Any]]:
        """The uploaded files by name."""
        return [(file.name, file) for file in self.cleaned_data["files"]]


class ReviewForm(forms.Form):
    """Who may see it, in plain words."""

    visibility = forms.ChoiceField(
        choices=[
            ("public", _("Public: everybody sees it, and it stands on the board")),
            ("unlisted", _("Unlisted: whoever has its link sees it; it is listed nowhere")),
            ("private", _("Private: only you and the organizers see it")),
        ],
        widget=forms.RadioSelect,
        label=_("Who may see it"),
        help_text=_(
            "You can publish it later, and undo publishing for 24 hours. Predictions cannot be "
            "changed once they are sent; a submission can be withdrawn, which leaves a note."
        ),
    )

    def __init__(self, data: Mapping[str, Any] | None = None, *, draft: Draft) -> None:
        """Begin with what the draft says."""
        super().__init__(data, initial={"visibility": draft.visibility}, label_suffix="")

    def visibility_chosen(self) -> str:
        """The choice."""
        return str(Submission.Visibility(self.cleaned_data["visibility"]))
