"""The forms of the notices' pages."""

from django import forms
from django.utils.translation import gettext_lazy as _

from notices.chosen import OFFERED
from outbound.addresses import URL_CHARS

_KINDS = [(kind.value, kind.label) for kind in OFFERED]


class MailForm(forms.Form):
    """What to be told by mail."""

    kinds = forms.MultipleChoiceField(
        label=_("Write to me when"),
        choices=_KINDS,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )


class WebhookForm(forms.Form):
    """Which address to call, and when."""

    url = forms.CharField(
        label=_("Address"),
        max_length=URL_CHARS,
        help_text=_("It is called with POST and JSON, over https."),
    )
    kinds = forms.MultipleChoiceField(
        label=_("Call it when"),
        choices=_KINDS,
        initial=[kind.value for kind in OFFERED],
        widget=forms.CheckboxSelectMultiple,
    )
