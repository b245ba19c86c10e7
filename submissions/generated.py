"""Makes releases of fresh data from a seed, public or private, and retires private ones."""

import re
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import transaction

from audit.log import COMMAND, append
from scoring import Suite
from scoring.examples_file import Edition, write_task
from scoring.lengths import show_length
from submissions.dataset import read_dataset
from submissions.models import Release, Round
from submissions.releases import NewRelease, ReleaseConflict, store_release
from submissions.samples import write_samples

_SECRET_BYTES = 32
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,59}")


class CannotRelease(Exception):
    """What was asked for is no release that can be made or retired; the message says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A series of releases that differ in length only.

    `seed` is None for a private series: then a random one is drawn and kept as a secret.
    """

    name: str
    suite: Suite
    tokens: Sequence[int]
    per_task: int
    seed: int | None
    title: str = ""
    round: Round | None = None
    with_samples: bool = False

    @property
    def is_private(self) -> bool:
        """Whether seed and answers stay secret until the release is retired."""
        return self.seed is None

    def release_name(self, tokens: int) -> str:
        """A release has the series' name, and its length's where there are several."""
        return self.name if len(self.tokens) == 1 else f"{self.name}-{show_length(tokens)}"


def release_folder(name: str) -> Path:
    """Where a generated release's files lie."""
    return settings.STATE_DIR / "releases" / name


def _secret_path(series: str) -> Path:
    """Where the seed of a private series lies: outside the database and its dumps."""
    return settings.STATE_DIR / "seeds" / series


def make_releases(
    plan: Plan, *, now: datetime, on_task: Callable[[str], object] = lambda _task: None
) -> list[tuple[Release, bool]]:
    """Generate and store every release of a plan; what is there already stays as it is.

    Returns:
        The releases, shortest first as planned, and whether each is new.

    Raises:
        CannotRelease: if the name is no name, or the series is there and private.
        ReleaseConflict: if a name is taken by other data.
        TrialFailed: if a generated program does not crash as planted.
    """
    _check(plan)
    seed = _keep_secret(plan.name) if plan.seed is None else plan.seed
    return [_make_release(plan, tokens, seed, now, on_task) for tokens in plan.tokens]


def _check(plan: Plan) -> None:
    if not _NAME.fullmatch(plan.name):
        raise CannotRelease(
            f"{plan.name!r} is no name: use up to 60 lower-case letters, digits and hyphens"
        )
    if plan.suite.load_generators is None:
        raise CannotRelease(f"{plan.suite.name} has no generators")
    names = [plan.release_name(tokens) for tokens in plan.tokens]
    if plan.is_private and Release.objects.filter(name__in=names).count() == len(names):
        raise CannotRelease(f"{plan.name!r} is there already; a private series is made once")


def _make_release(
    plan: Plan,
    tokens: int,
    seed: int | str,
    now: datetime,
    on_task: Callable[[str], object],
) -> tuple[Release, bool]:
    suite, name = plan.suite, plan.release_name(tokens)
    _refuse_other(plan, name, tokens)
    folder = release_folder(name)
    # Answers lie here too: nobody but the portal's own user reads them.
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    edition = Edition(seed, tokens, plan.per_task, name)
    for task in suite.slugs:
        write_task(folder, suite, task, edition)
        on_task(task)
    if plan.with_samples:
        write_samples(folder, suite)
    kit = suite.load_generators() if suite.load_generators is not None else None
    new = NewRelease(
        name=name,
        title=f"{plan.title or plan.name}, {show_length(tokens)} tokens",
        suite=suite.slug,
        board=name,
        source=Release.Source.SYNTHETIC,
        are_answers_public=not plan.is_private,
        series=plan.name,
        length_tokens=tokens,
        generator=kit.version if kit is not None else "",
        seed="" if plan.is_private else str(seed),
        round=plan.round,
    )
    tasks = read_dataset(folder, suite, labels_only=False)
    if plan.is_private:
        # Whoever has the retired seed can check the hashes that were shown all along.
        tasks = {task: replace(items, salt=str(seed)) for task, items in tasks.items()}
    return store_release(new, tasks, now=now)


def _refuse_other(plan: Plan, name: str, tokens: int) -> None:
    """Ask before a file is written: the files of a stored release never change.

    Raises:
        ReleaseConflict: if the name is taken by other data than the plan gives.
    """
    existing = Release.objects.filter(name=name).first()
    if existing is None:
        return
    sizes = {one.item_set.n for one in existing.tasks.select_related("item_set")}
    seed = "" if plan.is_private else str(plan.seed)
    planned = (tokens, seed, plan.name, {plan.per_task})
    if (existing.length_tokens, existing.seed, existing.series, sizes) != planned:
        raise ReleaseConflict(f"release {name!r} exists and holds other data; choose another name")


def _keep_secret(series: str) -> str:
    """Draw a seed and keep it where only the portal's own user reads it.

    One that was kept before belongs to a series that was broken off, and makes it whole.
    """
    path = _secret_path(series)
    if path.exists():
        return path.read_text()
    seed = secrets.token_hex(_SECRET_BYTES)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    path.touch(mode=0o600, exist_ok=False)
    path.write_text(seed)
    return seed


def retire_series(series: str, *, now: datetime) -> list[Release]:
    """Publish the seed and the answers of a private series.

    Raises:
        CannotRelease: if there is no such private series, its round still runs, or its seed is
            lost.
    """
    releases = list(
        Release.objects.filter(series=series, are_answers_public=False).select_related("round")
    )
    if not releases:
        raise CannotRelease(f"there is no private series {series!r} that is not retired yet")
    for release in releases:
        if release.round is not None and now < release.round.closes_at:
            raise CannotRelease(f"the round of {release.name!r} has not closed yet")
    try:
        seed = _secret_path(series).read_text()
    except OSError as error:
        raise CannotRelease(f"the seed of {series!r} cannot be read: {error}") from error
    with transaction.atomic():
        for release in releases:
            release.seed, release.are_answers_public, release.retired_at = seed, True, now
            release.save(update_fields=["seed", "are_answers_public", "retired_at"])
            subject = f"release {release.name}"
            append("release.retired", subject=subject, detail={}, actor=COMMAND)
    return releases
