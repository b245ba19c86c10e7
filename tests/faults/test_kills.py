"""Processes that are killed at random moments while submissions flow in: nothing lost or doubled.

FAULT_ROUNDS says how many kills; two submissions come in for each.  `make test-faults` asks for a
hundred.
"""

import contextlib
import os
import queue
import random
import signal
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from ibench.errors import IbenchError
from ibench.portal import Portal as Client

from tests import make
from tests.faults.servers import FAST, Broker, Database, faulty_portal
from tests.portal import Portal, wait_until

ROUNDS = int(os.environ.get("FAULT_ROUNDS", "5"))
SUBMISSIONS = 2 * ROUNDS
SENDERS = 4
# Enough work to be killed in: about half a second.
EXAMPLES = 100
# A sender gives up after so long without an answer, in seconds.
PATIENCE_SECONDS = 300
ROLES = ("web", "worker", "broker", "beat")
WEIGHTS = (3, 4, 2, 1)
SEED = int(os.environ.get("FAULT_SEED", "9"))


@pytest.fixture
def portal(tmp_path: Path, database: Database, broker: Broker) -> Iterator[Portal]:
    """A portal that notices dead workers fast, on servers that may be killed."""
    with faulty_portal(
        tmp_path,
        database,
        broker,
        "kills",
        EXAMPLES,
        SUBMISSIONS_PER_DAY="100000",
        SUBMISSIONS_AT_ONCE="100000",
        **FAST,
    ) as portal:
        yield portal


@dataclass
class Senders:
    """Scripts that submit with the portal's own client, and try again until they are answered."""

    portal: Portal
    token: str
    file: Path
    waiting: queue.Queue[int | None] = field(default_factory=queue.Queue)
    stored: dict[int, str] = field(default_factory=dict)
    tries: Counter[int] = field(default_factory=Counter)
    failed: list[str] = field(default_factory=list)
    threads: list[threading.Thread] = field(default_factory=list)

    def start(self) -> None:
        """Wait for work."""
        for _ in range(SENDERS):
            thread = threading.Thread(target=self._send_all, daemon=True)
            thread.start()
            self.threads.append(thread)

    def finish(self) -> None:
        """Return when everything was sent."""
        for _ in self.threads:
            self.waiting.put(None)
        for thread in self.threads:
            thread.join(2 * PATIENCE_SECONDS)

    def _send_all(self) -> None:
        while (number := self.waiting.get()) is not None:
            try:
                self.stored[number] = self._send(number)
            except IbenchError as error:
                self.failed.append(f"{number}: {error!r}")

    def _send(self, number: int) -> str:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while True:
            self.tries[number] += 1
            try:
                with Client(self.portal.url, self.token) as client:
                    return client.submit(
                        [self.file], model=f"Model {number}", idempotency_key=f"key-{number}"
                    )["id"]
            except IbenchError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(1)


def members(leader: int) -> list[int]:
    """The processes of a session, its leader first."""
    listed = subprocess.run(
        ["ps", "-s", str(leader), "-o", "pid="], capture_output=True, text=True, check=False
    ).stdout
    return sorted(map(int, listed.split()), key=lambda pid: pid != leader)


def kill_some(portal: Portal, role: str, dice: random.Random) -> bool:
    """Kill a role with all its processes, or one of them.  False if it is only just starting."""
    leaders = portal.processes(role)
    found = members(leaders[0]) if leaders else []
    if not found:
        return False
    with contextlib.suppress(ProcessLookupError):
        if dice.random() < 0.5:
            os.killpg(found[0], signal.SIGKILL)
        else:
            os.kill(dice.choice(found), signal.SIGKILL)
    return True


def is_near_its_last_attempt(portal: Portal) -> bool:
    """Whether a third worker would die of an evaluation, which then rightly fails."""
    return bool(
        portal.query(
            "SELECT id FROM submissions_evaluation"
            " WHERE status IN ('queued', 'running') AND attempts >= 2"
        )
    )


def strike(portal: Portal, broker: Broker, dice: random.Random) -> str:
    """Kill something; which role it was."""
    while True:
        role = dice.choices(ROLES, WEIGHTS)[0]
        if role == "broker":
            broker.server.kill()
            time.sleep(dice.uniform(0, 0.5))
            broker.start()
            return role
        if role == "worker" and is_near_its_last_attempt(portal):
            continue
        if kill_some(portal, role, dice):
            return role
        time.sleep(0.2)


def count(portal: Portal, of: str) -> int:
    """How many rows there are."""
    found: int = portal.query(f"SELECT count(*) FROM {of}")[0][0]  # noqa: S608
    return found


@pytest.mark.slow
def test_random_kills_lose_no_submission_and_score_none_twice(
    portal: Portal, broker: Broker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "client"))
    file = tmp_path / "all.zip"
    file.write_bytes(make.zipped(make.files(n=EXAMPLES)))
    senders = Senders(portal, portal.token(), file)
    dice = random.Random(SEED)
    kills: Counter[str] = Counter()

    senders.start()
    for round_ in range(ROUNDS):
        senders.waiting.put(2 * round_)
        senders.waiting.put(2 * round_ + 1)
        # Not so fast that one role dies thirty times in a minute: that would end the portal.
        time.sleep(dice.uniform(0.5, 2.0))
        kills[strike(portal, broker, dice)] += 1
        assert portal.is_running, "\n".join(portal.lines[-40:])
    senders.finish()

    assert not senders.failed
    assert len(senders.stored) == len(set(senders.stored.values())) == SUBMISSIONS
    ended = "submissions_evaluation WHERE status IN ('done', 'failed')"
    wait_until(lambda: count(portal, ended) == SUBMISSIONS, seconds=240, what="all scores")
    wait_until(
        lambda: not count(portal, "submissions_boardstate WHERE computed < wanted"),
        seconds=240,
        what="the board's intervals",
    )
    assert portal.query("SELECT status, count(*) FROM submissions_evaluation GROUP BY status") == [
        ("done", SUBMISSIONS)
    ]
    assert count(portal, "submissions_submission") == SUBMISSIONS
    events = portal.query(
        "SELECT submission_id, count(*) FROM submissions_boardevent"
        " WHERE kind IN ('scored', 'rescored', 'failed') GROUP BY submission_id"
    )
    assert [number for _, number in events] == [1] * SUBMISSIONS
    assert count(portal, "submissions_taskresult") == SUBMISSIONS * 12 * 3
    assert "everything holds" in portal.manage("verify")
    # So many kills do hit: some were scored by a second worker, some sent a second time.
    (attempts,) = portal.query("SELECT sum(attempts) FROM submissions_evaluation")[0]
    print(f"\nkills {dict(kills)}, claims {attempts}, sent {sum(senders.tries.values())}")  # noqa: T201
    if ROUNDS >= 50:
        assert attempts > SUBMISSIONS
        assert sum(senders.tries.values()) > SUBMISSIONS


@pytest.fixture
def usual_portal(tmp_path: Path, database: Database, broker: Broker) -> Iterator[Portal]:
    """A portal with the settings that a user has."""
    with faulty_portal(tmp_path, database, broker, "kills", 3) as portal:
        yield portal


def submit_all(portal: Portal, token: str) -> list[str]:
    """Ten submissions that no worker has heard of yet."""
    data = make.zipped(make.files(n=3))
    answers = [
        portal.upload(token, "all.zip", data, model=f"Model {number}") for number in range(10)
    ]
    assert [answer.status_code for answer in answers] == [201] * 10
    return [answer.json()["id"] for answer in answers]


def seconds_until_scored(portal: Portal, token: str, ids: list[str]) -> float:
    """How long it takes until each of them is scored."""
    began = time.monotonic()
    ends = [portal.wait_scored(token, one)["status"] for one in ids]
    assert ends == ["done"] * len(ids)
    return time.monotonic() - began


@pytest.mark.slow
def test_a_flushed_broker_costs_a_minute_at_most(usual_portal: Portal, broker: Broker) -> None:
    token = usual_portal.token()
    workers = [pid for leader in usual_portal.processes("worker") for pid in members(leader)]
    for pid in workers:
        os.kill(pid, signal.SIGSTOP)
    ids = submit_all(usual_portal, token)
    assert broker.client.dbsize()

    broker.client.flushall()
    for pid in workers:
        os.kill(pid, signal.SIGCONT)

    assert seconds_until_scored(usual_portal, token, ids) < 60


@pytest.mark.slow
def test_what_came_in_while_the_broker_was_away_is_scored_within_a_minute(
    usual_portal: Portal, broker: Broker
) -> None:
    token = usual_portal.token()
    broker.server.kill()
    ids = submit_all(usual_portal, token)

    broker.start()

    assert seconds_until_scored(usual_portal, token, ids) < 60
