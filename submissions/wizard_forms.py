"""The forms of the wizard's steps; each checks shape and translates."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext_lazy as _

from submissions.access import submittable_models
from submissions.declarations import DECLARATION_NOTE_CHARS, DECLARATIONS
from submissions.drafts import FACTS
from submissions.form_fields import FilesField, FilesInput, ModelFields, ReadingFields, choices_of
from submissions.models import Draft, Release, Submission


class ModelForm(ModelFields):
    """Whose predictions they are: one of the models that the owner may use, or a new one."""

    def __init__(self, data: Mapping[str, Any] | None = None, *, draft: Draft) -> None:
        """Begin with what the draft says; a known model keeps its own facts."""
        initial = {"weights": "closed"} | draft.facts
        if draft.model is not None:
            initial["model"] = draft.model.slug
        super().__init__(data, initial=initial, label_suffix="")
        choices_of(self, "model").queryset = submittable_models(draft.owner)

    def facts(self) -> dict[str, Any]:
        """What was said of a new model."""
        return {name: self.cleaned_data[name] for name in FACTS}


class ProtocolForm(ReadingFields):
    """How the predictions were made: the release, the declarations, the option."""

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
        choices_of(self, "release").queryset = Release.objects.filter(suite=draft.suite)

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
