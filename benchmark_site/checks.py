"""System checks of our own: what must be true before the portal serves anybody."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register

from scoring import SCORERS, SUITES


@register(Tags.security, deploy=True)
def check_open_internet(**_kwargs: Any) -> list[CheckMessage]:
    """Refuse settings that only a development machine may have."""
    found: list[CheckMessage] = []
    if "*" in settings.ALLOWED_HOSTS:
        found.append(Error("ALLOWED_HOSTS admits every host", hint="Name them.", id="portal.E001"))
    return found


@register()
def check_defaults(**_kwargs: Any) -> list[CheckMessage]:
    """The suite and the scorer that the board opens with must exist."""
    found: list[CheckMessage] = []
    if settings.DEFAULT_SUITE not in SUITES:
        hint = f"One of: {', '.join(SUITES)}."
        found.append(
            Error(f"DEFAULT_SUITE is {settings.DEFAULT_SUITE!r}", hint=hint, id="portal.E002")
        )
    if settings.DEFAULT_SCORER not in SCORERS:
        hint = f"One of: {', '.join(SCORERS)}."
        found.append(
            Error(f"DEFAULT_SCORER is {settings.DEFAULT_SCORER!r}", hint=hint, id="portal.E003")
        )
    return found
