"""Plain functions that make what a hosted run needs: a release with contexts, an endpoint."""

from datetime import datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import timezone

from accounts.models import User
from scoring.__main__ import main as scoring_command
from submissions.dataset import read_dataset
from submissions.endpoints import EndpointFacts, register_endpoint
from submissions.entries import ModelFacts, enter_model
from submissions.models import Endpoint, HostedRun, HubModel, Release
from submissions.prompt_sets import find_prompt_set
from submissions.releases import NewRelease, store_release
from submissions.run_plans import RunPlan, start_run
from submissions.sealing import Secret
from tests import make
from tests.model_server import KEY


@cache
def dataset(per_task: int = 3, seed: int = 5) -> Path:
    """A folder of generated examples of all twelve tasks, about 1,000 tokens each."""
    folder: Path = settings.STATE_DIR / f"dataset-{per_task}-{seed}"
    status = scoring_command(
        [
            *("generate", "--tokens", "1k", "--per-task", str(per_task), "--seed", str(seed)),
            *("--skip-trials", "--out", str(folder)),
        ]
    )
    assert status == 0
    return folder


def release(per_task: int = 3, *, name: str = "asked") -> Release:
    """A stored release with contexts."""
    return stored(dataset(per_task), name=name)


def books(folder: Path, *, books: int, questions: int) -> Release:
    """A stored release of questions on a few books."""
    rows = [
        {
            "id": book * questions + question,
            "context": f"Book {book}. " + f"The hero of book {book} slept. " * 50,
            "input": f"What about {question}?",
            "answer": ["nothing"],
            "options": [],
        }
        for book in range(books)
        for question in range(questions)
    ]
    (folder / "longbook_qa_eng.jsonl").write_bytes(make.jsonl(rows))
    return stored(folder, name="asked")


def stored(folder: Path, *, name: str) -> Release:
    """A folder of the dataset's files as a release."""
    tasks = read_dataset(folder, make.SUITE, labels_only=False)
    new = NewRelease(name=name, title=name, suite=make.SUITE.slug, board=make.SUITE.slug)
    return store_release(new, tasks, now=timezone.now())[0]


def facts(url: str, **changed: Any) -> EndpointFacts:
    """What an owner says of the tests' server."""
    said: dict[str, Any] = {
        "name": "Tiny",
        "base_url": url,
        "model_name": "tiny",
        "context_tokens": 32_768,
        "concurrency": 8,
        "price_in": Decimal(1),
        "price_out": Decimal(2),
    }
    return EndpointFacts(**{**said, **changed})


def endpoint(url: str, *, owner: User | None = None, key: str = KEY, **changed: Any) -> Endpoint:
    """A registered endpoint."""
    person = owner or User.objects.first() or make.user()
    return register_endpoint(person, facts(url, **changed), key=Secret(key), now=timezone.now())


def run(asks: Endpoint | HubModel, *, now: datetime | None = None, **changed: Any) -> HostedRun:
    """A run that waits for its first worker."""
    owner = asks.owner
    model = enter_model(owner, ModelFacts(name="Tiny model"), now=timezone.now())
    asked: dict[str, Any] = {
        ("endpoint" if isinstance(asks, Endpoint) else "hub_model"): asks,
        "model": model,
        "release": Release.objects.filter(name="asked").first() or release(),
        "prompt_set": find_prompt_set(make.SUITE.slug, "portal-chat-1"),
        "policy": "middle",
        "visibility": "public",
    }
    return start_run(owner, RunPlan(**{**asked, **changed}), now=now or timezone.now())
