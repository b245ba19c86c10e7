"""Divides a run into shards: examples of one task, those on one context together."""

from collections.abc import Iterator
from hashlib import blake2b

from scoring.prompts import PromptSet
from scoring.truncation import answer_room
from submissions.limits import SHARD_EXAMPLES
from submissions.models import HostedRun
from submissions.questions import read_rows
from submissions.runs import NewShard

# More than any template's own words, in bytes: no text has more tokens than bytes.
_TEMPLATE_BYTES = 4_000


def plan_shards(run: HostedRun, prompts: PromptSet, *, context_tokens: int) -> list[NewShard]:
    """All shards of a run, in the order in which they are best asked.

    Raises:
        submissions.questions.NoContexts: if the release's files cannot be read.
    """
    return [
        shard
        for task in run.tasks
        for shard in _shards(run, task, prompts.tasks[task].max_new_tokens, context_tokens)
    ]


def _shards(
    run: HostedRun, task: str, max_new_tokens: int, context_tokens: int
) -> Iterator[NewShard]:
    groups: dict[bytes, list[int]] = {}
    most: dict[int, int] = {}
    for example, row in read_rows(run.release, task):
        context = blake2b(str(row.get("context")).encode("utf-8", "replace")).digest()
        groups.setdefault(context, []).append(example.position)
        most[example.position] = min(context_tokens, (example.row_bytes or 0) + _TEMPLATE_BYTES)
    room = answer_room(max_new_tokens, context_tokens)
    for some in _batches(list(groups.values())):
        positions = [position for group in some for position in group]
        yield NewShard(
            task=task,
            groups=some,
            tokens_in_bound=sum(most[position] for position in positions),
            tokens_out_bound=room * len(positions),
        )


def _batches(groups: list[list[int]]) -> Iterator[list[list[int]]]:
    """Groups by the few; one that is large alone stays whole, for its context is read once."""
    batch: list[list[int]] = []
    for group in groups:
        if batch and sum(map(len, batch)) + len(group) > SHARD_EXAMPLES:
            yield batch
            batch = []
        batch.append(group)
    if batch:
        yield batch
