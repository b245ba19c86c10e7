"""A process that computes and dies, breaks or raves: it is replaced, and nobody waits for it."""

import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import needs

needs.models()

from tests.models.asking import (  # noqa: E402  Only where there are models.
    SECONDS,
    completed,
    config_of,
    has_begun,
    kill_child,
    prompt_of,
    started,
    until,
)
from tests.models.make_models import random_model  # noqa: E402
from workers.runners.base import RunnerError, Trouble  # noqa: E402
from workers.runners.transformers_local import process  # noqa: E402
from workers.runners.transformers_local.runner import LocalModel  # noqa: E402

# What a process that nobody understands may say.
RAVINGS = (
    "[1]\n",
    '{"number": 1}\n',
    '{"kind": "sings", "number": 1}\n',
    '{"kind": "done", "number": 1}\n',
    '{"kind": "failed", "number": 1, "trouble": "joy", "reason": ""}\n',
    "\0\0\0\n",
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return random_model(tmp_path_factory.mktemp("model"))


@pytest.fixture
def runner(folder: Path) -> Iterator[LocalModel]:
    running = LocalModel(config_of(folder))
    yield running
    running.close()


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSEGV])
def test_a_prompt_that_kills_every_process_fails_with_its_reason_and_the_next_is_answered(
    runner: LocalModel, number: int
) -> None:
    errors = []
    for _ in range(3):
        future = started(runner, prompt_of("deadly", max_new_tokens=1900))
        until(lambda: has_begun(runner))
        kill_child(runner, number)
        with pytest.raises(RunnerError) as died:
            future.result(SECONDS)
        errors.append(died.value)

    answer = completed(runner, prompt_of("hello"))

    assert [one.trouble for one in errors] == [Trouble.RETRY, Trouble.RETRY, Trouble.EXAMPLE]
    why = "it was killed" if number == signal.SIGKILL else f"signal {int(number)}"
    assert all(why in one.reason for one in errors)
    assert "3 processes in a row" in errors[-1].reason
    assert answer.tokens_out == 12
    assert runner.describe()["replaced_processes"] == 3


def test_a_process_whose_card_has_lost_its_state_is_replaced(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(process, "CHILD", "tests.models.sick_child")
    runner = LocalModel(config_of(folder))
    errors = []
    for _ in range(3):
        with pytest.raises(RunnerError) as broke:
            completed(runner, prompt_of("x" * 400))
        errors.append(broke.value)

    answer = completed(runner, prompt_of("hello"))
    runner.close()

    assert [one.trouble for one in errors] == [Trouble.RETRY, Trouble.RETRY, Trouble.EXAMPLE]
    assert all("the card's driver lost its state" in one.reason for one in errors)
    assert answer.tokens_out == 12
    assert runner.describe()["replaced_processes"] == 3


def test_a_process_that_raves_is_ended_and_lets_nobody_wait(runner: LocalModel) -> None:
    for raving in RAVINGS:
        child = stand_in(runner, raving, stays=True)
        with pytest.raises(RunnerError) as raved:
            completed(runner, prompt_of("Say something."))
        assert (raving, raved.value.trouble) == (raving, Trouble.RETRY)
        assert "no message" in raved.value.reason
        assert child.wait(SECONDS) == -signal.SIGKILL

    assert completed(runner, prompt_of("hello")).tokens_out == 12


def test_a_process_that_dies_in_the_middle_of_a_message_lets_nobody_wait(
    runner: LocalModel,
) -> None:
    stand_in(runner, '{"kind": "do', stays=False)

    with pytest.raises(RunnerError) as died:
        completed(runner, prompt_of("Say something."))

    assert died.value.trouble is Trouble.RETRY
    assert "no message" not in died.value.reason


def stand_in(runner: LocalModel, says: str, *, stays: bool) -> "subprocess.Popen[bytes]":
    """Another process instead of the child, which says something to whoever asks."""
    before = runner._child
    program = (
        "import sys, time; sys.stdin.readline(); "
        f"sys.stdout.write({says!r}); sys.stdout.flush(); time.sleep({600 if stays else 0})"
    )
    runner._child = child = subprocess.Popen(
        [sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    if before is not None:
        before.kill()
    threading.Thread(target=runner._listen, args=(child,), daemon=True).start()
    return child
