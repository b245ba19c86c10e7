"""Where a real small model finds a pass key: a run of each length, and the map that the site shows.

`make needle-map` runs it at 256 to 4k tokens and keeps the picture for the README; it takes some
ten minutes on two idle cores.  Answers are kept in REAL_MODEL_KEPT as they come, so that it goes on
where it was ended: after NEEDLE_SECONDS, or by Ctrl-C.
"""

import json
import os
import time
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import sync_playwright
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from submissions import queue
from submissions.generated import Plan, make_releases
from submissions.models import Answer, HostedRun
from tests import asking as make_asking
from tests import make, needs
from tests.conftest import CHROMIUM_FLAGS
from tests.redis_server import Redis
from workers import hosted

TOKENS = (256, 512, 1024, 2048, 4096)
PER_LENGTH = int(os.environ.get("NEEDLES", "20"))
SEED = 7
KEPT_COLUMNS = (
    *("task", "position", "state", "text", "finish_reason", "prompt_sha256", "whole_tokens"),
    *("kept_tokens", "tokens_in", "tokens_out", "seconds", "attempts"),
)


class Kept:
    """The answers to one length's examples, in a file from one call to the next."""

    def __init__(self, folder: Path, name: str, run: HostedRun) -> None:
        """Give the run what is kept; it will ask for the rest."""
        self._path, self._run = folder / f"{name}.json", run
        rows = json.loads(self._path.read_text()) if self._path.is_file() else []
        Answer.objects.bulk_create(Answer(run=run, at=timezone.now(), **row) for row in rows)
        self._count = len(rows)

    def keep(self) -> None:
        """Write what has come since."""
        rows: list[dict[str, Any]] = list(self._run.answers.values(*KEPT_COLUMNS))
        if len(rows) > self._count:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._path.write_text(json.dumps(rows))
            self._count = len(rows)


def ask(run: HostedRun, kept: Kept, until: float) -> None:
    """Ask what has no answer yet; skips the rest of the test when its time is over."""

    def is_over() -> bool:
        kept.keep()
        return time.monotonic() > until

    hosted.work_on_run(run.pk, worker="w", is_stopping=is_over)
    kept.keep()
    run.refresh_from_db()
    if run.status == "running":
        pytest.skip(f"{run.release.name}: {run.answers.count()} answers are kept; run it again")


@pytest.mark.slow
@pytest.mark.needs_browser
@pytest.mark.django_db(transaction=True)
def test_a_real_models_map_is_drawn_from_its_runs(
    address: str, settings: Settings, redis: Redis, live_server: LiveServer, tmp_path: Path
) -> None:
    until = time.monotonic() + float(os.environ.get("NEEDLE_SECONDS", "inf"))
    kept_in = Path(os.environ.get("REAL_MODEL_KEPT", tmp_path))
    static = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = settings.STORAGES | {"staticfiles": static}
    settings.OUTBOUND_HTTP_ALLOWED, settings.OUTBOUND_NETWORKS = True, ["127.0.0.0/8"]
    settings.REDIS_URL, settings.REDIS_PREFIX = redis.url, redis.prefix
    plan = Plan(name="needles", suite=make.SUITE, tokens=TOKENS, per_task=PER_LENGTH, seed=SEED)
    releases = [release for release, _ in make_releases(plan, now=timezone.now())]
    endpoint = make_asking.endpoint(
        address,
        model_name=str(Path(os.environ["REAL_MODEL"]).resolve()),
        # The longest prompts must not be cut: the map is of the model, not of the scissors.
        context_tokens=8_192,
        concurrency=1,
    )

    runs: list[HostedRun] = []
    for release in releases:
        run = make_asking.run(endpoint, release=release, tasks=["passkey"])
        ask(run, Kept(kept_in, f"{release.length_tokens}-{PER_LENGTH}-{SEED}", run), until)
        assert (run.status, run.reason, run.answers.count()) == ("finished", "", PER_LENGTH)
        assert run.submission is not None
        queue.evaluate_here(run.submission.evaluations.get().pk)
        runs.append(run)

    path = reverse("submissions:series-model", args=["needles", runs[0].model.slug])
    # Chromium comes last: its event loop and the database would not share this thread.
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=needs.chromium(), args=CHROMIUM_FLAGS)
        page = chromium.new_context(viewport={"width": 1000, "height": 900}).new_page()
        page.goto(f"{live_server.url}{path}?task=passkey")
        chart = page.locator(".chart__drawing > svg:visible").first
        for tokens in ("256", "512", "1K", "2K", "4K"):
            assert chart.get_by_text(tokens, exact=True).count() == 1
        if picture := os.environ.get("REAL_MODEL_PICTURE"):
            chart.screenshot(path=picture)
        chromium.close()
