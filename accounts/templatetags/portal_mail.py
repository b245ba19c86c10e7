"""Until when a link that is sent now works, in words."""

from datetime import timedelta

from allauth.account import app_settings
from django import template
from django.conf import settings
from django.utils import timezone

register = template.Library()


def _in(span: timedelta) -> str:
    return f"{timezone.now() + span:%Y-%m-%d %H:%M}"


@register.simple_tag
def expires() -> str:
    """When a confirmation link that is sent now stops to work."""
    return _in(timedelta(days=app_settings.EMAIL_CONFIRMATION_EXPIRE_DAYS))


@register.simple_tag
def confirmation_days() -> int:
    """For how many days a confirmation link works."""
    return int(app_settings.EMAIL_CONFIRMATION_EXPIRE_DAYS)


@register.simple_tag
def reset_expires() -> str:
    """When a link to a new password that is sent now stops to work."""
    return _in(timedelta(seconds=settings.PASSWORD_RESET_TIMEOUT))
