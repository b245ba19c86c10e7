"""READ: what our own devices did for a run: tokens a second, hours, memory, and what that costs."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.conf import settings

from submissions.models import Answer, HostedRun


@dataclass(frozen=True, slots=True, kw_only=True)
class Speed:
    """Sums over the answers of a run; seconds, tokens and bytes."""

    answers: int
    read_tokens: int
    """Those that were computed: prompts less what was kept from the prompt before."""
    reused_tokens: int
    written_tokens: int
    prefill_seconds: float
    device_seconds: float
    """The devices' time; of a model over two cards, twice that of the clock."""
    peak_bytes: int
    is_on_cards: bool
    steps: tuple[str, ...]
    """What was given up for want of memory, in order of first need."""
    cost: Decimal

    @property
    def read_per_second(self) -> float:
        """Tokens read a second of reading."""
        return self.read_tokens / self.prefill_seconds if self.prefill_seconds else 0.0

    @property
    def written_per_second(self) -> float:
        """Tokens written a second of what is not reading, over all that are written at once."""
        left = self.device_seconds - self.prefill_seconds
        return self.written_tokens / left if left > 0 else 0.0

    @property
    def device_hours(self) -> float:
        """Of cards, or of the processor."""
        return self.device_seconds / 3600


def speed_of(run: HostedRun) -> Speed | None:
    """What a run took on our devices; None where a server answered."""
    if run.hub_model_id is None:
        return None
    rows = Answer.objects.filter(run=run, state=Answer.State.OK)
    columns = ("tokens_in", "tokens_out", "reused_tokens", "details")
    return _summed(list(rows.values(*columns)))


def _summed(rows: list[dict[str, Any]]) -> Speed:
    devices = max((_number(row["details"], "devices") for row in rows), default=0)
    seconds = sum(
        _number(row["details"], "device_seconds") * max(1, _number(row["details"], "devices"))
        for row in rows
    )
    return Speed(
        answers=len(rows),
        read_tokens=sum(row["tokens_in"] - row["reused_tokens"] for row in rows),
        reused_tokens=sum(row["reused_tokens"] for row in rows),
        written_tokens=sum(row["tokens_out"] for row in rows),
        prefill_seconds=sum(_number(row["details"], "prefill_seconds") for row in rows),
        device_seconds=seconds,
        peak_bytes=int(max((_number(row["details"], "peak_bytes") for row in rows), default=0)),
        is_on_cards=devices > 0,
        steps=tuple(dict.fromkeys(_steps(row["details"] for row in rows))),
        cost=device_price(seconds) if devices else Decimal(0),
    )


def device_price(seconds: float) -> Decimal:
    """What so much time of a card costs, in US dollars; 0 where nobody said."""
    return Decimal(str(settings.GPU_HOUR_PRICE)) * Decimal(str(round(seconds, 3))) / 3600


def _number(details: Mapping[str, Any], name: str) -> float:
    value = details.get(name, 0)
    return float(value) if isinstance(value, int | float) else 0.0


def _steps(rows: Iterable[Mapping[str, Any]]) -> Iterable[str]:
    return (str(one) for details in rows for one in details.get("steps", []))
