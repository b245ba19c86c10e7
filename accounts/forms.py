"""The forms of the account pages."""

from datetime import timedelta
from typing import Final

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership, Scope
from accounts.names import refuse_hidden

_NEVER: Final = "never"
_LIFETIMES: Final = {
    "7": _("after 7 days"),
    "30": _("after 30 days"),
    "90": _("after 90 days"),
    "365": _("after a year"),
    _NEVER: _("never"),
}


class TokenForm(forms.Form):
    """What a token is for in its owner's words, what it may do, and until when."""

    name = forms.CharField(max_length=80, label=_("What is it for?"))
    scopes = forms.MultipleChoiceField(
        choices=Scope.choices,
        initial=[Scope.READ, Scope.SUBMIT],
        widget=forms.CheckboxSelectMultiple,
        label=_("What may it do?"),
        help_text=_("Give it no more than its script needs."),
    )
    lifetime = forms.ChoiceField(
        choices=list(_LIFETIMES.items()),
        initial="90",
        label=_("When does it expire?"),
    )

    def chosen_scopes(self) -> list[Scope]:
        """The scopes that were ticked."""
        return [Scope(value) for value in self.cleaned_data["scopes"]]

    def chosen_lifetime(self) -> timedelta | None:
        """How long it lasts; None for ever."""
        days = self.cleaned_data["lifetime"]
        return None if days == _NEVER else timedelta(days=int(days))


class OrganizationForm(forms.Form):
    """What an organization is called."""

    name = forms.CharField(
        max_length=80,
        validators=[refuse_hidden],
        label=_("Name"),
        help_text=_("Shown beside the models that it shares."),
    )


class RoleForm(forms.Form):
    """Which part a member has."""

    role = forms.ChoiceField(choices=Membership.Role.choices)


class InvitationForm(forms.Form):
    """Whom to invite, and as what."""

    email = forms.EmailField(label=_("E-mail address"), max_length=254)
    role = forms.ChoiceField(
        label=_("Role"),
        choices=[
            ("member", _("Member: sees and submits")),
            ("owner", _("Owner: also invites, shares, publishes and withdraws")),
        ],
        initial="member",
    )
