"""The forms of the account pages."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership


class TokenForm(forms.Form):
    """What a token is for, in its owner's words."""

    name = forms.CharField(max_length=80, label="What is it for?")


class OrganizationForm(forms.Form):
    """What an organization is called."""

    name = forms.CharField(
        max_length=80, label=_("Name"), help_text=_("Shown beside the models that it shares.")
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
