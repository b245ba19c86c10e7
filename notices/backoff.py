"""When something that did not arrive is tried again."""

from datetime import datetime, timedelta
from typing import Final

# After the first try, the second … ; in all two days and a half.
WAITS: Final = (
    timedelta(seconds=30),
    timedelta(minutes=2),
    timedelta(minutes=10),
    timedelta(hours=1),
    timedelta(hours=4),
    timedelta(hours=12),
    timedelta(hours=24),
    timedelta(hours=24),
)
# Longer than any try takes; then another worker may try.
CLAIM: Final = timedelta(minutes=5)


def next_try(attempts: int, *, now: datetime) -> datetime | None:
    """When to try again after so many attempts; None: give up."""
    return now + WAITS[attempts - 1] if attempts <= len(WAITS) else None
