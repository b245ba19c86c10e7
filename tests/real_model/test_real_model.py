"""A run against `transformers serve` with SmolLM2-135M: a real server of a real small model.

`make real-model` sets up what it needs, an environment with torch beside the tests' own, and names
it in REAL_MODEL_BIN and REAL_MODEL; elsewhere it is skipped.
"""

import os
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_django import Settings

from submissions import queue
from tests import asking as make_asking
from tests.portal import free_port
from tests.redis_server import Redis
from workers import hosted

TASKS = ["passkey", "number_string", "math_find"]


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """Where the model answers."""
    if "REAL_MODEL" not in os.environ:
        pytest.skip("no REAL_MODEL: make real-model sets one up")
    port = free_port()
    process = subprocess.Popen(
        [
            *(f"{os.environ['REAL_MODEL_BIN']}/transformers", "serve", "--host", "127.0.0.1"),
            *("--port", str(port), "--device", "cpu", "--log-level", "warning"),
        ],
        env=os.environ | {"HF_HUB_OFFLINE": "1", "TOKENIZERS_PARALLELISM": "false"},
        stdin=subprocess.DEVNULL,
    )
    try:
        _wait(port, process)
        yield f"http://127.0.0.1:{port}/v1"
    finally:
        process.kill()
        process.wait()


def _wait(port: int, process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + 240
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=5):
                return
        except OSError:
            time.sleep(0.5)
    raise AssertionError(f"the model's server did not start: {process.poll()}")


@pytest.mark.slow
@pytest.mark.django_db
def test_a_real_model_is_run_to_a_submission(
    address: str, settings: Settings, redis: Redis
) -> None:
    settings.OUTBOUND_HTTP_ALLOWED, settings.OUTBOUND_NETWORKS = True, ["127.0.0.0/8"]
    settings.REDIS_URL, settings.REDIS_PREFIX = redis.url, redis.prefix
    make_asking.release(3)
    endpoint = make_asking.endpoint(
        address,
        model_name=str(Path(os.environ["REAL_MODEL"]).resolve()),
        context_tokens=4_096,
        concurrency=1,
    )
    run = make_asking.run(endpoint, tasks=TASKS)

    hosted.work_on_run(run.pk, worker="w", is_stopping=lambda: False)

    run.refresh_from_db()
    assert (run.status, run.reason) == ("finished", "")
    assert set(run.answers.values_list("state", flat=True)) == {"ok"}
    assert run.answers.count() == 3 * len(TASKS)
    assert not run.answers.filter(text="").exists()
    assert run.submission is not None
    queue.evaluate_here(run.submission.evaluations.get().pk)
    for row in run.submission.standings.all():
        print(row.scorer, row.means)  # noqa: T201  What the model can do, for who runs this.
