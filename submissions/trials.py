"""Where a draft's trial begins and ends: what its files would score, were they sent now."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime

from submissions.models import Draft


@dataclass(frozen=True, slots=True)
class TriedTask:
    """A task's score and its 95 % interval, fractions."""

    task: str
    mean: float
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """What a draft would score under one scorer; no average and no rank where a task lacks."""

    tasks: tuple[TriedTask, ...]
    average: float | None = None
    low: float | None = None
    high: float | None = None
    rank_low: int | None = None
    rank_high: int | None = None
    # How many rows the board would then rank.
    ranked: int | None = None


def due_trial(draft_id: int) -> Draft | None:
    """A draft that waits for its trial; None where nobody asks for it any more."""
    return (
        Draft.objects.select_related("owner")
        .filter(pk=draft_id, is_trial_due=True, submission=None)
        .first()
    )


def store_trial(draft: Draft, trials: Mapping[str, Trial], *, now: datetime) -> bool:
    """Keep what was found, by scorer.  False if the files have changed meanwhile."""
    found = {"at": now.isoformat(), "scorers": {name: asdict(one) for name, one in trials.items()}}
    return _end(draft, found)


def store_failed_trial(draft: Draft, reason: str) -> bool:
    """Note that no score could be found, and why.  False if the files have changed meanwhile."""
    return _end(draft, {"failed": reason})


def _end(draft: Draft, found: Mapping[str, object]) -> bool:
    asked = Draft.objects.filter(pk=draft.pk, is_trial_due=True, trial_token=draft.trial_token)
    return bool(asked.update(trial=found, is_trial_due=False))
