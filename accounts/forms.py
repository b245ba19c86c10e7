"""The form that names a new token."""

from django import forms


class TokenForm(forms.Form):
    """What a token is for, in its owner's words."""

    name = forms.CharField(max_length=80, label="What is it for?")
