"""The runner and its child: prompts to completions in another process, which may die."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from scoring.truncation import Fitted
from tests import needs

needs.models()

import torch  # noqa: E402  Only where it is installed.
from transformers import AutoModelForCausalLM, AutoTokenizer, GenerationConfig  # noqa: E402

from tests.models.make_models import random_model  # noqa: E402
from workers.runners.base import Completion, RunnerError, Trouble, Wait  # noqa: E402
from workers.runners.transformers_local.messages import LocalConfig  # noqa: E402
from workers.runners.transformers_local.runner import LocalModel  # noqa: E402

SECONDS = 120


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return random_model(tmp_path_factory.mktemp("model"))


@pytest.fixture(scope="module")
def shared(folder: Path) -> Iterator[LocalModel]:
    """One child for the tests that leave it as it is."""
    runner = LocalModel(config_of(folder))
    yield runner
    runner.close()


def config_of(folder: Path, **changed: Any) -> LocalConfig:
    told = LocalConfig(
        folder=str(folder),
        is_chat=True,
        context_tokens=2048,
        threads=1,
        chunk_tokens=1024,
        side_by_side_tokens=20,
    )
    return replace(told, **changed)


def prompt_of(user: str, **changed: Any) -> Fitted:
    fitted = Fitted("passkey", "", user, 12, (), len(user), len(user), f"sha of {user}")
    return replace(fitted, **changed)


def completed(runner: LocalModel, prompt: Fitted) -> Completion:
    started = runner.start(prompt)
    assert not isinstance(started, Wait)
    return started.result(SECONDS)


def generated(folder: Path, text: str, new: int = 12) -> str:
    """What transformers generates greedily, with a configuration of its own making."""
    tokenizer = AutoTokenizer.from_pretrained(folder)
    model = AutoModelForCausalLM.from_pretrained(folder, attn_implementation="eager")
    asked = tokenizer.apply_chat_template(
        [{"role": "user", "content": text}], tokenize=False, add_generation_prompt=True
    )
    ids = tokenizer(asked, return_tensors="pt", add_special_tokens=False).input_ids
    greedy = GenerationConfig(
        do_sample=False, max_new_tokens=new, eos_token_id=tokenizer.eos_token_id, pad_token_id=0
    )
    model.generation_config = GenerationConfig()
    out = model.generate(ids, attention_mask=torch.ones_like(ids), generation_config=greedy)
    return str(tokenizer.decode(out[0, ids.shape[1] :], skip_special_tokens=True))


def test_nothing_of_the_repositorys_generation_config_is_followed(
    shared: LocalModel, folder: Path
) -> None:
    text = "The pass key is 71432. Remember it. " * 20

    completion = completed(shared, prompt_of(text))

    assert completion.text == generated(folder, text)
    assert completion.tokens_out == 12
    assert completion.finish_reason == "length"


def test_questions_on_one_text_are_read_once_and_say_the_same(
    shared: LocalModel, folder: Path
) -> None:
    text = "A long story about a gate and a key. " * 25
    questions = [f"{text}\nWhat is question {one}?" for one in range(3)]

    answers = [completed(shared, prompt_of(one)) for one in questions]

    assert all(answer.reused_tokens >= len(text) for answer in answers[1:])
    assert [answer.text for answer in answers] == [generated(folder, one) for one in questions]


def test_long_answers_are_decoded_side_by_side_and_say_the_same(
    shared: LocalModel, folder: Path
) -> None:
    texts = [f"Story {one}. " * (10 + 7 * one) for one in range(6)]
    started = [shared.start(prompt_of(one, max_new_tokens=24)) for one in texts]

    answers = [one.result(SECONDS) for one in started if not isinstance(one, Wait)]

    assert [answer.text for answer in answers] == [generated(folder, one, 24) for one in texts]
    busy = sum(answer.details["device_seconds"] for answer in answers)
    assert busy <= max(answer.seconds for answer in answers) * 1.5


def test_a_text_that_ends_an_answer_ends_it_and_is_left_out(
    shared: LocalModel, folder: Path
) -> None:
    whole = generated(folder, "Say something", 12)
    stop = whole[5]

    completion = completed(shared, prompt_of("Say something", stop=(stop,)))

    assert completion.text == whole[: whole.index(stop)]
    assert completion.finish_reason == "stop"


def test_a_prompt_that_does_not_fit_is_refused_and_never_cut(shared: LocalModel) -> None:
    with pytest.raises(RunnerError) as refused:
        completed(shared, prompt_of("x" * 2040))

    assert refused.value.trouble is Trouble.TOO_LONG
    assert refused.value.limit_tokens == 2048
    assert (refused.value.asked_tokens or 0) > 2048


def test_what_answers_is_described(shared: LocalModel) -> None:
    completed(shared, prompt_of("hello"))

    told = shared.describe()

    assert told["dtype"] == "float32"
    assert told["libraries"]["torch"]
    assert told["attention_checked_to"] < 1e-3
    assert told["settings"]["context_tokens"] == 2048


def test_a_child_that_dies_is_replaced_and_its_prompts_may_be_tried_again(folder: Path) -> None:
    runner = LocalModel(config_of(folder))
    completed(runner, prompt_of("hello"))
    long = prompt_of("Tell me everything.", max_new_tokens=1900)
    future = runner.start(long)
    time.sleep(0.5)
    kill_child(runner)

    with pytest.raises(RunnerError) as died:
        future.result(SECONDS)  # type: ignore[union-attr]
    answer = wait_and_complete(runner, prompt_of("hello"))
    runner.close()

    assert died.value.trouble is Trouble.RETRY
    assert "killed" in died.value.reason
    assert answer.tokens_out == 12


def test_a_child_that_dies_in_the_middle_of_a_message_lets_nobody_wait(folder: Path) -> None:
    runner = LocalModel(config_of(folder))
    before = runner._child
    assert before is not None
    # A child that says half a word to whoever asks, and is gone.
    half = (
        'import sys; sys.stdin.readline(); sys.stdout.write(\'{"kind": "do\'); sys.stdout.flush()'
    )
    runner._child = child = subprocess.Popen(
        [sys.executable, "-c", half], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    threading.Thread(target=runner._listen, args=(child,), daemon=True).start()

    started = runner.start(prompt_of("Say something."))

    assert not isinstance(started, Wait)
    with pytest.raises(RunnerError) as died:
        started.result(SECONDS)
    assert died.value.trouble is Trouble.RETRY
    before.kill()
    runner.close()


def test_a_prompt_that_kills_every_child_fails_with_its_reason(folder: Path) -> None:
    runner = LocalModel(config_of(folder))
    troubles = []
    for _ in range(3):
        future = start_when_ready(runner, prompt_of("deadly", max_new_tokens=1900))
        until(lambda: any(job.began_at for job in runner._jobs.values()))
        kill_child(runner)
        with pytest.raises(RunnerError) as died:
            future.result(SECONDS)
        troubles.append(died.value.trouble)
    runner.close()

    assert troubles == [Trouble.RETRY, Trouble.RETRY, Trouble.EXAMPLE]


def test_a_model_that_cannot_be_loaded_says_why(tmp_path: Path) -> None:
    (tmp_path / "model.safetensors").write_bytes(b"nothing")
    (tmp_path / "config.json").write_text('{"model_type": "llama", "sliding_window": 512}')
    runner = LocalModel(config_of(tmp_path))

    with pytest.raises(RunnerError) as refused:
        completed(runner, prompt_of("hello"))
    runner.close()

    assert refused.value.trouble is Trouble.FATAL
    assert "only a part of the context" in refused.value.reason


def test_no_child_outlives_its_supervisor(folder: Path) -> None:
    runner = LocalModel(config_of(folder))
    completed(runner, prompt_of("hello"))
    child = runner._child
    assert child is not None

    runner.close()

    assert child.poll() is not None


def test_what_is_not_begun_is_given_up_when_the_worker_stops(folder: Path) -> None:
    runner = LocalModel(config_of(folder))
    first = start_when_ready(runner, prompt_of("a", max_new_tokens=400))
    others = [start_when_ready(runner, prompt_of(f"b{one}")) for one in range(3)]
    until(lambda: any(job.began_at for job in runner._jobs.values()))

    runner.drain()

    assert first.result(SECONDS).tokens_out > 0
    assert all(other.cancelled() for other in others)
    runner.close()


def kill_child(runner: LocalModel) -> None:
    child = runner._child
    assert child is not None
    os.kill(child.pid, signal.SIGKILL)


def start_when_ready(runner: LocalModel, prompt: Fitted) -> Any:
    while isinstance(started := runner.start(prompt), Wait):
        time.sleep(min(started.seconds, 0.2))
    return started


def wait_and_complete(runner: LocalModel, prompt: Fitted) -> Completion:
    completion: Completion = start_when_ready(runner, prompt).result(SECONDS)
    return completion


def until(is_so: Any) -> None:
    deadline = time.monotonic() + SECONDS
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.02)
