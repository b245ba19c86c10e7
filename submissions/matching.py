"""Which examples of two releases are the same: by what they ask and answer, not by place."""

from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from submissions.compared import Why
from submissions.models import Example

# Of the smaller set of examples, the share that must be common.  Answers such as 7 or "A" also
# agree by chance, so a few equal keys do not make two sets the same examples.
COMMON_SHARE: Final = 0.5


@dataclass(frozen=True, slots=True)
class ItemFacts:
    """Examples by position: keys, answers' fingerprints, contexts where the release has them."""

    keys: tuple[str, ...]
    contexts: tuple[str, ...]
    answers: tuple[str, ...]


@lru_cache(maxsize=256)
def item_facts(item_set_sha256: str) -> ItemFacts:
    """What has this hash never changes, so a process reads it once."""
    rows = list(
        Example.objects.filter(item_set__sha256=item_set_sha256)
        .order_by("position")
        .values_list("key", "context_sha256", "fingerprint")
    )
    contexts = tuple(context for _, context, _ in rows)
    return ItemFacts(
        keys=tuple(key for key, _, _ in rows),
        contexts=contexts if all(contexts) else (),
        answers=tuple(answer for _, _, answer in rows),
    )


@dataclass(frozen=True, slots=True)
class Match:
    """What identifies the examples of both on one task, and how many are common."""

    first: tuple[str, ...]
    later: tuple[str, ...]
    common: int

    def positions(self) -> list[tuple[int, int]]:
        """Where the common examples stand in both sets, in the first's order."""
        places = {key: at for at, key in enumerate(self.later)}
        return [(at, places[key]) for at, key in enumerate(self.first) if key in places]

    @property
    def is_enough(self) -> bool:
        """Whether the two sets hold the same examples, but for some."""
        return self.common >= max(1, COMMON_SHARE * min(len(self.first), len(self.later)))

    @property
    def why(self) -> Why:
        """Why nothing could be paired."""
        if not self.first or not self.later:
            return "missing"
        return "" if self.is_enough else "other"


def match_examples(left: ItemFacts | None, right: ItemFacts | None) -> Match:
    """Equal examples have equal keys, and equal contexts where both releases know theirs.

    A key counts which of the examples with the same answer it is.  Where one set has fewer of
    them, nobody knows which is missing, so that none of them is paired.
    """
    if left is None or right is None:
        return Match(left.keys if left else (), right.keys if right else (), 0)
    with_contexts = bool(left.contexts) and bool(right.contexts)
    there, here = Counter(left.answers), Counter(right.answers)
    ids, other_ids = (
        tuple(
            f"{key} {facts.contexts[at] if with_contexts else ''}"
            if there[answer] == here[answer]
            else f"{key} {side}"
            for at, (key, answer) in enumerate(zip(facts.keys, facts.answers, strict=True))
        )
        for side, facts in (("only-first", left), ("only-later", right))
    )
    return Match(ids, other_ids, len(set(ids) & set(other_ids)))
