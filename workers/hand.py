"""What one worker has in hand of a run: shards, and the examples of them that are still to ask.

Questions on one context go out leader first: the others follow when it has ended, so that a server
that keeps what it has read reads the context once.
"""

import heapq
import random
import time
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import count

from scoring.truncation import Fitted
from submissions.limits import RETRY_SECONDS_FIRST, RETRY_SECONDS_LAST
from submissions.models import RunShard


@dataclass(slots=True, eq=False)
class Item:
    """One example to ask."""

    shard: RunShard
    position: int
    followers: list["Item"] = field(default_factory=list)
    prompt: Fitted | None = None
    context_tokens: int = 0
    attempts: int = 0
    rate_limited: int = 0
    wait_seconds: float = RETRY_SECONDS_FIRST
    is_refitted: bool = False


class Hand:
    """Ready items, those that wait for their next try, and how much of each shard is left."""

    def __init__(self, *, is_leader_first: bool = True) -> None:
        """Hold nothing.

        Args:
            is_leader_first: whether the first question on a context must end before the others go
                out; a runner that answers one after the other wants all of them in a row.
        """
        self._is_leader_first = is_leader_first
        self.shards: dict[int, RunShard] = {}
        self._ready: deque[Item] = deque()
        self._later: list[tuple[float, int, Item]] = []
        self._left: dict[int, int] = {}
        self._numbers = count()

    def take(self, shard: RunShard, groups: Iterable[list[int]], *, context_tokens: int) -> None:
        """Take a claimed shard with the groups of its examples that are still to ask."""
        self.shards[shard.pk] = shard
        left = 0
        for group in groups:
            leader, *rest = (
                Item(shard, position, context_tokens=context_tokens) for position in group
            )
            self._ready.append(leader)
            if self._is_leader_first:
                leader.followers = rest
            else:
                self._ready.extend(rest)
            left += len(group)
        self._left[shard.pk] = left

    def drop(self, shard_id: int) -> None:
        """Forget a shard that is done or lost."""
        self.shards.pop(shard_id, None)
        self._left.pop(shard_id, None)
        self._ready = deque(item for item in self._ready if item.shard.pk != shard_id)
        self._later = [entry for entry in self._later if entry[2].shard.pk != shard_id]
        heapq.heapify(self._later)

    def holds(self, item: Item) -> bool:
        """Whether the item's shard is still in hand."""
        return item.shard.pk in self.shards

    def next_ready(self) -> Item | None:
        """The next item that may go out now, still in its place; None where none may."""
        while self._later and self._later[0][0] <= time.monotonic():
            self._ready.appendleft(heapq.heappop(self._later)[2])
        return self._ready[0] if self._ready else None

    def started(self, item: Item) -> None:
        """Take out what `next_ready` gave: it is on its way."""
        self._ready.remove(item)

    def again(self, item: Item) -> None:
        """Ask an item again at once, before all others."""
        self._ready.appendleft(item)

    def again_later(self, item: Item, *, at_least: float) -> None:
        """Ask an item again after a random wait that grows with each try."""
        most = min(RETRY_SECONDS_LAST, 3 * item.wait_seconds)
        item.wait_seconds = random.uniform(RETRY_SECONDS_FIRST, most)  # noqa: S311  Not a secret.
        at = time.monotonic() + max(at_least, item.wait_seconds)
        heapq.heappush(self._later, (at, next(self._numbers), item))

    def ended(self, item: Item) -> bool:
        """Note an item's end and let its followers go; whether its shard is done with it."""
        self._ready.extend(item.followers)
        item.followers = []
        self._left[item.shard.pk] -= 1
        return self._left[item.shard.pk] == 0

    def is_empty(self) -> bool:
        """Whether nothing is left to ask, now or later."""
        return not self._ready and not self._later

    def waiting(self) -> int:
        """How many items wait to go out, now or later."""
        return len(self._ready) + len(self._later)

    def seconds_to_next(self) -> float:
        """How long until the first of those that wait may go out."""
        return max(0.0, self._later[0][0] - time.monotonic()) if self._later else 60.0
