"""What a whole run costs on one card by the model's size and the truncation policy.

    python -m benchmarks.gpu_sizes [1B] [3B] [8B] [14B] [--from MEASURED.json]

Measures the pieces with random weights: reading at two lengths and decoding at three, each as the
runner does it.  A read of n tokens takes a*n + b*n^2 seconds, with a and b from the two readings;
a task costs its examples, each read to the middle of the policy's length, and its longest answers.
Prints JSON on stdout: the pieces, and hours by size and policy.  `--from` only computes.
"""

import argparse
import gc
import json
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from scoring.suites import SUITES
from scoring.suites.infinitebench.prompts import PORTAL_BASE_1
from scoring.types import Task

CHUNK_TOKENS: Final = 16_384
SHORT, LONG = 32_768, 131_072
CALC_TOKENS: Final = 44_000
STEPS: Final = 48
# Contexts that several questions are asked on, in the published data: unique ones of a task.
UNIQUE: Final = {"longbook_qa_eng": 69, "longbook_choice_eng": 58, "longbook_qa_chn": 35}
# Tokens that a question adds after a context that is kept, its answer aside.
QUESTION_TOKENS: Final = 128
SIDE_BY_SIDE_TOKENS: Final = 512


@dataclass(frozen=True, slots=True)
class Shape:
    """A model's measures; all have heads of `head` and a gated layer of `inner`."""

    hidden: int
    layers: int
    heads: int
    key_heads: int
    head: int
    inner: int
    vocabulary: int


SHAPES: Final = {
    "1B": Shape(2048, 16, 32, 8, 64, 8192, 128_256),
    "3B": Shape(3072, 28, 24, 8, 128, 8192, 128_256),
    "8B": Shape(4096, 32, 32, 8, 128, 14_336, 128_256),
    "14B": Shape(5120, 48, 40, 8, 128, 13_824, 152_064),
}


def time_steps(step: Callable[[], object]) -> float:
    """Seconds of STEPS steps; each ends with its tokens on the host."""
    started = time.perf_counter()
    for _ in range(STEPS):
        step()
    return time.perf_counter() - started


def measure(name: str) -> dict[str, Any]:
    """The pieces of one size."""
    import torch  # noqa: PLC0415  What only computes needs none of it.
    from transformers import AutoModelForCausalLM, LlamaConfig  # noqa: PLC0415

    from workers.runners.transformers_local import attention, loading, room  # noqa: PLC0415
    from workers.runners.transformers_local.memory import bytes_a_token  # noqa: PLC0415
    from workers.runners.transformers_local.reader import Reader  # noqa: PLC0415
    from workers.runners.transformers_local.stepping import stepper_for  # noqa: PLC0415

    shape = SHAPES[name]
    config = LlamaConfig(
        vocab_size=shape.vocabulary, hidden_size=shape.hidden, num_hidden_layers=shape.layers,
        num_attention_heads=shape.heads, num_key_value_heads=shape.key_heads, head_dim=shape.head,
        intermediate_size=shape.inner, max_position_embeddings=1 << 18,
        tie_word_embeddings=name in {"1B", "3B"},
    )  # fmt: skip
    torch.manual_seed(7)
    with torch.device("cuda"):
        model = AutoModelForCausalLM.from_config(
            config, attn_implementation=attention.register(), dtype=torch.bfloat16
        ).eval()
    loading.fuse(model)

    generator = torch.Generator().manual_seed(1)
    ids = torch.randint(0, shape.vocabulary, (LONG,), generator=generator).tolist()
    reader = Reader(model, ends=(), chunk_tokens=CHUNK_TOKENS)
    # Compiles norms and gated layers for both chunk sizes that follow.
    reader.answer(ids[:20_000], max_new_tokens=2)
    reader.forget()
    found: dict[str, Any] = {
        "parameters": sum(each.numel() for each in model.parameters()),
        "read_seconds": {}, "step_seconds": {},
    }  # fmt: skip
    # Twice the shorter one: what is compiled or looked up at a first reading is not its time.
    for tokens in (SHORT, SHORT, LONG):
        reader.forget()
        torch.cuda.empty_cache()
        torch.cuda.reset_peak_memory_stats()
        answer = reader.answer(ids[:tokens], max_new_tokens=33)
        found["read_seconds"][str(tokens)] = round(answer.prefill_seconds, 3)
        found["step_seconds"][f"one at {tokens}"] = round(answer.decode_seconds / 32, 5)
        found[f"peak_gib at {tokens}"] = round(torch.cuda.max_memory_allocated() / 2**30, 1)
    reader.forget()
    for tokens in (SHORT, CALC_TOKENS, LONG):
        gc.collect()
        torch.cuda.empty_cache()
        capacity = tokens + 2 * STEPS
        left = torch.cuda.mem_get_info()[0] - room.SPARE_BYTES
        rows = int(min(8, left // (bytes_a_token(config, torch.bfloat16) * capacity)))
        stepper = stepper_for(model, rows=rows, capacity=capacity)
        for place in range(rows):
            stepper.cache_of(place)
            stepper.enter(place, token=1, position=tokens)
        with torch.inference_mode():
            stepper.step()
            seconds = time_steps(stepper.step)
        found["step_seconds"][f"side by side at {tokens}"] = round(seconds / STEPS, 5)
        found[f"rows at {tokens}"] = rows
        del stepper
    return found


def read_seconds(pieces: dict[str, Any], tokens: float) -> float:
    """What reading so many tokens takes, from the two readings: a*n + b*n^2."""
    short, long = (pieces["read_seconds"][str(each)] for each in (SHORT, LONG))
    square = (long / LONG - short / SHORT) / (LONG - SHORT)
    return float((short / SHORT - square * SHORT) * tokens + square * tokens * tokens)


def task_seconds(pieces: dict[str, Any], task: Task, limit: int, *, is_kept: bool) -> float:
    """One task of a whole run: every example read, every answer as long as it may be."""
    new = min(PORTAL_BASE_1.tasks[task.slug].max_new_tokens, limit // 2)
    read = min(task.mean_input_tokens, limit - new)
    contexts = UNIQUE.get(task.slug, task.n) if is_kept else task.n
    reading = contexts * read_seconds(pieces, read)
    again = read_seconds(pieces, read) - read_seconds(pieces, read - QUESTION_TOKENS)
    reading += (task.n - contexts) * again
    steps = pieces["step_seconds"]
    nearest = min((SHORT, CALC_TOKENS, LONG), key=lambda each: abs(each - read))
    if new < SIDE_BY_SIDE_TOKENS:
        place = SHORT if nearest == SHORT else LONG
        return float(reading + task.n * new * steps[f"one at {place}"])
    rows = pieces[f"rows at {nearest}"]
    return float(reading + -(-task.n // rows) * new * steps[f"side by side at {nearest}"])


def hours(pieces: dict[str, Any]) -> dict[str, Any]:
    """Hours of a whole run by policy, and tokens a second."""
    tasks = SUITES["infinitebench"].tasks
    policies = {
        "middle, 32k": (SHORT, False),
        "middle, 128k": (LONG, False),
        "middle-context-fixed, 128k": (LONG, True),
    }
    found: dict[str, Any] = {}
    for name, (limit, is_kept) in policies.items():
        each = {
            task.slug: task_seconds(pieces, task, limit, is_kept=is_kept) / 3600 for task in tasks
        }
        found[name] = {
            "hours": round(sum(each.values()), 2),
            "by_task": {slug: round(value, 3) for slug, value in each.items()},
        }
    found["read tokens a second"] = {
        tokens: round(int(tokens) / seconds) for tokens, seconds in pieces["read_seconds"].items()
    }
    return found


def describe() -> dict[str, Any]:
    """Where it was measured."""
    import torch  # noqa: PLC0415
    import transformers  # noqa: PLC0415

    return {
        "card": torch.cuda.get_device_name(),
        "torch": torch.__version__,
        "transformers": transformers.__version__,
    }


def in_processes(sizes: list[str]) -> dict[str, Any]:
    """Each size in a process of its own: what one compiled must not be in another's way."""
    result: dict[str, Any] = {"pieces": {}}
    for name in sizes:
        done = subprocess.run(
            [sys.executable, "-m", "benchmarks.gpu_sizes", name],
            stdout=subprocess.PIPE, check=False,
        )  # fmt: skip
        if done.returncode:
            result["pieces"][name] = {"failed": done.returncode}
            continue
        one = json.loads(done.stdout)
        result["pieces"] |= one["pieces"]
        result |= {key: one[key] for key in ("card", "torch", "transformers")}
        print(name, json.dumps(one["pieces"][name]), file=sys.stderr, flush=True)
    return result


def main() -> None:
    """Measure the sizes that are named, or compute from what was measured."""
    parser = argparse.ArgumentParser(description="What a whole run costs by size and policy.")
    parser.add_argument("sizes", nargs="*", help=", ".join(SHAPES))
    parser.add_argument("--from", dest="measured", type=Path)
    options = parser.parse_args()
    if options.measured:
        result = json.loads(options.measured.read_text("utf-8"))
    else:
        sizes = options.sizes or list(SHAPES)
        result = describe() if len(sizes) == 1 else in_processes(sizes)
        if len(sizes) == 1:
            result["pieces"] = {sizes[0]: measure(sizes[0])}
    result["runs"] = {
        name: hours(pieces) for name, pieces in result["pieces"].items() if "failed" not in pieces
    }
    print(json.dumps(result, indent=1))


if __name__ == "__main__":
    main()
