"""How many trials of drafts a person may have in a day: slots taken under the person's lock."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from django.conf import settings
from django.utils.translation import gettext

from accounts.models import User
from submissions.models import TrialSlot

DAY: Final = timedelta(days=1)
_MINUTE: Final = "%Y-%m-%d %H:%M"


class TooManyTrials(Exception):
    """A person has had as many trials in 24 hours as one may; carries when the next is free."""

    def __init__(self, limit: int, *, again_at: datetime) -> None:
        super().__init__(
            f"{limit} trials were had in the last 24 hours, as many as one may; "
            f"the next is free after {again_at:{_MINUTE}} UTC"
        )
        self.limit = limit
        self.again_at = again_at

    def as_trial(self) -> dict[str, Any]:
        """What a draft keeps in the place of scores; `trial_reason` reads it."""
        return {
            "failed": str(self),
            "limit": self.limit,
            "again_at": self.again_at.isoformat(),
        }


def take_trial(person: User, *, now: datetime) -> None:
    """Count one more trial; call in a transaction, before it locks other rows.

    Raises:
        TooManyTrials: if that would be one too many; then nothing is counted.
    """
    # One after the other, so that the number holds.
    User.objects.select_for_update().get(pk=person.pk)
    limit = settings.TRIALS_PER_DAY
    counted = TrialSlot.objects.filter(user=person, taken_at__gt=now - DAY).order_by("taken_at")
    if (used := counted.count()) >= limit:
        # With a limit that was lowered, more than one has to pass; with none, none ever comes.
        first = counted.values_list("taken_at", flat=True)[used - limit] if limit else now
        raise TooManyTrials(limit, again_at=first + DAY)
    TrialSlot.objects.create(user=person, taken_at=now)


def forget_trials(*, now: datetime) -> None:
    """Delete slots that count no longer."""
    TrialSlot.objects.filter(taken_at__lte=now - DAY).delete()


def trial_reason(trial: Mapping[str, Any]) -> str:
    """Why a draft has no scores, as it was stored; of a quota in the reader's language."""
    if "again_at" not in trial:
        return str(trial.get("failed", ""))
    return gettext(
        "You had %(limit)s trials in the last 24 hours, as many as one may. The next is free after "
        "%(time)s UTC; send the files all the same, or upload them again then."
    ) % {"limit": trial["limit"], "time": f"{datetime.fromisoformat(trial['again_at']):{_MINUTE}}"}
