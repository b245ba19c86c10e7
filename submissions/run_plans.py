"""WRITE: how a hosted run begins: what is asked for, whether it may be, and what is noted of it."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

import orjson
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from scoring import SUITES
from scoring.prompts import PromptSet
from scoring.truncation import POLICIES
from submissions import queue
from submissions.limits import RUNS_OPEN
from submissions.models import (
    Endpoint,
    HostedRun,
    HubModel,
    ModelEntry,
    Release,
)
from submissions.questions import askable_tasks
from submissions.quota import holders_of, lock_holders, refuse_over_quota
from submissions.rounds import refuse_outside_round
from submissions.runs import OPEN

# What a change of the runner that may change answers is counted by.
RUNNER_VERSION: Final = 1


class RunRefused(Exception):
    """A run cannot start so; names the field and what to do."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field
        self.message = message


@dataclass(frozen=True, slots=True, kw_only=True)
class RunPlan:
    """What its owner asks for."""

    model: ModelEntry
    release: Release
    prompt_set: PromptSet
    policy: str
    visibility: str
    # One of the two is asked.
    endpoint: Endpoint | None = None
    hub_model: HubModel | None = None
    tasks: Sequence[str] = ()
    is_auto_fit: bool = False
    spending_cap: Decimal | None = None

    @property
    def asked(self) -> Endpoint | HubModel:
        """What answers."""
        found = self.endpoint or self.hub_model
        assert found is not None, "a plan names what is asked"  # noqa: S101  Types cannot say so.
        return found


def start_run(owner: User, plan: RunPlan, *, now: datetime) -> HostedRun:
    """Store a run that waits for its first worker.

    Raises:
        RunRefused: if its parts do not fit together or the owner has too many runs.
        Refused: if the owner's quota of submissions is used up, or the release's round is closed.
    """
    refuse_outside_round(plan.release, now=now)
    tasks = planned_tasks(plan.asked, plan.release, plan.policy, plan.tasks)
    facts = run_facts(plan, tasks)
    run = HostedRun(
        owner=owner,
        endpoint=plan.endpoint,
        hub_model=plan.hub_model,
        model=plan.model,
        release=plan.release,
        tasks=tasks,
        prompt_set=plan.prompt_set.label,
        policy=plan.policy,
        is_auto_fit=plan.is_auto_fit,
        visibility=plan.visibility,
        spending_cap=plan.spending_cap,
        facts=facts,
        sha256=hashlib.sha256(orjson.dumps(facts, option=orjson.OPT_SORT_KEYS)).hexdigest(),
        created_at=now,
    )
    holders = holders_of(owner, plan.model.shared_with)
    with transaction.atomic():
        # One start of a person after the other, so that the limits hold.
        lock_holders(holders)
        if HostedRun.objects.filter(owner=owner, status__in=OPEN).count() >= RUNS_OPEN:
            raise RunRefused(
                "release",
                _("You have %(count)s open runs; wait for one of them.") % {"count": RUNS_OPEN},
            )
        refuse_over_quota(holders, now=now)
        run.save()
        queue.enqueue_run(run.pk)
    return run


def planned_tasks(
    asked: Endpoint | HubModel, release: Release, policy: str, tasks: Sequence[str]
) -> list[str]:
    """The tasks of a plan in the suite's order; all that can be asked where none is named.

    Raises:
        RunRefused: if the parts of the plan do not fit together.
    """
    askable = askable_tasks(release)
    if not askable:
        raise RunRefused("release", _("This release holds answers and no contexts to ask about."))
    if policy not in POLICIES:
        raise RunRefused("policy", _("Choose how prompts that are too long are cut."))
    if asked.retired_at is not None:
        raise RunRefused("release", _("What would be asked is retired."))
    wanted = set(tasks or askable)
    if unknown := sorted(wanted - set(askable)):
        names = ", ".join(unknown)
        refusal = _("This release cannot be asked about %(tasks)s.") % {"tasks": names}
        raise RunRefused("tasks", refusal)
    return [slug for slug in SUITES[release.suite].slugs if slug in wanted]


def run_facts(plan: RunPlan, tasks: Sequence[str]) -> dict[str, Any]:
    """Everything that decides the answers: what a run's hash is taken over."""
    asked = plan.asked
    return {
        "release": {"name": plan.release.name, "sha256": plan.release.sha256},
        "tasks": list(tasks),
        "prompt_set": {"name": plan.prompt_set.name, "sha256": plan.prompt_set.sha256},
        "truncation": {
            "policy": plan.policy,
            "context_tokens": asked.context_tokens,
            "tokenizer": asked.tokenizer,
            "is_auto_fit": plan.is_auto_fit,
        },
        **_asked_facts(asked),
    }


def _asked_facts(asked: Endpoint | HubModel) -> dict[str, Any]:
    if isinstance(asked, Endpoint):
        return {
            "runner": f"openai-compatible-{RUNNER_VERSION}",
            "sampling": {"temperature": 0, "seed": 0},
            "endpoint": {"model": asked.model_name, "mode": asked.mode, "style": asked.style},
        }
    return {
        "runner": f"transformers-local-{RUNNER_VERSION}",
        "sampling": {"greedy": True},
        "hub_model": {
            "repository": asked.repository,
            "commit": asked.commit,
            "mode": asked.mode,
            "chat_template_sha256": asked.facts["chat_template_sha256"] if asked.is_chat else "",
        },
    }
