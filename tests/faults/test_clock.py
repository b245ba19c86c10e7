"""A clock that jumps while work is under way: it is done all the same, and once."""

import os
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import needs
from tests.faults.servers import FAST, Broker, Database, faulty_portal, submit
from tests.flow.workers import stop_in_the_middle
from tests.portal import Portal, wait_until

EXAMPLES = 1200
HOUR = 3600
SOURCE = Path(__file__).with_name("clock.c")


class Clock:
    """What time the portal's processes take it to be, as a distance from the real one."""

    def __init__(self, folder: Path) -> None:
        self._distance = folder / "distance"
        self._library = folder / "clock.so"
        compiler = needs.compiler()
        command = [compiler, "-shared", "-fPIC", "-O1", "-o", str(self._library), str(SOURCE)]
        subprocess.run(command, check=True)
        self.set(0)

    def set(self, seconds: int) -> None:
        """Jump that far from the real time."""
        draft = self._distance.with_suffix(".new")
        draft.write_text(f"{seconds}\n")
        draft.replace(self._distance)

    @property
    def settings(self) -> dict[str, str]:
        """The environment of a process that lives by this clock."""
        return {"LD_PRELOAD": str(self._library), "CLOCK_DISTANCE": str(self._distance)}


@pytest.fixture
def clock(tmp_path: Path) -> Clock:
    """A clock that goes right until it is set."""
    return Clock(tmp_path)


@pytest.fixture
def portal(tmp_path: Path, clock: Clock, database: Database, broker: Broker) -> Iterator[Portal]:
    """A portal that lives by that clock; its database and its broker do not."""
    with faulty_portal(
        tmp_path,
        database,
        broker,
        "clocks",
        EXAMPLES,
        **(FAST | clock.settings),
    ) as portal:
        yield portal


def newest(portal: Portal) -> int:
    return int(portal.query("SELECT max(id) FROM submissions_evaluation")[0][0])


def scored(portal: Portal) -> list[int]:
    """How often each submission was scored, or failed."""
    return [
        count
        for _, count in portal.query(
            "SELECT submission_id, count(*) FROM submissions_boardevent"
            " WHERE kind <> 'submitted' GROUP BY submission_id"
        )
    ]


@pytest.mark.slow
def test_set_back_an_hour_the_work_of_dead_workers_and_lost_messages_is_still_found(
    portal: Portal, broker: Broker, clock: Clock
) -> None:
    token = portal.token()
    taken = submit(portal, token, "Taken", examples=EXAMPLES)
    held = stop_in_the_middle(portal, newest(portal))
    unheard = submit(portal, token, "Unheard", examples=EXAMPLES)
    broker.client.flushall()

    clock.set(-HOUR)
    os.killpg(held.group, signal.SIGKILL)

    ends = [portal.wait_scored(token, one, seconds=90)["status"] for one in (taken, unheard)]
    assert ends == ["done", "done"]
    assert scored(portal) == [1, 1]
    assert "everything holds" in portal.manage("verify")


@pytest.mark.slow
def test_set_ahead_a_day_nothing_is_scored_twice(portal: Portal, clock: Clock) -> None:
    token = portal.token()
    under_way = submit(portal, token, "Under way", examples=EXAMPLES)
    evaluation = newest(portal)
    wait_until(
        lambda: portal.query(
            "SELECT id FROM submissions_evaluation WHERE id = ? AND status = 'running'", evaluation
        ),
        seconds=60,
        what="scoring",
    )

    clock.set(24 * HOUR)

    assert portal.wait_scored(token, under_way, seconds=90)["status"] == "done"
    after = submit(portal, token, "After", examples=EXAMPLES)
    assert portal.wait_scored(token, after, seconds=90)["status"] == "done"
    assert scored(portal) == [1, 1]
