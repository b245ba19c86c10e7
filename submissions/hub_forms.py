"""The form of a model that our workers run; it checks shape and translates."""

from django import forms
from django.utils.translation import gettext_lazy as _

from submissions.form_fields import CountField
from submissions.hub_models import REVISION, HubModelFacts
from submissions.limits import REPOSITORY_CHARS
from submissions.models import HubModel


class HubModelForm(forms.Form):
    """What its owner says of a model; everything else is read from its files."""

    repository = forms.CharField(
        max_length=REPOSITORY_CHARS,
        label=_("Repository"),
        help_text=_("Of the Hugging Face Hub, as org/name; or of this site’s own folder."),
    )
    revision = forms.RegexField(
        REVISION,
        initial="main",
        label=_("Revision"),
        help_text=_("A branch, tag or commit; it is resolved to a commit now and stays there."),
    )
    mode = forms.ChoiceField(
        choices=HubModel.Mode.choices,
        initial=HubModel.Mode.CHAT,
        widget=forms.RadioSelect,
        label=_("It is asked by"),
    )
    context_tokens = CountField(
        required=False,
        label=_("Context length in tokens"),
        help_text=_(
            "Prompts that are longer are cut in the middle. As long as its config.json allows "
            "where this is empty."
        ),
    )

    def facts(self) -> HubModelFacts:
        """What was said."""
        data = self.cleaned_data
        return HubModelFacts(
            repository=data["repository"].strip(),
            revision=data["revision"],
            mode=data["mode"],
            context_tokens=data["context_tokens"] or None,
        )
