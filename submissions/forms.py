"""The forms of the pages: they check shape and translate; the rooms behind them hold the rules."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from submissions.access import submittable_models
from submissions.entries import ModelFacts
from submissions.form_fields import FilesField, FilesInput, ModelFields, ReadingFields, choices_of
from submissions.models import ModelEntry, Release, Submission
from submissions.receive import UploadOptions


class SubmitForm(ReadingFields, ModelFields):
    """An upload, whose predictions it is, and who may see it."""

    # The files come first, then what its bases ask.
    field_order = ("files",)
    # The metaclass takes fields off the class, so this does not hide BaseForm.files.
    files = FilesField(  # type: ignore[assignment]
        label=_("Prediction files"),
        widget=FilesInput({"multiple": True, "accept": ".jsonl,.json,.gz,.tgz,.zip,.tar"}),
        help_text=_("preds_<task>.jsonl, also as .gz, or a .zip or .tar.gz of them."),
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
        self.suite, self.owner, self.needs_model = suite, owner, not is_check
        choices_of(self, "release").queryset = Release.objects.filter(suite=suite)
        choices_of(self, "model").queryset = submittable_models(owner)

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
