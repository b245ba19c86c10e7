"""What all workers together may ask of one endpoint, kept in a Redis-protocol server.

Requests and tokens have a pace and a window.  The pace spreads them evenly; the window makes it
exact: in any 60 seconds no more than the limit goes out.  How many are in flight grows with each
success and is halved when the server says that it is too much (AIMD).  Each decision is one Lua
script, so it is atomic, and it uses the server's clock, so workers' clocks do not matter.
"""

import logging
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Final, Protocol

from redis import RedisError

logger = logging.getLogger(__name__)

# Less than the limit by so much, and a window a little longer than the limit's minute: what leaves
# us evenly may arrive less so.
_PACE: Final = 0.97
_WINDOW_SECONDS: Final = 61.0
# How much may go out at once after a pause, in seconds' worth of the pace.
_BURST_SECONDS: Final = 0.5
# Nothing of an endpoint that nobody asks any more stays for ever.
_KEEP_SECONDS: Final = 3600

_HEAD: Final = """
local state, sent, costs, flying = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local time = redis.call('TIME')
local now = tonumber(time[1]) + tonumber(time[2]) / 1e6
local function number(name, default)
  return tonumber(redis.call('HGET', state, name) or default)
end
local function keep()
  for _, key in ipairs(KEYS) do redis.call('EXPIRE', key, KEEP) end
end
""".replace("KEEP", str(_KEEP_SECONDS))

_ADMIT: Final = (
    _HEAD
    + """
local id, cost, most = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])
local per_minute, tokens_per_minute = tonumber(ARGV[4]), tonumber(ARGV[5])
local lease, window, burst = tonumber(ARGV[6]), tonumber(ARGV[7]), tonumber(ARGV[8])
redis.call('ZREMRANGEBYSCORE', flying, '-inf', now)
local blocked = number('blocked_until', 0) - now
if blocked > 0 then return {'wait', tostring(blocked)} end
local width = math.min(math.max(number('width', math.ceil(most / 2)), 1), most)
if redis.call('ZCARD', flying) >= math.floor(width) then return {'full', '0'} end
local used = number('used', 0)
for _, old in ipairs(redis.call('ZRANGEBYSCORE', sent, '-inf', now - window)) do
  used = used - tonumber(redis.call('HGET', costs, old) or 0)
  redis.call('HDEL', costs, old)
  redis.call('ZREM', sent, old)
end
local count = redis.call('ZCARD', sent)
if count == 0 then used = 0 end
redis.call('HSET', state, 'used', tostring(used))
local wait = 0
local function oldest_leaves()
  local oldest = redis.call('ZRANGE', sent, 0, 0, 'WITHSCORES')
  return tonumber(oldest[2]) + window - now
end
if per_minute > 0 then
  wait = math.max(wait, number('next_request', 0) - burst - now)
  if count >= per_minute then wait = math.max(wait, oldest_leaves()) end
end
if tokens_per_minute > 0 then
  wait = math.max(wait, number('next_token', 0) - burst - now)
  if count > 0 and used + cost > tokens_per_minute then wait = math.max(wait, oldest_leaves()) end
end
if wait > 0 then return {'wait', tostring(wait)} end
if per_minute > 0 then
  local next = math.max(number('next_request', 0), now) + 60 / (per_minute * PACE)
  redis.call('HSET', state, 'next_request', tostring(next))
end
if tokens_per_minute > 0 then
  local next = math.max(number('next_token', 0), now) + cost * 60 / (tokens_per_minute * PACE)
  redis.call('HSET', state, 'next_token', tostring(next))
end
if per_minute > 0 or tokens_per_minute > 0 then
  redis.call('ZADD', sent, now, id)
  redis.call('HSET', costs, id, cost)
  redis.call('HSET', state, 'used', tostring(used + cost))
end
redis.call('ZADD', flying, now + lease, id)
keep()
return {'go', tostring(width)}
""".replace("PACE", str(_PACE))
)

_SETTLE: Final = (
    _HEAD
    + """
local id, outcome, actual = ARGV[1], ARGV[2], tonumber(ARGV[3])
local most, tokens_per_minute, wait = tonumber(ARGV[4]), tonumber(ARGV[5]), tonumber(ARGV[6])
redis.call('ZREM', flying, id)
local reserved = tonumber(redis.call('HGET', costs, id) or -1)
if actual >= 0 and reserved >= 0 then
  redis.call('HSET', costs, id, actual)
  redis.call('HSET', state, 'used', tostring(number('used', 0) + actual - reserved))
  if tokens_per_minute > 0 then
    local next = number('next_token', 0) + (actual - reserved) * 60 / (tokens_per_minute * PACE)
    redis.call('HSET', state, 'next_token', tostring(next))
  end
end
local width = math.min(math.max(number('width', math.ceil(most / 2)), 1), most)
local failures = number('failures', 0)
if outcome == 'success' then
  width = math.min(most, width + 1 / width)
  failures = 0
elseif outcome == 'failure' or outcome == 'limit' then
  if outcome == 'failure' then failures = failures + 1 end
  -- Those in flight together fail together: that is one sign and not many.
  if now - number('cut_at', 0) > 1 then
    width = math.max(1, width / 2)
    redis.call('HSET', state, 'cut_at', tostring(now))
  end
end
if wait > 0 then
  local until_ = math.max(number('blocked_until', 0), now + wait)
  redis.call('HSET', state, 'blocked_until', tostring(until_))
end
redis.call('HSET', state, 'width', tostring(width), 'failures', failures)
keep()
return {failures, tostring(width)}
""".replace("PACE", str(_PACE))
)


_RENEW: Final = (
    _HEAD
    + """
for index = 2, #ARGV do
  redis.call('ZADD', flying, 'XX', now + tonumber(ARGV[1]), ARGV[index])
end
keep()
return {0, 0}
"""
)


class Redis(Protocol):
    """What is needed of a client of a Redis-protocol server."""

    def eval(self, script: str, numkeys: int, *keys_and_args: Any) -> Any:
        """Run a Lua script."""

    def hdel(self, name: str, *keys: str) -> Any:
        """Forget fields of a hash."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What an endpoint's owner says that it takes; None: no limit is known."""

    concurrency: int
    requests_per_minute: int | None = None
    tokens_per_minute: int | None = None


@dataclass(frozen=True, slots=True)
class Ticket:
    """The right to send one request now."""

    id: str


class Throttle:
    """The door that every request to one endpoint goes through, whichever worker sends it."""

    def __init__(self, redis: Redis, *, prefix: str, limits: Limits, lease_seconds: float) -> None:
        """Share what is asked under `prefix`; a ticket of a dead worker ends after its lease."""
        self._redis, self._limits, self._lease_seconds = redis, limits, lease_seconds
        self._keys = [f"{prefix}{name}" for name in ("state", "sent", "costs", "flying")]

    def admit(self, tokens: int) -> Ticket | float:
        """Ask to send a prompt of so many tokens, the room for its answer among them.

        Returns:
            A ticket, or how many seconds to wait; 0 when only the end of another request helps.
        """
        limits, ticket = self._limits, Ticket(secrets.token_hex(8))
        word, value = self._eval(
            _ADMIT,
            ticket.id,
            tokens,
            limits.concurrency,
            limits.requests_per_minute or 0,
            limits.tokens_per_minute or 0,
            self._lease_seconds,
            _WINDOW_SECONDS,
            _BURST_SECONDS,
        )
        return ticket if word == "go" else float(value)

    def succeeded(self, ticket: Ticket, *, tokens: int | None, wait_seconds: float = 0.0) -> None:
        """Note an answer, the tokens that it took by the server's count, and a wait it asks for."""
        self._settle(ticket, "success", tokens, wait_seconds)

    def failed(self, ticket: Ticket, *, wait_seconds: float = 0.0) -> int:
        """Note a failure of the server.

        Returns:
            How many came in a row, over all workers.
        """
        return self._settle(ticket, "failure", None, wait_seconds)

    def limited(self, ticket: Ticket, *, wait_seconds: float) -> None:
        """Note that the server says we ask too often."""
        self._settle(ticket, "limit", None, wait_seconds)

    def dropped(self, ticket: Ticket) -> None:
        """Note that a request ended without telling anything of the server."""
        self._settle(ticket, "dropped", None, 0.0)

    @property
    def lease_seconds(self) -> float:
        """How long a ticket counts as in flight when nobody renews it."""
        return self._lease_seconds

    def renew(self, tickets: Collection[Ticket]) -> None:
        """Say that these are still in flight; those of a dead worker end with their lease."""
        try:
            self._eval(_RENEW, self._lease_seconds, *(ticket.id for ticket in tickets))
        except RedisError as error:
            logger.warning("an endpoint's tickets could not be renewed: %s", error)

    def forget_failures(self) -> None:
        """Begin anew after somebody mended what was wrong."""
        self._redis.hdel(self._keys[0], "failures", "blocked_until")

    def _settle(self, ticket: Ticket, outcome: str, tokens: int | None, wait: float) -> int:
        limits = self._limits
        try:
            failures, _ = self._eval(
                _SETTLE,
                ticket.id,
                outcome,
                -1 if tokens is None else tokens,
                limits.concurrency,
                limits.tokens_per_minute or 0,
                wait,
            )
        except RedisError as error:
            # An answer that came is worth more than this note of it; the ticket's lease ends.
            logger.warning("an endpoint's limits could not be updated: %s", error)
            return 0
        return int(failures)

    def _eval(self, script: str, *arguments: Any) -> tuple[Any, Any]:
        first, second = self._redis.eval(script, len(self._keys), *self._keys, *arguments)
        return (_text(first), _text(second))


def _text(value: Any) -> Any:
    return value.decode() if isinstance(value, bytes) else value
