"""The process that scores: its limits, and what becomes of the worker when it dies."""

import os
import signal
import subprocess
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

import pytest
from pytest_django import Settings

from scoring import SUITES
from scoring.evaluate import evaluate_task
from tests import make
from workers import confined
from workers.confined import OutOfMemory, OutOfTime, ScorerDied, ScorerError, score_task

TASK = "longdialogue_qa_eng"
# Each of these takes the scorers about a fifth of a second.
LONG = "river lantern orchard copper " * 34_000


def score(predictions: Sequence[str | None], *, task: str = TASK) -> object:
    return score_task(
        "infinitebench",
        task,
        predictions=predictions,
        answers=[make.answer_of(task, seed) for seed in range(len(predictions))],
        drop_first_number=False,
    )


def children() -> list[int]:
    """The process ids of this worker's children: one, or none while the next one starts."""
    listed = subprocess.run(
        ["ps", "--ppid", str(os.getpid()), "-o", "pid=,args="],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    return [int(row.split()[0]) for row in listed.splitlines() if "workers.scorer_child" in row]


def child() -> int:
    """The process id of this worker's child."""
    (pid,) = children()
    return pid


@pytest.fixture(autouse=True)
def _ready() -> Iterator[None]:
    """A child that has started, so that its start counts in no limit; a fresh one afterwards."""
    score(["JOHN"])
    yield
    confined._scorer.close()


def test_scores_are_those_of_this_process() -> None:
    predictions = ["RIVER", None, "", "x" * 1000]
    answers = [make.answer_of(TASK, seed) for seed in range(4)]

    assert score(predictions) == evaluate_task(
        TASK,
        predictions=predictions,
        answers=answers,
        scorers=SUITES["infinitebench"].scorers,
    )


def test_one_child_scores_task_after_task() -> None:
    first = child()

    score(["1"], task="passkey")

    assert child() == first


def test_a_task_that_takes_too_long_is_stopped_and_the_next_one_scored(
    settings: Settings,
) -> None:
    settings.SCORING_TASK_SECONDS = 0.5
    started = time.monotonic()

    with pytest.raises(OutOfTime, match=f"{TASK} took longer than 0.5 seconds"):
        score([LONG] * 200)

    assert time.monotonic() - started < 10
    settings.SCORING_TASK_SECONDS = 60
    assert score(["JOHN"])


def test_a_scorer_that_hangs_is_killed(settings: Settings) -> None:
    settings.SCORING_TASK_SECONDS = 1.0
    hanging = child()
    os.kill(hanging, signal.SIGSTOP)

    with pytest.raises(OutOfTime):
        score(["JOHN"])

    assert not Path(f"/proc/{hanging}").exists()
    assert score(["JOHN"])


@pytest.mark.parametrize("lines", [40, 400])
def test_a_task_that_fills_the_memory_is_stopped_and_the_next_one_scored(
    settings: Settings, lines: int
) -> None:
    settings.SCORING_MEMORY_MIB = 128

    with pytest.raises(OutOfMemory, match=f"{TASK} took more than 128 MiB"):
        # One character beyond the common ones makes each of them four bytes wide.
        score([f"{number}😀{LONG}" for number in range(lines)])

    assert score(["JOHN"])


def test_a_child_that_was_killed_costs_nothing() -> None:
    os.kill(child(), signal.SIGKILL)

    assert score(["JOHN"])


def test_a_child_that_dies_again_is_an_error_of_ours() -> None:
    stopped = threading.Event()

    def _kill() -> None:
        while not stopped.wait(0.02):
            for pid in children():
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)

    killer = threading.Thread(target=_kill)
    killer.start()
    try:
        with pytest.raises(ScorerDied, match="status -9"):
            score([LONG] * 200)
    finally:
        stopped.set()
        killer.join()


def test_what_scoring_raises_is_an_error_of_ours() -> None:
    with pytest.raises(ScorerError, match="UnknownTask"):
        score_task(
            "infinitebench", "none", predictions=["x"], answers=["x"], drop_first_number=False
        )


def test_the_child_knows_no_secret() -> None:
    environment = Path(f"/proc/{child()}/environ").read_bytes()

    names = {entry.partition(b"=")[0] for entry in environment.split(b"\0") if entry}
    assert names <= {b"PATH", b"LANG", b"LC_CTYPE"}
