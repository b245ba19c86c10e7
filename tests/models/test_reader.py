"""Reading in chunks, keeping what prompts share, decoding side by side: the same ids each time."""

import copy
from functools import cache
from typing import Any

import pytest

from tests import needs

needs.models()

import torch  # noqa: E402  Only where it is installed.
from transformers import (  # noqa: E402
    AutoModelForCausalLM,
    GenerationConfig,
    LlamaConfig,
    MistralConfig,
    Qwen2Config,
)

from workers.runners.transformers_local import attention  # noqa: E402
from workers.runners.transformers_local.memory import ContextCache  # noqa: E402
from workers.runners.transformers_local.reader import Reader  # noqa: E402
from workers.runners.transformers_local.room import layers_on_host  # noqa: E402

NEW = 20
# Small models are slower on several threads, by far where the machine has other work.
torch.set_num_threads(1)
SHAPE: dict[str, Any] = {
    "vocab_size": 300,
    "hidden_size": 64,
    "intermediate_size": 128,
    "num_hidden_layers": 3,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "max_position_embeddings": 4096,
}
CONFIGS = {
    "llama": LlamaConfig(**SHAPE),
    "mistral": MistralConfig(**SHAPE, sliding_window=None),
    "qwen2": Qwen2Config(**SHAPE),
}


@cache
def model_of(kind: str) -> Any:
    """A random model that reads by our attention."""
    torch.manual_seed(7)
    name = attention.register()
    config = copy.deepcopy(CONFIGS[kind])
    return AutoModelForCausalLM.from_config(
        config, attn_implementation=name, dtype=torch.float32
    ).eval()


@cache
def ids_of(length: int, seed: int = 1) -> tuple[int, ...]:
    generator = torch.Generator().manual_seed(seed)
    return tuple(torch.randint(0, 300, (length,), generator=generator).tolist())


def generated(kind: str, ids: tuple[int, ...]) -> list[int]:
    """What transformers itself generates with its plain attention."""
    plain = AutoModelForCausalLM.from_config(
        copy.deepcopy(CONFIGS[kind]), attn_implementation="eager", dtype=torch.float32
    ).eval()
    plain.load_state_dict(model_of(kind).state_dict())
    greedy = GenerationConfig(
        do_sample=False, max_new_tokens=NEW, eos_token_id=None, pad_token_id=0
    )
    prompt = torch.tensor([ids])
    out = plain.generate(prompt, attention_mask=torch.ones_like(prompt), generation_config=greedy)
    return [int(token) for token in out[0, len(ids) :]]


@pytest.mark.parametrize("kind", CONFIGS)
@pytest.mark.parametrize("chunk", [0, 64, 100, 699])
def test_chunks_say_what_transformers_says(kind: str, chunk: int) -> None:
    answer = Reader(model_of(kind), ends=(), chunk_tokens=chunk).answer(
        ids_of(700), max_new_tokens=NEW
    )

    assert list(answer.ids) == generated(kind, ids_of(700))
    assert answer.is_cut


@pytest.mark.parametrize("kind", CONFIGS)
def test_what_two_prompts_share_is_read_once_and_says_the_same(kind: str) -> None:
    first, second = ids_of(700), (*ids_of(700)[:650], *ids_of(50, 2))
    reader = Reader(model_of(kind), ends=(), chunk_tokens=128)
    reader.answer(first, max_new_tokens=NEW)

    again = reader.answer(second, max_new_tokens=NEW)
    fresh = Reader(model_of(kind), ends=()).answer(second, max_new_tokens=NEW)

    assert (again.reused_tokens, fresh.reused_tokens) == (650, 0)
    assert again.ids == fresh.ids


def test_a_longer_question_on_the_same_text_finds_room_behind_it() -> None:
    reader = Reader(model_of("llama"), ends=())
    reader.answer((*ids_of(700), 1), max_new_tokens=NEW)

    longer = reader.answer((*ids_of(700), *ids_of(200, 2)), max_new_tokens=NEW)

    assert longer.reused_tokens == 700
    assert list(longer.ids) == generated("llama", (*ids_of(700), *ids_of(200, 2)))


def test_the_same_prompt_again_still_reads_its_last_token() -> None:
    reader = Reader(model_of("llama"), ends=())
    first = reader.answer(ids_of(300), max_new_tokens=NEW)

    again = reader.answer(ids_of(300), max_new_tokens=NEW)

    assert again.reused_tokens == 299
    assert again.ids == first.ids


def test_a_prompt_that_outgrows_the_memory_is_read_anew() -> None:
    reader = Reader(model_of("llama"), ends=())
    reader.answer(ids_of(100), max_new_tokens=4)

    longer = reader.answer(ids_of(700), max_new_tokens=NEW)

    assert longer.reused_tokens == 0
    assert list(longer.ids) == generated("llama", ids_of(700))


@pytest.mark.parametrize("at_once", [1, 3, 8])
def test_side_by_side_each_prompt_says_what_it_says_alone(at_once: int) -> None:
    prompts = [ids_of(length, length) for length in (300, 500, 123, 700, 40)]
    alone = [
        Reader(model_of("llama"), ends=(7, 8, 9)).answer(prompt, max_new_tokens=NEW)
        for prompt in prompts
    ]

    reader = Reader(model_of("llama"), ends=(7, 8, 9), chunk_tokens=128)
    together = dict(reader.answers(prompts, max_new_tokens=NEW, at_once=at_once))

    assert [together[number].ids for number in range(5)] == [answer.ids for answer in alone]
    assert [together[number].is_cut for number in range(5)] == [answer.is_cut for answer in alone]


def test_an_end_token_ends_an_answer_and_is_not_part_of_it() -> None:
    said = generated("llama", ids_of(700))
    end = next(token for token in said[3:] if token not in said[:3])

    answer = Reader(model_of("llama"), ends=(end,)).answer(ids_of(700), max_new_tokens=NEW)

    assert list(answer.ids) == said[: said.index(end)]
    assert not answer.is_cut


def test_a_window_that_would_hide_something_is_refused() -> None:
    query = torch.randn(1, 4, 8, 16)
    key = torch.randn(1, 2, 32, 16)

    with pytest.raises(ValueError, match="sliding window"):
        attention.attend(torch.nn.Identity(), query, key, key, None, sliding_window=16)


def test_padding_is_refused() -> None:
    model, ids = model_of("llama"), torch.tensor([ids_of(10)])
    mask = torch.ones_like(ids)
    mask[0, 0] = 0

    with pytest.raises(ValueError, match="padding"):
        model(input_ids=ids, attention_mask=mask)


def test_past_and_present_merge_to_attention_over_both() -> None:
    torch.manual_seed(3)
    query = torch.randn(1, 8, 50, 32)
    key, value = torch.randn(1, 2, 350, 32), torch.randn(1, 2, 350, 32)
    mask = torch.ones(50, 350, dtype=torch.bool).tril(300)
    exact = torch.nn.functional.scaled_dot_product_attention(
        query, key.repeat_interleave(4, 1), value.repeat_interleave(4, 1), attn_mask=mask
    )

    found, _ = attention.attend(torch.nn.Identity(), query, key, value, None)

    torch.testing.assert_close(found.transpose(1, 2), exact, atol=2e-6, rtol=2e-6)


def test_a_memory_says_when_it_was_counted_too_small() -> None:
    cache = ContextCache(1, 10)

    with pytest.raises(ValueError, match="11 tokens do not fit a buffer of 10"):
        cache.update(torch.zeros(1, 1, 11, 4), torch.zeros(1, 1, 11, 4), 0)


def test_no_layer_is_kept_away_from_a_processor() -> None:
    assert layers_on_host(model_of("llama"), 1 << 20, chunk_tokens=512) == 0
