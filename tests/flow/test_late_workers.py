"""A worker that was taken for dead, and comes back with its scores: it writes nothing.

Stopped and continued, not killed: what is dead never comes back late, so it meets no fence.
"""

import os
import signal
from collections.abc import Iterator
from typing import Any

import pytest

from tests import make
from tests.flow.workers import REFUSED, another_worker, late_ends, stop_in_the_middle
from tests.portal import Portal, running_portal, wait_until

# Long enough to be stopped in: about two seconds for all three scorers.
EXAMPLES = 1200
RESULTS = 12 * 3


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    """A portal that notices silent workers fast, with a release of enough work to be stopped in."""
    folder = tmp_path_factory.mktemp("late")
    with running_portal(folder / "state", LEASE_SECONDS="3", SWEEP_SECONDS="0.5") as portal:
        make.write_labels(folder / "labels", n=EXAMPLES)
        portal.manage("import_release", str(folder / "labels"), "--name", "late", "--labels-only")
        yield portal
        # A test that failed may have left one stopped, and a stopped worker hears no farewell.
        for pid in portal.processes("worker"):
            os.killpg(pid, signal.SIGCONT)


def submit(portal: Portal, model: str) -> int:
    """Upload a model's files; the id of their evaluation."""
    data = make.zipped(make.files(n=EXAMPLES))
    answer = portal.upload(portal.token(), "all.zip", data, model=model)
    assert answer.status_code == 201, answer.text
    return int(portal.query("SELECT max(id) FROM submissions_evaluation")[0][0])


def state(portal: Portal, evaluation: int) -> list[tuple[Any, ...]]:
    """How an evaluation stands: its status, and how often it was claimed."""
    return portal.query(
        "SELECT status, attempts FROM submissions_evaluation WHERE id = ?", evaluation
    )


def written(portal: Portal, evaluation: int) -> dict[str, list[tuple[Any, ...]]]:
    """Everything that the end of an evaluation writes."""
    (submission,) = portal.query(
        "SELECT submission_id FROM submissions_evaluation WHERE id = ?", evaluation
    )[0]
    return {
        "evaluations": portal.query(
            "SELECT id, status, attempts, failure, finished_at FROM submissions_evaluation"
            " WHERE submission_id = ? ORDER BY id",
            submission,
        ),
        "results": portal.query(
            "SELECT id, task, scorer, mean FROM submissions_taskresult"
            " WHERE evaluation_id = ? ORDER BY id",
            evaluation,
        ),
        "events": portal.query(
            "SELECT kind, count(*) FROM submissions_boardevent"
            " WHERE kind <> 'submitted' AND submission_id = ? GROUP BY kind",
            submission,
        ),
        "standings": portal.query(
            "SELECT id FROM submissions_standing WHERE submission_id = ? ORDER BY id", submission
        ),
    }


@pytest.mark.slow
def test_a_worker_that_comes_back_after_the_end_writes_nothing(portal: Portal) -> None:
    with another_worker(portal):
        evaluation = submit(portal, "After")
        late = stop_in_the_middle(portal, evaluation)
        done = [("done", 2)]
        wait_until(lambda: state(portal, evaluation) == done, seconds=60, what="the other's end")
        before = written(portal, evaluation)

        late.let_go()
        ends = wait_until(
            lambda: late_ends(portal, evaluation), seconds=60, what="the late worker's end"
        )

        assert REFUSED in ends[0]
        assert written(portal, evaluation) == before
        assert before["events"] == [("scored", 1)]
        assert len(before["results"]) == RESULTS
        assert {mean for *_, mean in before["results"]} == {1.0}


@pytest.mark.slow
def test_a_worker_that_comes_back_while_another_has_its_row_writes_nothing(
    portal: Portal,
) -> None:
    with another_worker(portal):
        evaluation = submit(portal, "Between")
        first = stop_in_the_middle(portal, evaluation)
        second = stop_in_the_middle(portal, evaluation, claim=2)

        # Both are held.  The row runs, as it did when the first had it: only the fence's number
        # says that it is another's now.  What ends it is the first worker's second claim.
        first.let_go()
        wait_until(
            lambda: state(portal, evaluation)[0][0] == "done", seconds=60, what="an end with scores"
        )
        assert state(portal, evaluation) == [("done", 3)]
        before = written(portal, evaluation)
        second.let_go()
        wait_until(
            lambda: len(late_ends(portal, evaluation)) == 2, seconds=60, what="the second's end"
        )

        assert all(REFUSED in end for end in late_ends(portal, evaluation))
        assert written(portal, evaluation) == before
        assert before["events"] == [("scored", 1)]
        assert len(before["results"]) == RESULTS
