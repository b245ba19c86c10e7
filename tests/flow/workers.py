"""Workers of a portal under test: one more of them, and the one at work, stopped in its middle."""

import contextlib
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg

from benchmark_site.serve import die_with_parent
from tests.portal import ROOT, Portal, wait_until

# A worker that happens to write when it is stopped is let go and stopped again, so often.
TRIES = 50
# A transaction that is still open so long after the stop belongs to the stopped worker.
WRITES_SECONDS = 0.4
# What a worker says whose scores the fence refused.
REFUSED = "was given to another worker"


@contextmanager
def another_worker(portal: Portal) -> Iterator[None]:
    """A second worker of the portal, from when it listens until the block ends."""
    before = _listening(portal)
    with _log(portal).open("ab") as output:
        process = subprocess.Popen(
            [
                *(sys.executable, "-m", "celery", "--quiet", "-A", "benchmark_site.celery"),
                *("worker", "--loglevel=WARNING", "--concurrency=1", "--hostname=other@%h"),
            ],
            cwd=ROOT,
            env={**portal.env, "REDIS_URL": portal.broker_url()},
            stdout=output,
            stderr=output,
            start_new_session=True,
            preexec_fn=die_with_parent(signal.SIGKILL),  # noqa: PLW1509  See there.
        )
    try:
        wait_until(lambda: _listening(portal) > before, seconds=60, what="another worker")
        yield
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _log(portal: Portal) -> Path:
    return Path(portal.env["STATE_DIR"]) / "other-worker.log"


def late_ends(portal: Portal, evaluation: int) -> list[str]:
    """What workers said at the end of an evaluation that was not theirs any more.

    Without the fence it is an error: the database's constraints still refuse the second results.
    """
    log = _log(portal)
    other = log.read_text().splitlines() if log.exists() else []
    refused = f"evaluation {evaluation} {REFUSED}"
    failed = ("Task workers.evaluate", "raised unexpected")
    return [
        line
        for line in (*other, *portal.lines)
        if refused in line or all(sign in line for sign in failed)
    ]


def _listening(portal: Portal) -> int:
    count: int = portal.query("SELECT count(*) FROM submissions_workerseen")[0][0]
    return count


@dataclass(frozen=True, slots=True)
class Held:
    """An evaluation that runs, and the worker that has it: its process group, and which claim."""

    group: int
    claim: int

    def let_go(self) -> None:
        """Let a stopped worker go on as if nothing had been."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.group, signal.SIGCONT)


def stop_in_the_middle(portal: Portal, evaluation: int, *, claim: int = 1) -> Held:
    """Stop the worker that scores an evaluation, its heart with it, and outside of any write.

    A stopped process keeps its locks: stopped inside a transaction, it would only make everybody
    wait for it, and no other worker could take over.
    """
    for _ in range(TRIES):
        held = wait_until(lambda: _held(portal, evaluation, claim), seconds=60, what="scoring")
        os.killpg(held.group, signal.SIGSTOP)
        if not _writes(portal) and _held(portal, evaluation, claim):
            return held
        held.let_go()
        assert _held(portal, evaluation, claim), "it ended before it was stopped outside of a write"
    raise AssertionError(f"the worker wrote each of the {TRIES} times that it was stopped")


def _held(portal: Portal, evaluation: int, claim: int) -> Held | None:
    rows = portal.query(
        "SELECT worker FROM submissions_evaluation"
        " WHERE id = ? AND status = 'running' AND attempts = ?",
        evaluation,
        claim,
    )
    return Held(os.getpgid(int(rows[0][0].rpartition(":")[2])), claim) if rows else None


def _writes(portal: Portal) -> bool:
    """Whether somebody still keeps a transaction open that others would wait for."""
    if "DATABASE_URL" not in portal.env:
        with contextlib.closing(sqlite3.connect(portal.sqlite, timeout=1)) as connection:
            try:
                connection.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError:
                return True
            return False
    time.sleep(WRITES_SECONDS)
    with psycopg.connect(portal.env["DATABASE_URL"], autocommit=True) as connection:
        open_ones = connection.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
            " AND state LIKE 'idle in transaction%%'"
            " AND state_change < now() - make_interval(secs => %s)",
            (WRITES_SECONDS / 2,),
        ).fetchone()
    return bool(open_ones and open_ones[0])
