"""When to ask again what is away: a storage, or the Hugging Face Hub."""

import random
from datetime import datetime, timedelta

from django.db.models import Q

from submissions.limits import AWAY_SECONDS_FIRST, AWAY_SECONDS_LAST

# Where a clock was set back, a time further ahead than any wait would never come.
FURTHEST = timedelta(seconds=2 * AWAY_SECONDS_LAST)


def may_be_tried(now: datetime, *, furthest: timedelta = FURTHEST) -> Q:
    """Rows that wait for nothing that is away, or have done so for as long as they were to."""
    return Q(retry_at=None) | Q(retry_at__lte=now) | Q(retry_at__gt=now + furthest)


def next_try(
    away_since: datetime, *, now: datetime, patience: timedelta, at_least_seconds: float = 0.0
) -> datetime | None:
    """When to ask again, or None: it has been away for longer than `patience`.

    The wait grows with how long it has been away, and is random: what was refused at once does not
    come back at once.

    Args:
        away_since: the first of the failures in a row.
        now: the time of the latest.
        patience: for how long to go on.
        at_least_seconds: what it asked to wait itself.
    """
    elapsed = max(timedelta(0), now - away_since)
    most = min(AWAY_SECONDS_LAST, max(AWAY_SECONDS_FIRST, elapsed.total_seconds()))
    wait = max(at_least_seconds, random.uniform(most / 2, most))  # noqa: S311  Not a secret.
    again = elapsed + timedelta(seconds=wait)
    # What asks for more than is left is not asked again, and neither is one that had its time.
    return now + timedelta(seconds=wait) if again <= patience else None
