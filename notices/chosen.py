"""Which notices a person wants by mail; a webhook has its own list."""

from typing import Final

from accounts.models import User
from notices.models import Choice, Kind

OFFERED: Final = (Kind.SCORED, Kind.FAILED, Kind.PUBLISHED, Kind.RUN_PAUSED)
# Of what the person did a moment ago, a mail says nothing new.
DEFAULTS: Final = (Kind.SCORED, Kind.FAILED, Kind.RUN_PAUSED)


def mail_kinds(person: User) -> list[str]:
    """What the person gets by mail."""
    chosen = Choice.objects.filter(user=person).first()
    return list(chosen.mail_kinds) if chosen else [kind.value for kind in DEFAULTS]


def choose_mail(person: User, kinds: list[str]) -> None:
    """Keep what the person chose."""
    Choice.objects.update_or_create(user=person, defaults={"mail_kinds": kinds})
