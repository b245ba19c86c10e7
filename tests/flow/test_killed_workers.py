"""Workers that are killed while they score: nothing is lost, nothing is scored twice.

Some are only stopped, and come back when another has done their work: a fence keeps them out.
"""

import os
import random
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import make
from tests.flow.workers import REFUSED, another_worker, late_ends, stop_in_the_middle
from tests.portal import Portal, running_portal, wait_until

ROUNDS = 20
# In every so manyth round the worker is stopped and comes back late, instead of being killed.
LATE_EVERY = 5


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


def submit(portal: Portal, token: str, data: bytes, model: str) -> str:
    """Upload a model's files; the public id of the submission."""
    answer = portal.upload(token, "all.zip", data, model=model)
    assert answer.status_code == 201, answer.text
    public_id: str = answer.json()["id"]
    return public_id


def kill_in_the_middle(portal: Portal, killed: set[int], dice: random.Random) -> None:
    """Kill every worker while something is scored, and with them the processes of their pools."""
    running = "SELECT id FROM submissions_evaluation WHERE status = 'running'"
    wait_until(lambda: portal.query(running), seconds=60, what="scoring")
    time.sleep(dice.uniform(0, 0.3))
    for pid in live_workers(portal, killed):
        os.killpg(pid, signal.SIGKILL)
        killed.add(pid)


def come_back_late(portal: Portal) -> None:
    """Stop the worker that has the newest evaluation until another has ended it."""
    newest = int(portal.query("SELECT max(id) FROM submissions_evaluation")[0][0])
    late = stop_in_the_middle(portal, newest)
    ended = "SELECT id FROM submissions_evaluation WHERE id = ? AND status = 'done'"
    wait_until(lambda: portal.query(ended, newest), seconds=60, what="the other worker's end")
    late.let_go()
    ends = wait_until(lambda: late_ends(portal, newest), seconds=60, what="the late worker's end")
    assert REFUSED in ends[-1]


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
        live_workers(portal, killed)
        if round_ % LATE_EVERY == LATE_EVERY - 1:
            with another_worker(portal):
                submitted.append(submit(portal, token, data, f"Model {round_}"))
                come_back_late(portal)
        else:
            submitted.append(submit(portal, token, data, f"Model {round_}"))
            kill_in_the_middle(portal, killed, dice)

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
