"""Asks a model through its runner, as a worker does."""

import os
import signal
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path
from typing import Any

from django.utils import timezone
from pytest_django import Settings

from scoring.truncation import Fitted
from submissions.hub_models import HubModelFacts, register_hub_model
from submissions.models import HubModel
from tests import make
from workers.runners.base import Completion, Wait
from workers.runners.transformers_local.messages import LocalConfig
from workers.runners.transformers_local.runner import LocalModel

SECONDS = 120


def config_of(folder: Path, **changed: Any) -> LocalConfig:
    """A model in a folder, asked by chat; answers of 20 tokens and more are decoded together."""
    told = LocalConfig(
        folder=str(folder),
        is_chat=True,
        context_tokens=2048,
        threads=1,
        chunk_tokens=1024,
        side_by_side_tokens=20,
    )
    return replace(told, **changed)


def prompt_of(user: str, **changed: Any) -> Fitted:
    """A prompt that wants 12 tokens."""
    fitted = Fitted("passkey", "", user, 12, (), len(user), len(user), f"sha of {user}")
    return replace(fitted, **changed)


def started(runner: LocalModel, prompt: Fitted) -> "Future[Completion]":
    """Its future, as soon as the runner takes it."""
    while isinstance(one := runner.start(prompt), Wait):
        time.sleep(min(one.seconds, 0.2))
    return one


def own_model(folder: Path, settings: Settings, place: Path, **facts: Any) -> HubModel:
    """A model of the site's own, registered, with all that is written below `place`."""
    settings.STATE_DIR, settings.MODELS_DIR = place, place / "models"
    content = settings.STORAGES["content"] | {"OPTIONS": {"location": str(place / "files")}}
    settings.STORAGES = settings.STORAGES | {"content": content}
    settings.CPU_THREADS = 1
    (place / "models" / "local").mkdir(parents=True)
    (place / "models" / "local" / "tiny").symlink_to(folder, target_is_directory=True)
    told = HubModelFacts(repository="local/tiny", **facts)
    return register_hub_model(make.user(), told, now=timezone.now())


def completed(runner: LocalModel, prompt: Fitted) -> Completion:
    """Its answer."""
    return started(runner, prompt).result(SECONDS)


def kill_child(runner: LocalModel, number: int = signal.SIGKILL) -> None:
    """End the process that computes, as the system or a broken driver does."""
    child = runner._child
    assert child is not None
    os.kill(child.pid, number)


def until(is_so: Callable[[], Any]) -> None:
    """Wait for something that must come."""
    deadline = time.monotonic() + SECONDS
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def has_begun(runner: LocalModel) -> bool:
    """Whether the child computes an answer."""
    return any(job.began_at for job in list(runner._jobs.values()))
