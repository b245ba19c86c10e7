"""The runner and its child: prompts to completions in another process, which may die."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import needs

needs.models()

import torch  # noqa: E402  Only where it is installed.
from transformers import AutoModelForCausalLM, AutoTokenizer, GenerationConfig  # noqa: E402

from tests.models.asking import (  # noqa: E402
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
from workers.runners.transformers_local.runner import LocalModel  # noqa: E402


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return random_model(tmp_path_factory.mktemp("model"))


@pytest.fixture(scope="module")
def shared(folder: Path) -> Iterator[LocalModel]:
    """One child for the tests that leave it as it is."""
    runner = LocalModel(config_of(folder))
    yield runner
    runner.close()


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
    futures = [started(shared, prompt_of(one, max_new_tokens=24)) for one in texts]

    answers = [one.result(SECONDS) for one in futures]

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
    future = started(runner, long)
    time.sleep(0.5)
    kill_child(runner)

    with pytest.raises(RunnerError) as died:
        future.result(SECONDS)
    answer = completed(runner, prompt_of("hello"))
    runner.close()

    assert died.value.trouble is Trouble.RETRY
    assert "killed" in died.value.reason
    assert answer.tokens_out == 12


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
    first = started(runner, prompt_of("a", max_new_tokens=400))
    others = [started(runner, prompt_of(f"b{one}")) for one in range(3)]
    until(lambda: has_begun(runner))

    runner.drain()

    assert first.result(SECONDS).tokens_out > 0
    assert all(other.cancelled() for other in others)
    runner.close()
