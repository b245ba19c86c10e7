"""Asks for something again and again until it stands still."""

import time
from collections.abc import Callable, Container
from typing import Final, TypeVar

from ibench.errors import StillOpen

T = TypeVar("T")
# How often is asked: at first each second, in the end every ten.
_PAUSE_SECONDS: Final = 1.0
_PAUSE_MAX_SECONDS: Final = 10.0


def wait_while(
    look: Callable[[], tuple[T, str]],
    are_open: Container[str],
    *,
    what: str,
    go_on: str,
    timeout_seconds: float | None,
    on_change: Callable[[T], None] | None = None,
) -> T:
    """What `look` gives with a status that is none of the open ones.

    Args:
        look: asks, and gives what it found and that one's status.
        are_open: the statuses that will change.
        what: is waited for, in the words of an error.
        go_on: the command that waits on, in the words of an error.
        timeout_seconds: None waits for ever.
        on_change: called with what was found whenever its status is another one.

    Raises:
        StillOpen: if that took longer than `timeout_seconds`.
    """
    deadline = None if timeout_seconds is None else time.monotonic() + timeout_seconds
    pause, seen = _PAUSE_SECONDS, ""
    while True:
        one, status = look()
        if on_change is not None and status != seen:
            on_change(one)
        seen = status
        if seen not in are_open:
            return one
        if deadline is not None and time.monotonic() + pause > deadline:
            raise StillOpen(f"{what} is still {seen}.", fix=f"Wait on: {go_on}")
        time.sleep(pause)
        pause = min(pause * 1.25, _PAUSE_MAX_SECONDS)
