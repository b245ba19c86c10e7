"""What reading and decoding long contexts costs on one GPU, as a ratio to the card's own floor.

    python -m benchmarks.gpu [prefill] [stock] [error] [reuse] [decode] [million]

Weights are random in the shape of Mistral-7B: time does not depend on what a model knows.
The floor is the model's arithmetic over the rate of an 8192-cubed bf16 matrix product on the same
card in the same run.  Prints JSON on stdout.
"""

import copy
import gc
import json
import platform
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
import transformers
from transformers import AutoModelForCausalLM, DynamicCache, GenerationConfig, MistralConfig

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from workers.runners.transformers_local import attention, loading, room
from workers.runners.transformers_local.reader import Reader
from workers.runners.transformers_local.stepping import cache_argument

LONG = 131_072
CALC_TOKENS = 44_000
GIB = 1 << 30
SHAPE = MistralConfig(
    vocab_size=32_000,
    hidden_size=4096,
    intermediate_size=14_336,
    num_hidden_layers=32,
    num_attention_heads=32,
    num_key_value_heads=8,
    head_dim=128,
    max_position_embeddings=1 << 21,
    rope_theta=1_000_000.0,
    sliding_window=None,
    tie_word_embeddings=False,
)


def operations(tokens: int) -> float:
    """Floating-point operations of reading `tokens`: two a weight and token, and attention's."""
    layers, width = SHAPE.num_hidden_layers, SHAPE.num_attention_heads * 128
    hidden, inner = SHAPE.hidden_size, SHAPE.intermediate_size
    weights = layers * (2 * hidden * width + 2 * hidden * 1024 + 3 * hidden * inner)
    return 2.0 * weights * tokens + 2.0 * tokens * tokens * width * layers


def make_model(
    implementation: str, shape: MistralConfig = SHAPE, dtype: Any = torch.bfloat16
) -> Any:
    torch.manual_seed(7)
    with torch.device("cuda"):
        model = AutoModelForCausalLM.from_config(
            copy.deepcopy(shape), attn_implementation=implementation, dtype=dtype
        )
    return model.eval()


def ids_of(tokens: int, seed: int) -> list[int]:
    generator = torch.Generator().manual_seed(seed)
    return list(torch.randint(0, SHAPE.vocab_size, (tokens,), generator=generator).tolist())


def free() -> None:
    gc.collect()
    torch.cuda.empty_cache()
    torch.cuda.reset_peak_memory_stats()


def timed(work: Callable[[], object]) -> float:
    torch.cuda.synchronize()
    started = time.perf_counter()
    work()
    torch.cuda.synchronize()
    return time.perf_counter() - started


def measure_rate() -> dict[str, float]:
    """Operations a second of the card's bf16 matrix product: the floor's measure."""
    a, b = (torch.randn(8192, 8192, device="cuda", dtype=torch.bfloat16) for _ in range(2))
    for _ in range(5):
        a @ b
    seconds = statistics.median(timed(lambda: a @ b) for _ in range(30))
    return {"tflops": 2 * 8192**3 / seconds / 1e12}


def stock() -> dict[str, Any]:
    """The authors' way and transformers' own, for comparison."""
    model, ids, rows = make_model("sdpa"), ids_of(LONG, 1), {}
    rows["the authors' 128-token chunks, 16384 tokens"] = {
        "seconds": timed(lambda: read_stock(model, ids[:16_384], 128))
    }
    rows["transformers' sdpa, chunks of 16384"] = {
        "seconds": timed(lambda: read_stock(model, ids, 16_384)),
        "peak_gib": torch.cuda.max_memory_allocated() / GIB,
    }
    return rows


def prefill(rate: float) -> dict[str, Any]:
    floor = operations(LONG) / rate
    ids, rows = ids_of(LONG, 1), {}
    model = make_model(attention.NAME)

    def read(name: str, chunk: int, repeats: int = 3) -> None:
        free()
        reader = Reader(model, ends=(), chunk_tokens=chunk)
        times = []
        for _ in range(repeats):
            reader.forget()
            times.append(timed(lambda: reader.answer(ids, max_new_tokens=1)))
        peak = torch.cuda.max_memory_allocated() / GIB
        best = min(times)
        rows[name] = {"seconds": best, "all": times, "peak_gib": peak, "to_floor": best / floor}
        log(name, rows[name])

    Reader(model, ends=(), chunk_tokens=8192).answer(ids[:16_384], max_new_tokens=1)
    read("one piece", 0)
    for chunk in (32_768, 16_384, 8_192):
        read(f"chunks of {chunk}", chunk)
    loading.fuse(model)
    Reader(model, ends=(), chunk_tokens=8192).answer(ids[:20_000], max_new_tokens=1)
    read("one piece, fused", 0)
    for chunk in (32_768, 16_384, 8_192):
        read(f"chunks of {chunk}, fused", chunk)
    reader = Reader(model, ends=(), chunk_tokens=0)
    rows["one piece, 16384 tokens, fused"] = {
        "seconds": timed(lambda: reader.answer(ids[:16_384], max_new_tokens=1))
    }
    return {"floor_seconds": floor, "petaflop": operations(LONG) / 1e15, "rows": rows}


@torch.inference_mode()
def read_stock(model: Any, ids: list[int], chunk: int) -> None:
    cache = DynamicCache(config=model.config)
    for begin in range(0, len(ids), chunk):
        piece = torch.tensor([ids[begin : begin + chunk]], device="cuda")
        model(
            input_ids=piece,
            use_cache=True,
            logits_to_keep=1,
            **{cache_argument(model): cache},
        )


def error() -> dict[str, Any]:
    """How far chunks and one piece are from float32, for one layer's attention at 32,768 tokens."""
    torch.manual_seed(3)
    shape = (1, 32, 32_768, 128)
    query = torch.randn(shape, device="cuda", dtype=torch.bfloat16)
    key, value = (
        torch.randn((1, 8, 32_768, 128), device="cuda", dtype=torch.bfloat16) for _ in range(2)
    )
    from workers.runners.transformers_local import decode_kernel  # noqa: PLC0415  Needs triton.

    module = torch.nn.Identity()
    one = attention.attend(module, query, key, value, None)[0]
    pieces = torch.cat(
        [
            attention.attend(
                module, query[:, :, at : at + 8192], key[:, :, : at + 8192],
                value[:, :, : at + 8192], None,
            )[0]
            for at in range(0, 32_768, 8192)
        ],
        dim=1,
    )  # fmt: skip
    exact = torch.cat(
        [
            attention.attend(
                module, query[:, head : head + 4].float(),
                key[:, head // 4 : head // 4 + 1].float(),
                value[:, head // 4 : head // 4 + 1].float(), None,
            )[0]
            for head in range(0, 32, 4)
        ],
        dim=2,
    )  # fmt: skip

    lengths = torch.tensor([32_768], device="cuda")
    single = decode_kernel.attend_one(query[:, :, -1:], key, value, lengths, 128**-0.5)

    def away(found: torch.Tensor, from_: torch.Tensor) -> float:
        return float((found.float() - from_.float()).norm() / from_.float().norm())

    return {
        "one_piece_from_float32": away(one, exact),
        "chunks_from_float32": away(pieces, exact),
        "chunks_from_one_piece": away(pieces, one),
        "one_query_from_float32": away(single.transpose(1, 2), exact[:, -1:]),
    }


def reuse() -> dict[str, Any]:
    """Five questions on one context of 131,024 tokens, with and without what they share."""
    with_reuse, without = time_reuse()
    free()
    return {
        "seconds_with": with_reuse,
        "seconds_without": without,
        "ratio": without / with_reuse,
        "same_ids_in_float32_on_a_smaller_shape": says_the_same(),
    }


def ask(reader: Reader, context: list[int], *, forget: bool) -> list[tuple[int, ...]]:
    said = []
    for number in range(5):
        if forget:
            reader.forget()
        said.append(reader.answer(context + ids_of(48, 10 + number), max_new_tokens=8).ids)
    reader.forget()
    return said


def time_reuse() -> tuple[float, float]:
    context = ids_of(LONG - 64, 2)
    reader = Reader(make_model(attention.NAME), ends=(), chunk_tokens=16_384)
    reader.answer(context[:20_000], max_new_tokens=1)
    reader.forget()
    with_reuse = timed(lambda: ask(reader, context, forget=False))
    return with_reuse, timed(lambda: ask(reader, context, forget=True))


def says_the_same() -> bool:
    small = copy.deepcopy(SHAPE)
    small.num_hidden_layers, small.hidden_size, small.intermediate_size = 4, 1024, 2048
    small.num_attention_heads, small.num_key_value_heads = 8, 2
    model, context = make_model(attention.NAME, small, torch.float32), ids_of(16_000, 2)
    kept, fresh = (
        ask(Reader(model, ends=(), chunk_tokens=4096), context, forget=forget)
        for forget in (False, True)
    )
    return kept == fresh


def decode() -> dict[str, Any]:
    """Eight sequences at 44,000 tokens side by side, against one at a time by three ways."""
    new = 128
    prompts = [ids_of(CALC_TOKENS - 100 * number, 20 + number) for number in range(8)]
    rates = {"transformers generate, one": rate_of_generate(prompts[0], new)}
    free()
    model = make_model(attention.NAME)
    one = Reader(model, ends=(), chunk_tokens=16_384)
    one.answer(prompts[0][:2000], max_new_tokens=4)
    rates["one, step by step"] = new / one.answer(prompts[0], max_new_tokens=new).decode_seconds
    one.forget()
    said: dict[int, list[tuple[int, ...]]] = {}
    for rows in (1, 4, 8):
        free()
        reader = Reader(model, ends=(), chunk_tokens=16_384)
        answers = dict(reader.answers(prompts[:rows], max_new_tokens=new, at_once=rows))
        # Recording the step costs a second or two once: a longer run shows the steady rate.
        longer = dict(reader.answers(prompts[:rows], max_new_tokens=3 * new, at_once=rows))
        extra = last_decode(longer) - last_decode(answers)
        rates[f"{rows}, recorded steps"] = rows * 2 * new / extra
        said[rows] = [answers[number].ids[:32] for number in range(rows)]
    weights = sum(each.numel() for each in model.parameters()) * 2
    peak = torch.cuda.max_memory_allocated() / GIB
    best = rates["8, recorded steps"]
    return {
        "tokens_a_second": rates,
        "ratio_to_generate": best / rates["transformers generate, one"],
        "ratio_to_step_by_step": best / rates["one, step by step"],
        "ratio_to_one_recorded": best / rates["1, recorded steps"],
        "same_first_32_ids_one_and_eight": said[1][0] == said[8][0],
        "gigabytes_read_a_step": (weights + 8 * CALC_TOKENS * 131_072) / 1e9,
        "peak_gib": peak,
    }


def rate_of_generate(prompt: list[int], new: int) -> float:
    model, ids = make_model("sdpa"), torch.tensor([prompt], device="cuda")

    def generate(tokens: int) -> float:
        plain = GenerationConfig(
            do_sample=False, pad_token_id=0, eos_token_id=None, max_new_tokens=tokens
        )
        mask = torch.ones_like(ids)
        return timed(lambda: model.generate(ids, attention_mask=mask, generation_config=plain))

    generate(2)
    return new / (generate(new + 1) - generate(1))


def last_decode(answers: dict[int, Any]) -> float:
    """Seconds from when the last sequence entered to the end."""
    return min(float(answer.decode_seconds) for answer in answers.values())


def million() -> dict[str, Any]:
    tokens = 1 << 20
    model = make_model(attention.NAME)
    loading.fuse(model)
    on_host = room.layers_on_host(model, tokens + 1, chunk_tokens=16_384)
    reader = Reader(model, ends=(), chunk_tokens=16_384, on_host=on_host)
    reader.answer(ids_of(40_000, 3), max_new_tokens=1)
    reader.forget()
    free()
    ids = ids_of(tokens, 4)
    started = time.perf_counter()

    def tell(*_: object) -> None:
        read = reader.length
        if read % 131_072 == 0:
            torch.cuda.synchronize()
            log("million", {"read": read, "seconds": time.perf_counter() - started})

    model.register_forward_hook(tell)
    seconds = timed(lambda: reader.answer(ids, max_new_tokens=1))
    return {"tokens": tokens, "seconds": seconds, "layers_on_host": on_host,
            "peak_gib": torch.cuda.max_memory_allocated() / GIB}  # fmt: skip


def log(name: str, row: object) -> None:
    print(name, json.dumps(row), file=sys.stderr, flush=True)


def main(steps: list[str]) -> None:
    attention.register()
    rate = measure_rate()
    result: dict[str, Any] = {
        "card": torch.cuda.get_device_name(),
        "torch": torch.__version__,
        "transformers": transformers.__version__,
        "python": platform.python_version(),
        "rate": rate,
    }
    work: dict[str, Callable[[], Any]] = {
        "prefill": lambda: prefill(rate["tflops"] * 1e12),
        "stock": stock,
        "error": error,
        "reuse": reuse,
        "decode": decode,
        "million": million,
    }
    for step in steps or ["prefill", "stock", "error", "reuse", "decode"]:
        try:
            result[step] = work[step]()
        except (RuntimeError, ValueError) as failed:
            result[step] = {"failed": str(failed)[:600]}
        log(step, result[step])
        free()
    print(json.dumps(result, indent=1))


if __name__ == "__main__":
    main(sys.argv[1:])
