"""How forms and headings that a library wrote look among our own."""

from django import template
from django.forms import BoundField
from django.utils.safestring import SafeString
from django.utils.translation import gettext

register = template.Library()


@register.filter
def bare(field: BoundField) -> SafeString:
    """A field without a placeholder: its label says the same, and stays when somebody types."""
    return field.as_widget(attrs={"placeholder": False})


@register.filter
def account_label(field: BoundField) -> str:
    """A field's label: one word for mail addresses on all pages, and no capitals inside."""
    if field.name in ("email", "login"):
        return gettext("E-mail address")
    return sentence_case(str(field.label))


@register.filter
def sentence_case(text: str) -> str:
    """A heading as ours are written: Two-factor authentication, not Two-Factor Authentication."""
    text = text.strip()
    return text[:1] + text[1:].lower()
