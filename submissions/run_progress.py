"""READ: how far a run is, what it costs, what was cut, and what a new one would take."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from django.db.models import Count, F, Max, Q, QuerySet, Sum
from django.utils import timezone

from accounts.models import User
from scoring import SUITES
from scoring.prompts import PromptSet
from scoring.truncation import answer_room
from submissions.access import Reader
from submissions.models import (
    Answer,
    Endpoint,
    Example,
    HostedRun,
    HubModel,
    Release,
    Submission,
)
from submissions.presence import count_devices
from submissions.run_speed import Speed, device_price, speed_of
from submissions.shards import price, spent

# Bytes of text a token stands for, on average: English prose and code, and Chinese in UTF-8.
_BYTES_PER_TOKEN: Final = {"en": 3.6, "zh": 3.2}
_TEMPLATE_TOKENS: Final = 120
# How many examples without an answer are listed.
UNANSWERED: Final = 20
# When nothing is known of a server: seconds for a thousand tokens read, and for one written.
_READ_SECONDS, _WRITE_SECONDS = 0.25, 0.02


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskProgress:
    """One task of a run, in examples and tokens."""

    slug: str
    name: str
    n: int
    ok: int = 0
    refused: int = 0
    too_long: int = 0
    error: int = 0
    cut: int = 0
    most_cut_tokens: int = 0

    @property
    def asked(self) -> int:
        """Examples that have an end."""
        return self.ok + self.refused + self.too_long + self.error


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """A run as it stands."""

    tasks: list[TaskProgress]
    tokens_in: int
    tokens_out: int
    reused_tokens: int
    cost: Decimal
    cut: int
    whole_tokens: int
    cut_tokens: int
    seconds_left: float | None
    # Of a model that we run: what our devices did; None for an endpoint.
    speed: Speed | None

    @property
    def n(self) -> int:
        """Examples to ask."""
        return sum(task.n for task in self.tasks)

    @property
    def asked(self) -> int:
        """Examples that have an end."""
        return sum(task.asked for task in self.tasks)

    @property
    def answered(self) -> int:
        """Examples whose answer goes into the submission."""
        return sum(task.ok + task.refused for task in self.tasks)

    @property
    def without(self) -> int:
        """Examples that have no answer so far or for good."""
        return self.asked - self.answered


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """What a run would take, by the sizes of the texts; named an estimate wherever it is shown."""

    n: int
    tokens_in: int
    tokens_out: int
    cost: Decimal
    seconds: float
    # Examples that would be cut, by the same count.
    cut: int


def visible_endpoints(reader: Reader) -> QuerySet[Endpoint]:
    """A person's own endpoints."""
    return Endpoint.objects.filter(owner=reader.pk, retired_at=None)


def visible_hub_models(reader: Reader) -> QuerySet[HubModel]:
    """A person's own models that our workers run."""
    return HubModel.objects.filter(owner=reader.pk, retired_at=None)


def find_run(public_id: str, reader: Reader) -> HostedRun | None:
    """A run, for its owner and for staff; to others it does not exist."""
    run = (
        HostedRun.objects.select_related("endpoint", "hub_model", "release", "model", "submission")
        .filter(public_id=public_id)
        .first()
    )
    if run is None or not (reader.is_staff or run.owner_id == reader.pk):
        return None
    return run


def runs_of(owner: User) -> QuerySet[HostedRun]:
    """A person's runs, newest first."""
    return HostedRun.objects.filter(owner=owner).select_related("model", "release", "endpoint")


def progress_of(run: HostedRun, *, now: datetime) -> Progress:
    """Read how far a run is."""
    sums = Answer.objects.filter(run=run).aggregate(
        tokens_in=Sum("tokens_in", default=0),
        tokens_out=Sum("tokens_out", default=0),
        reused=Sum("reused_tokens", default=0),
        whole=Sum("whole_tokens", default=0),
        kept=Sum("kept_tokens", default=0),
    )
    tasks = _task_progress(run)
    speed = speed_of(run)
    return Progress(
        tasks=tasks,
        tokens_in=sums["tokens_in"],
        tokens_out=sums["tokens_out"],
        reused_tokens=sums["reused"],
        cost=spent(run) if speed is None else speed.cost,
        speed=speed,
        cut=sum(task.cut for task in tasks),
        whole_tokens=sums["whole"],
        cut_tokens=sums["whole"] - sums["kept"],
        seconds_left=_seconds_left(run, tasks, now),
    )


def unanswered(run: HostedRun) -> QuerySet[Answer]:
    """The first examples without an answer, so far or for good."""
    return run.answers.exclude(state__in=Answer.FINAL).order_by("task", "position")[:UNANSWERED]


def _task_progress(run: HostedRun) -> list[TaskProgress]:
    sizes = dict(run.release.tasks.values_list("task", "item_set__n"))
    counts: dict[str, dict[str, int]] = defaultdict(dict)
    rows = Answer.objects.filter(run=run).values("task", "state").annotate(count=Count("pk"))
    for row in rows:
        counts[row["task"]][row["state"]] = row["count"]
    is_cut = Q(kept_tokens__lt=F("whole_tokens"))
    cuts = {
        row["task"]: row
        for row in Answer.objects.filter(is_cut, run=run)
        .values("task")
        .annotate(cut=Count("pk"), most=Max(F("whole_tokens") - F("kept_tokens")))
    }
    suite = SUITES[run.release.suite]
    return [
        TaskProgress(
            slug=slug,
            name=suite.task(slug).name,
            n=sizes.get(slug, 0),
            cut=cuts[slug]["cut"] if slug in cuts else 0,
            most_cut_tokens=cuts[slug]["most"] if slug in cuts else 0,
            **counts[slug],
        )
        for slug in run.tasks
    ]


def _seconds_left(run: HostedRun, tasks: Iterable[TaskProgress], now: datetime) -> float | None:
    """How long the rest takes at the pace so far; None while there is none."""
    if run.status != HostedRun.Status.RUNNING or run.planned_at is None:
        return None
    asked = sum(task.asked for task in tasks)
    left = sum(task.n for task in tasks) - asked
    took = (now - run.planned_at).total_seconds()
    return left * took / asked if asked else None


def estimate_run(
    asked: Endpoint | HubModel, release: Release, prompts: PromptSet, tasks: Sequence[str]
) -> Estimate:
    """What asking would take, by the sizes of the rows on disk."""
    n = tokens_in = tokens_out = cut = 0
    suite = SUITES[release.suite]
    for slug in tasks:
        room = answer_room(prompts.tasks[slug].max_new_tokens, asked.context_tokens)
        limit = asked.context_tokens - room
        sizes = Example.objects.filter(
            item_set__release_tasks__release=release, item_set__task=slug
        ).values_list("row_bytes", flat=True)
        ratio = _BYTES_PER_TOKEN.get(suite.task(slug).language, 3.2)
        lengths = [round((size or 0) / ratio) + _TEMPLATE_TOKENS for size in sizes]
        n += len(lengths)
        cut += sum(length > limit for length in lengths)
        tokens_in += sum(min(length, limit) for length in lengths)
        # Answers are mostly as long as the task's references, and never longer than their room.
        usual = min(room, max(8, round(suite.task(slug).mean_output_tokens)))
        tokens_out += usual * len(lengths)
    if isinstance(asked, Endpoint):
        seconds = _seconds(asked, n, tokens_in, tokens_out)
        cost = price(HostedRun(endpoint=asked), tokens_in, tokens_out)
    else:
        devices = max(1, count_devices(now=timezone.now()))
        alone = tokens_in / 1000 * _READ_SECONDS + tokens_out * _WRITE_SECONDS
        seconds, cost = alone / devices, device_price(alone)
    return Estimate(
        n=n,
        tokens_in=tokens_in,
        tokens_out=tokens_out,
        cost=cost,
        seconds=seconds,
        cut=cut,
    )


def _seconds(endpoint: Endpoint, n: int, tokens_in: int, tokens_out: int) -> float:
    """The longest of what its limits, and its speed as far as it is known, ask for."""
    by_requests = n * 60 / (endpoint.requests_per_minute or 10**9)
    by_tokens = (tokens_in + tokens_out) * 60 / (endpoint.tokens_per_minute or 10**12)
    alone = tokens_in / 1000 * _READ_SECONDS + tokens_out * _WRITE_SECONDS
    return max(by_requests, by_tokens, alone / endpoint.concurrency)


def how_it_was_run(submission: Submission) -> dict[str, Any] | None:
    """What anybody may know of the run behind a submission: enough to do it again.

    The endpoint's address, key and owner's limits are the owner's own.
    """
    run = submission.runs.order_by("created_at").first()
    if run is None:
        return None
    states = Answer.objects.filter(run=run).values_list("state").annotate(count=Count("pk"))
    cut = Answer.objects.filter(run=run, kept_tokens__lt=F("whole_tokens")).count()
    return {
        "run": run,
        "facts": run.facts,
        "states": dict(states),
        "cut": cut,
        "environment": run.environment,
        "speed": speed_of(run),
        "command": repeat_command(run),
        "are_prompts_public": run.release.are_answers_public,
    }


def repeat_command(run: HostedRun) -> str:
    """The command that repeats a run against an endpoint of one's own."""
    facts, cut = run.facts, run.facts["truncation"]
    if "hub_model" in facts:
        asked = facts["hub_model"]
        answering = [f"--repository {asked['repository']}@{asked['commit']}", "--owner YOU@…"]
    else:
        plain = facts["endpoint"]["model"] if _is_plain(facts) else ""
        answering = [
            f"--tokenizer {cut['tokenizer']}",
            f"--model-name '{plain}'" if plain else "--model-name NAME",
            "--base-url https://… --owner YOU@…",
        ]
    is_whole = len(facts["tasks"]) == len(SUITES[run.release.suite].slugs)
    parts = [
        "python manage.py repeat_run",
        f"--release {facts['release']['name']}@{facts['release']['sha256'][:12]}",
        f"--prompt-set {run.prompt_set}",
        f"--policy {cut['policy']}",
        f"--context-tokens {cut['context_tokens']}",
        f"--mode {(facts.get('hub_model') or facts['endpoint'])['mode']}",
        *([] if is_whole else [f"--tasks {','.join(facts['tasks'])}"]),
        *(["--auto-fit"] if cut["is_auto_fit"] else []),
        *answering,
    ]
    return " \\\n  ".join(parts)


def _is_plain(facts: dict[str, Any]) -> bool:
    """Whether a model's name can stand in a command as it is."""
    return all(char.isalnum() or char in " ._:/@+-" for char in facts["endpoint"]["model"])
