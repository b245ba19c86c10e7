"""WRITE: workers take shards of a run, say that they live, and put answers, one an example.

A shard's fence grows with each claim; whoever puts an answer must show the fence it was given.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q, QuerySet, Sum

from submissions.models import Answer, HostedRun, RunShard
from submissions.presence import live_workers
from submissions.runs import Status

MILLION: Final = 1_000_000
# While a run is paused, what is being answered is still kept; after its end, nothing is.
_KEEPING: Final = (Status.RUNNING, Status.PAUSED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Claimed:
    """What a claim gave: shards, and whether the spending cap stops the run."""

    shards: list[RunShard]
    # Nothing is being asked any more, and the cap allows nothing of what is left.
    is_capped: bool = False


def _lease_end(now: datetime) -> datetime:
    return now + timedelta(seconds=settings.LEASE_SECONDS)


def _claimable(run: HostedRun, now: datetime) -> QuerySet[RunShard]:
    is_free = Q(lease_expires_at=None) | Q(lease_expires_at__lt=now)
    return RunShard.objects.filter(is_free, run=run, run__status=Status.RUNNING, is_done=False)


def claim_shards(run: HostedRun, *, count: int, worker: str, now: datetime) -> Claimed:
    """Take up to `count` shards that nobody holds, first ones first.

    With a spending cap, a shard is only taken while everything that may be spent on what is being
    asked, and has been spent, stays below it.
    """
    with transaction.atomic():
        if run.spending_cap is not None:
            # One claim after the other, so that two workers do not both spend the last dollar.
            HostedRun.objects.select_for_update().get(pk=run.pk)
        rows = _claimable(run, now).exclude(worker__in=_left_by(run, worker, now))
        rows = rows.order_by("number")
        found = list(rows.select_for_update(skip_locked=True, of=("self",))[:count])
        held = RunShard.objects.filter(run=run, is_done=False, lease_expires_at__gte=now)
        affordable = _affordable(run, found, list(held) if run.spending_cap else [])
        for shard in affordable:
            shard.fence += 1
            shard.lease_expires_at = _lease_end(now)
            RunShard.objects.filter(pk=shard.pk).update(
                fence=F("fence") + 1, worker=worker, lease_expires_at=shard.lease_expires_at
            )
        is_capped = bool(found) and not affordable and not held.exists()
    return Claimed(shards=affordable, is_capped=is_capped)


def is_for_others(run: HostedRun, *, worker: str, now: datetime) -> bool:
    """Whether all that is left to ask failed with this worker, and another one may try it."""
    left = _claimable(run, now)
    mine = _left_by(run, worker, now)
    return bool(mine) and left.exists() and not left.exclude(worker__in=mine).exists()


def _left_by(run: HostedRun, worker: str, now: datetime) -> list[str]:
    """Whose shards a worker leaves to others: in a later round its own, while another lives.

    What failed on one machine is so asked on another.  Of a server, all ask the same one.
    """
    if run.hub_model_id is None or run.rounds < 2:
        return []
    others = set(run.environment.get("machines", {})) - {worker}
    live = live_workers(now=now)
    # A thread of a worker has the worker's name before its own.
    return [worker] if any(name.rpartition(":")[0] in live for name in others) else []


def _affordable(
    run: HostedRun, found: Sequence[RunShard], held: Sequence[RunShard]
) -> list[RunShard]:
    """Those of `found` that the cap allows beside what was spent and what is `held`."""
    if run.spending_cap is None:
        return list(found)
    committed = spent(run) + sum((_bound(run, shard) for shard in held), Decimal(0))
    taken = []
    for shard in found:
        committed += _bound(run, shard)
        if committed > run.spending_cap:
            break
        taken.append(shard)
    return taken


def price(run: HostedRun, tokens_in: int, tokens_out: int) -> Decimal:
    """What tokens cost on a run's endpoint, in US dollars."""
    if run.endpoint is None:
        return Decimal(0)
    per_million = run.endpoint.price_in * tokens_in + run.endpoint.price_out * tokens_out
    return per_million / MILLION


def _bound(run: HostedRun, shard: RunShard) -> Decimal:
    return price(run, shard.tokens_in_bound, shard.tokens_out_bound)


def spent(run: HostedRun) -> Decimal:
    """What the answers so far have cost, by the server's own count of tokens."""
    total = Answer.objects.filter(run=run).aggregate(a=Sum("tokens_in"), b=Sum("tokens_out"))
    return price(run, total["a"] or 0, total["b"] or 0)


def usage(run: HostedRun) -> dict[str, float | None]:
    """What a run's answers took, as `Submission.usage` keeps it.

    Seconds are those of the requests one after the other; dollars are None where the endpoint's
    owner gave no prices.
    """
    total = Answer.objects.filter(run=run).aggregate(
        tokens_in=Sum("tokens_in", default=0),
        tokens_out=Sum("tokens_out", default=0),
        seconds=Sum("seconds", default=0.0),
    )
    usd = price(run, total["tokens_in"], total["tokens_out"])
    return {**total, "seconds": round(total["seconds"], 3), "usd": float(usd) or None}


def _held(shard: RunShard) -> QuerySet[RunShard]:
    """The row, if this claim still holds it: the fence."""
    return RunShard.objects.filter(
        pk=shard.pk, fence=shard.fence, is_done=False, lease_expires_at__isnull=False
    )


def renew_leases(shards: Sequence[RunShard], *, now: datetime) -> set[int]:
    """Say that the worker lives.

    Returns:
        The shards that it still holds; the others are lost: drop their work.
    """
    with transaction.atomic():
        return {
            shard.pk for shard in shards if _held(shard).update(lease_expires_at=_lease_end(now))
        }


def release_shards(shards: Sequence[RunShard]) -> None:
    """Give back what is not done, so that another worker need not wait for the lease to end."""
    with transaction.atomic():
        for shard in shards:
            _held(shard).update(lease_expires_at=None)


def end_shard(shard: RunShard) -> bool:
    """Note that each of a shard's examples has its answer or the reason why it has none."""
    return bool(_held(shard).update(is_done=True, lease_expires_at=None))


def unanswered(shard: RunShard) -> list[list[int]]:
    """A shard's examples that have no lasting answer, by context.

    This is all there is to resuming: whatever was answered before is not asked again.
    """
    rows = Answer.objects.filter(
        run=shard.run_id, task=shard.task, position__in=[p for group in shard.groups for p in group]
    ).exclude(state=Answer.State.ERROR)
    answered = set(rows.values_list("position", flat=True))
    groups = ([one for one in group if one not in answered] for group in shard.groups)
    return [group for group in groups if group]


def _storable(columns: Mapping[str, Any]) -> dict[str, Any]:
    """Texts without NUL, which a model may say and PostgreSQL does not store."""
    return {
        name: value.replace("\0", "\N{REPLACEMENT CHARACTER}") if isinstance(value, str) else value
        for name, value in columns.items()
    }


def put_answer(
    shard: RunShard, *, position: int, state: str, now: datetime, **columns: Any
) -> bool:
    """Store what became of one example, at most once.

    An error, or a prompt that was too long, may later be replaced by an answer; an answer by
    nothing.

    Returns:
        Whether it was stored: False if another worker's answer came first, or the claim is lost.
    """
    values = {"state": state, "at": now, **_storable(columns)}
    with transaction.atomic():
        held = _held(shard).filter(run__status__in=_KEEPING)
        if not list(held.select_for_update(of=("self",))):
            return False
        row, is_new = Answer.objects.get_or_create(
            run_id=shard.run_id, task=shard.task, position=position, defaults=values
        )
        if is_new:
            return True
        replaceable = Answer.objects.filter(pk=row.pk).exclude(state__in=Answer.FINAL)
        return bool(replaceable.update(**{"text": "", "reason": "", "finish_reason": "", **values}))
