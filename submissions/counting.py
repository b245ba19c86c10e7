"""How many requests somebody may send in a minute, counted over all processes.

A shared cache that cannot be reached counts nothing: it never turns a good request away.
"""

import logging
from dataclasses import dataclass
from datetime import datetime

import redis
from django.core.cache import caches

logger = logging.getLogger(__name__)

WINDOW_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Allowance:
    """What is left of a window of `seconds`, and in how many it begins anew."""

    policy: str
    limit: int
    left: int
    seconds: int
    resets_in: int

    def policy_field(self) -> str:
        """As an item of `RateLimit-Policy`."""
        return f'"{self.policy}";q={self.limit};w={self.seconds}'

    def field(self) -> str:
        """As an item of `RateLimit`."""
        return f'"{self.policy}";r={max(0, self.left)};t={self.resets_in}'


def count_request(who: str, limit: int, *, now: datetime) -> Allowance:
    """Count one more request of `who` in the present minute; `left` is -1 if it is too many."""
    window, second = divmod(int(now.timestamp()), WINDOW_SECONDS)
    resets_in = WINDOW_SECONDS - second
    count = _count(f"{who}:{window}")
    return Allowance("minute", limit, max(-1, limit - count), WINDOW_SECONDS, resets_in)


def _count(key: str) -> int:
    """Raise a counter; a counter that nobody could reach stands at 0."""
    shared = caches["throttle"]
    try:
        shared.add(key, 0, timeout=2 * WINDOW_SECONDS)
        return shared.incr(key)
    except ValueError:
        # It expired or was pushed out between the two calls.
        return 1
    except (redis.RedisError, OSError) as error:
        logger.warning("requests are not counted: %s", error)
        return 0
