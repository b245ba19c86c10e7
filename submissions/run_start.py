"""WRITE: begins a hosted run of a model that is there, or of one that is entered for it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from django.db import transaction

from accounts.models import User
from scoring.prompts import PromptSet
from submissions.entries import ModelFacts, enter_model
from submissions.models import Endpoint, HostedRun, HubModel, ModelEntry, Release
from submissions.run_plans import RunPlan, planned_tasks, start_run
from submissions.run_progress import Estimate, estimate_run


@dataclass(frozen=True, slots=True, kw_only=True)
class RunWish:
    """What a person asks for, whatever door the person came by."""

    release: Release
    prompt_set: PromptSet
    policy: str
    visibility: str
    # One of the two is asked.
    endpoint: Endpoint | None = None
    hub_model: HubModel | None = None
    tasks: Sequence[str] = field(default=())
    is_auto_fit: bool = False
    spending_cap: Decimal | None = None

    @property
    def asked(self) -> Endpoint | HubModel:
        """What answers."""
        found = self.endpoint or self.hub_model
        assert found is not None, "a wish names what is asked"  # noqa: S101  Types cannot say so.
        return found


def estimate_wish(wish: RunWish) -> Estimate:
    """What the run would take; nothing is stored.

    Raises:
        RunRefused: if its parts do not fit together.
    """
    asked = wish.asked
    tasks = planned_tasks(asked, wish.release, wish.policy, wish.tasks)
    return estimate_run(asked, wish.release, wish.prompt_set, tasks)


def begin_run(
    owner: User, wish: RunWish, model: ModelEntry | ModelFacts, *, now: datetime
) -> HostedRun:
    """Store a run that waits for its first worker; what cannot start enters no model.

    Raises:
        RunRefused: if its parts do not fit together or the owner has too many runs.
        Refused: if the owner's quota of submissions is used up, or the release's round is closed.
    """
    asked = {name: getattr(wish, name) for name in RunWish.__dataclass_fields__}
    with transaction.atomic():
        entry = enter_model(owner, model, now=now) if isinstance(model, ModelFacts) else model
        return start_run(owner, RunPlan(model=entry, **asked), now=now)
