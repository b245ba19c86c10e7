"""A run against `transformers serve` with SmolLM2-135M: a real server of a real small model.

`make real-model` sets up what it needs, an environment with torch beside the tests' own, and names
it in REAL_MODEL_BIN and REAL_MODEL; elsewhere it is skipped.
"""

import os
from pathlib import Path

import pytest
from pytest_django import Settings

from submissions import queue
from tests import asking as make_asking
from tests.redis_server import Redis
from workers import hosted

TASKS = ["passkey", "number_string", "math_find"]


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
