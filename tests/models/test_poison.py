"""A process that computes and dies, breaks or raves: it is replaced, and nobody waits for it."""

import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.utils import timezone
from pytest_django import Settings

from submissions import runs
from submissions.presence import see_worker
from tests import asking as make_asking
from tests import make, needs

needs.models()

from tests.models.asking import (  # noqa: E402  Only where there are models.
    SECONDS,
    completed,
    config_of,
    has_begun,
    kill_child,
    own_model,
    prompt_of,
    started,
    until,
)
from tests.models.make_models import random_model  # noqa: E402
from workers import hand  # noqa: E402
from workers.hosted import work_on_run  # noqa: E402
from workers.machine import leave_machine  # noqa: E402
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
    runner = LocalModel(config_of(folder, context_tokens=4096, chunk_tokens=4096))
    errors = []
    for _ in range(3):
        with pytest.raises(RunnerError) as broke:
            completed(runner, prompt_of("x" * 2500))
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


@pytest.mark.slow
@pytest.mark.django_db
def test_what_kills_one_workers_processes_is_asked_on_another_worker(
    folder: Path, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hand, "RETRY_SECONDS_LAST", 1.0)
    asked = own_model(folder, settings, tmp_path)
    # One context is longer than the first worker's card bears.
    rows = [
        {"id": at, "context": "x" * size, "input": "?", "answer": ["y"], "options": []}
        for at, size in enumerate((100, 3000, 200))
    ]
    (tmp_path / "rows").mkdir()
    (tmp_path / "rows" / "longbook_qa_eng.jsonl").write_bytes(make.jsonl(rows))
    release = make_asking.stored(tmp_path / "rows", name="asked")
    run = make_asking.run(asked, release=release)
    for name in ("a:1", "b:2"):
        see_worker(name, processes=1, now=timezone.now())
        runs.add_machine(run, f"{name}:1", {})

    def work(worker: str) -> list[str]:
        work_on_run(run.pk, worker=worker, is_stopping=lambda: False)
        return list(run.answers.order_by("position").values_list("state", flat=True))

    with monkeypatch.context() as sick:
        sick.setattr(process, "CHILD", "tests.models.sick_child")
        first = work("a:1:1")
        failed = run.answers.get(state="error")
        again = work("a:1:1")
        untouched = run.answers.get(state="error")
        leave_machine()
    last = work("b:2:1")
    leave_machine()

    run.refresh_from_db()
    assert first == again == ["ok", "error", "ok"]
    assert "3 processes in a row ended while they computed it" in failed.reason
    assert "the card's driver lost its state" in failed.reason
    assert untouched.at == failed.at
    assert last == ["ok"] * 3
    assert (run.status, run.rounds) == ("finished", 2)
    assert run.environment["machines"]["a:1:1"]["replaced_processes"] == 3
    assert run.environment["machines"]["b:2:1"]["replaced_processes"] == 0


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
