"""Workers that are killed while they score: nothing is lost, nothing is scored twice."""

import os
import random
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import make
from tests.portal import Portal, running_portal, wait_until

ROUNDS = 20


@pytest.fixture
def portal(tmp_path: Path) -> Iterator[Portal]:
    """A portal that notices dead workers fast, with a release of enough work to be killed in."""
    with running_portal(
        tmp_path / "state",
        LEASE_SECONDS="1.5",
        SWEEP_SECONDS="0.5",
        SUBMISSIONS_PER_DAY="1000",
        SUBMISSIONS_AT_ONCE="1000",
    ) as portal:
        make.write_labels(tmp_path / "labels", n=400)
        portal.manage(
            "import_release", str(tmp_path / "labels"), "--name", "kills", "--labels-only"
        )
        yield portal


def live_workers(portal: Portal, killed: set[int]) -> set[int]:
    """The workers that run; one that was killed may still be listed while it dies."""
    return wait_until(lambda: set(portal.processes("worker")) - killed, seconds=60, what="a worker")


@pytest.mark.slow
def test_killed_in_the_middle_of_scoring_every_submission_ends_scored_once(
    portal: Portal,
) -> None:
    data = make.zipped(make.files(n=400))
    token = portal.token()
    dice = random.Random(7)
    submitted = []
    killed: set[int] = set()
    for round_ in range(ROUNDS):
        workers = live_workers(portal, killed)
        answer = portal.upload(token, "all.zip", data, model=f"Model {round_}")
        assert answer.status_code == 201, answer.text
        submitted.append(answer.json()["id"])
        running = "SELECT id FROM submissions_evaluation WHERE status = 'running'"
        wait_until(lambda: portal.query(running), seconds=60, what="scoring")  # noqa: B023
        time.sleep(dice.uniform(0, 0.3))
        for pid in workers:
            os.killpg(pid, signal.SIGKILL)
        killed |= workers

    ends = [portal.wait_scored(token, public_id, seconds=120) for public_id in submitted]

    assert [end["status"] for end in ends] == ["done"] * ROUNDS
    scored = portal.query(
        "SELECT submission_id, count(*) FROM submissions_boardevent WHERE kind = 'scored'"
        " GROUP BY submission_id"
    )
    assert sorted(count for _, count in scored) == [1] * ROUNDS
    results = portal.query("SELECT count(*) FROM submissions_taskresult")
    assert results == [(ROUNDS * 12 * 3,)]
    attempts = portal.query("SELECT max(attempts), sum(attempts) FROM submissions_evaluation")
    # The kills did hit work: some evaluations needed a second worker.
    assert attempts[0][1] > ROUNDS


def test_a_broker_that_dies_costs_no_upload(portal: Portal) -> None:
    if "REDIS_URL" in os.environ:
        pytest.skip("the broker of this run is not ours to kill: REDIS_URL is set")
    token = portal.token()
    for pid in portal.processes("broker"):
        os.killpg(pid, signal.SIGKILL)

    answer = portal.upload(token, "all.zip", make.zipped(make.files(n=400)), model="Unheard")

    assert answer.status_code == 201, answer.text
    assert portal.wait_scored(token, answer.json()["id"])["status"] == "done"
