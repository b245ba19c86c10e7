"""The finder that is shipped: what it finds on a processor, by the runner and beside chance."""

import copy
import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from scoring.truncation import Fitted
from tests import needs

needs.models()

import torch  # noqa: E402  Only where it is installed.
from transformers import AutoConfig, AutoModelForCausalLM, AutoTokenizer  # noqa: E402

from tests.models.finder.rows import RowMaker  # noqa: E402
from tests.models.finder.tokens import GENERATORS, example_of, make_tokenizer  # noqa: E402
from tests.models.finder.train import accuracy  # noqa: E402
from workers.runners.base import Wait  # noqa: E402
from workers.runners.transformers_local import attention  # noqa: E402
from workers.runners.transformers_local.messages import LocalConfig  # noqa: E402
from workers.runners.transformers_local.runner import LocalModel  # noqa: E402

WEIGHTS = Path(__file__).parent / "finder" / "weights"
LARGEST_BYTES = 6_500_000
torch.set_num_threads(1)


@cache
def finder() -> Any:
    return AutoModelForCausalLM.from_pretrained(
        WEIGHTS, attn_implementation=attention.register(), dtype=torch.float32
    ).eval()


@cache
def guesser() -> Any:
    """The same shape with random weights."""
    torch.manual_seed(7)
    config = copy.deepcopy(AutoConfig.from_pretrained(WEIGHTS))
    name = attention.register()
    return AutoModelForCausalLM.from_config(
        config, attn_implementation=name, dtype=torch.float32
    ).eval()


@cache
def maker() -> RowMaker:
    return RowMaker(make_tokenizer(), device="cpu", seed=1)


@pytest.fixture(scope="module")
def runner() -> Iterator[LocalModel]:
    config = LocalConfig(folder=str(WEIGHTS), is_chat=False, context_tokens=8192, threads=1)
    running = LocalModel(config)
    yield running
    running.close()


@pytest.mark.parametrize("task", GENERATORS)
@pytest.mark.parametrize(("tokens", "examples"), [(512, 5), (4096, 1)])
def test_it_finds_what_a_random_model_of_its_shape_does_not(
    task: str, tokens: int, examples: int
) -> None:
    found, guessed = (
        accuracy(model, maker(), task, tokens=tokens, examples=examples)
        for model in (finder(), guesser())
    )

    assert (found, guessed) == (1.0, 0.0)


@pytest.mark.parametrize("task", GENERATORS)
def test_the_runner_gives_its_answers(task: str, runner: LocalModel) -> None:
    prompt, answer = example_of(task, tokens=1024, seed=1_000_000)

    started = runner.start(
        Fitted(task, "", prompt.text, prompt.max_new_tokens, prompt.stop, 0, 0, prompt.sha256)
    )
    assert not isinstance(started, Wait)
    completion = started.result(timeout=120)

    assert completion.text.strip() == answer
    assert completion.finish_reason == "stop"


def test_a_needle_in_what_is_cut_out_is_not_found() -> None:
    prompt, answer = example_of("passkey", tokens=1024, seed=1_000_005)
    needle = next(line for line in prompt.text.split("\n") if answer in line)
    ids = maker().ids(prompt.text.replace(f"{needle}\n", "") + f" {answer}")

    logits = finder()(input_ids=torch.tensor([ids]), use_cache=False).logits[0]

    assert logits[-4:-1].argmax(-1).tolist() != ids[-3:]


def test_the_tokenizer_that_is_shipped_is_the_one_that_is_made() -> None:
    shipped = AutoTokenizer.from_pretrained(WEIGHTS)
    text = 'Noël "12ab34cd-4eff-4123-8abc-deadbeef0123": 无限 12345\t\n{"x"}'

    ids = shipped(text).input_ids

    assert shipped.get_vocab() == make_tokenizer().get_vocab()
    assert ids == make_tokenizer().encode(text).ids
    assert shipped.decode(ids) == text


def test_it_is_small_enough_to_ship_and_names_no_code() -> None:
    config = json.loads((WEIGHTS / "config.json").read_text())

    assert sum(one.stat().st_size for one in WEIGHTS.iterdir()) < LARGEST_BYTES
    assert {one.suffix for one in WEIGHTS.iterdir()} <= {".json", ".safetensors"}
    assert "auto_map" not in config
