"""Trains the finder on one card in minutes and writes it as a model repository.

    python -m tests.models.finder.train OUT [--minutes 6] [--longest 65536] [--seed 7]

Lengths grow by a curriculum: a length is left when most of its tokens are said right.  Two layers
with rotary positions gather what stands just before a token, and begin with their heads pointed
there; two without positions find the same again at whatever distance.  So nothing that finds
depends on a length that was seen, and 250 steps suffice where 2,500 without that beginning did not.
Prints a line of JSON at every report and at the end the accuracy by task and length.
"""

import argparse
import json
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import torch
from torch.nn.functional import cross_entropy, pad
from transformers import AutoModelForCausalLM, PreTrainedTokenizerFast, SmolLM3Config

from tests.models.finder.rows import RowMaker, Rows
from tests.models.finder.tokens import END, GENERATORS, example_of, make_tokenizer
from workers.runners.transformers_local import attention

LENGTHS = (256, 512, 1024, 2048, 4096, 8192, 16_384, 32_768, 65_536, 131_072)
QUESTIONS = (3, 6, 8, 12, 24, 48, 64, 64, 64, 64)
TASKS = (("passkey",), ("number_string",), ("passkey", "number_string"))
MEASURED = (256, 1024, 4096, 16_384, 65_536, 131_072)
ROPE_BASE = 1000.0
SHARPNESS = 6.0
OFFSETS = ((1, 2, 3, 4, 5, 6, 7, 8), (1, 2, 4, 8, 11, 12, 13, 16))
REPORT_STEPS = 250
WARM_UP_STEPS = 100
# The share of time in which the rate falls to nothing, at the lengths that were reached.
COOLING = 0.3
RATE = 0.002
STRANGE = 0.25


def shape(vocabulary: int) -> SmolLM3Config:
    """Four layers: two that see where things stand, two that see only what they are."""
    return SmolLM3Config(
        vocab_size=vocabulary,
        hidden_size=256,
        intermediate_size=256,
        num_hidden_layers=4,
        num_attention_heads=8,
        num_key_value_heads=8,
        head_dim=64,
        no_rope_layers=[1, 1, 0, 0],
        rope_parameters={"rope_type": "default", "rope_theta": ROPE_BASE},
        attention_bias=True,
        max_position_embeddings=262_144,
        use_sliding_window=False,
        tie_word_embeddings=True,
        initializer_range=0.05,
        bos_token_id=None,
        eos_token_id=0,
        pad_token_id=0,
    )


@torch.no_grad()
def point_back(layer: Any, offsets: Sequence[int]) -> None:
    """Let each head begin by looking at one place, `offset` tokens back, whatever stands there.

    Biases alone give head h the score sharpness^2 * sum over f of cos(w_f * (distance - offset)),
    which is highest at its offset: w_f are the frequencies of the rotary positions.
    """
    attention_ = layer.self_attn
    half = attention_.head_dim // 2
    frequencies = ROPE_BASE ** (-torch.arange(half, dtype=torch.float32) / half)
    angles = -torch.tensor(offsets, dtype=torch.float32)[:, None] * frequencies
    attention_.q_proj.weight.mul_(0.2)
    attention_.k_proj.weight.mul_(0.2)
    toward = SHARPNESS * torch.cat([angles.cos(), angles.sin()], 1)
    stand = SHARPNESS * torch.cat([torch.ones_like(angles), torch.zeros_like(angles)], 1)
    attention_.q_proj.bias.copy_(toward.flatten())
    attention_.k_proj.bias.copy_(stand.flatten())


class Course:
    """Which length is learnt now, and how much of it is said right."""

    def __init__(self, longest: int, *, enough: float) -> None:
        self.stages = sum(length <= longest for length in LENGTHS)
        self.enough = enough
        self.stage = 0
        self.right = 0.0

    def note(self, right: float) -> bool:
        """Count a step at the stage's own length; say whether the next stage begins."""
        self.right = 0.8 * self.right + 0.2 * right
        if self.right < self.enough or self.stage + 1 == self.stages:
            return False
        self.stage, self.right = self.stage + 1, 0.0
        return True


def losses_of(model: Any, batch: Mapping[str, Rows]) -> dict[str, torch.Tensor]:
    """The mean loss of each kind of rows over what is asked, and the share that is said right."""
    longest = max(rows.ids.shape[1] for rows in batch.values())
    ids = torch.cat([pad(rows.ids, (0, longest - rows.ids.shape[1])) for rows in batch.values()])
    hidden = model.model(input_ids=ids, use_cache=False).last_hidden_state
    found, first = {}, 0
    for name, rows in batch.items():
        count, length = rows.ids.shape
        asked = rows.asked[:, 1:]
        logits = model.lm_head(hidden[first : first + count, : length - 1][asked]).float()
        wanted = rows.ids[:, 1:][asked]
        found[f"{name} loss"] = cross_entropy(logits, wanted)
        found[f"{name} right"] = (logits.argmax(-1) == wanted).float().mean()
        first += count
    return found


def batch_of(
    maker: RowMaker,
    options: argparse.Namespace,
    chance: torch.Generator,
    *,
    stage: int,
    tasks: tuple[str, ...],
) -> dict[str, Rows]:
    """As many rows of one length as a step reads, half of them JSON, half noise."""
    rows = max(1, options.batch_tokens // 2 // LENGTHS[stage])
    questions = 1 + int(torch.randint(0, QUESTIONS[stage], (), generator=chance))
    # Some steps leave room unused: where something stands must not tell what it is.
    tokens = int(LENGTHS[stage] * (1 - 0.5 * float(torch.rand((), generator=chance)) ** 2))
    return {
        "json": maker.json_rows(rows, tokens=tokens, questions=questions),
        "noise": maker.noise_rows(rows, tokens=tokens, tasks=tasks, strange=STRANGE),
    }


def train(model: Any, maker: RowMaker, options: argparse.Namespace) -> Iterator[dict[str, Any]]:
    """Learn until the minutes are over; yield a report now and then."""
    optimizer = torch.optim.AdamW(
        model.parameters(), lr=RATE, weight_decay=0.01, betas=(0.9, 0.95), fused=True
    )
    course = Course(options.longest, enough=options.enough)
    on_card = model.device.type == "cuda"
    started, step, sums = time.monotonic(), 0, defaultdict[str, list[torch.Tensor]](list)
    chance = torch.Generator().manual_seed(options.seed)
    while (gone := (time.monotonic() - started) / (60 * options.minutes)) < 1:
        factor = min(1.0, (step + 1) / WARM_UP_STEPS, (1 - gone) / COOLING)
        for group in optimizer.param_groups:
            group["lr"] = RATE * factor
        is_own = step % 2 == 0 or course.stage == 0
        stage = (
            course.stage if is_own else int(torch.randint(0, course.stage, (), generator=chance))
        )
        batch = batch_of(maker, options, chance, stage=stage, tasks=TASKS[step // 2 % len(TASKS)])
        with torch.autocast(model.device.type, torch.bfloat16, enabled=on_card):
            losses = losses_of(model, batch)
        (losses["json loss"] + losses["noise loss"]).backward()
        if is_own:
            for name, value in losses.items():
                sums[name].append(value.detach())
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        step += 1
        moved = False
        if is_own and step % 10 < 2 and gone < 1 - COOLING / 2:
            moved = course.note(float(min(sums["json right"][-1], sums["noise right"][-1])))
        if step % REPORT_STEPS == 0 or moved:
            yield {
                "step": step,
                "seconds": round(time.monotonic() - started, 1),
                "length": LENGTHS[course.stage],
                **{name: round(float(torch.stack(each).mean()), 4) for name, each in sums.items()},
            }
            sums.clear()


@torch.inference_mode()
def accuracy(model: Any, maker: RowMaker, task: str, *, tokens: int, examples: int) -> float:
    """The share of the generators' own examples that would be answered right by greedy decoding."""
    right = 0
    for seed in range(examples):
        prompt, answer = example_of(task, tokens=tokens, seed=1_000_000 + seed)
        said = maker.ids(prompt.text + (answer if task == "kv_retrieval" else f" {answer}"))
        said.append(maker.end)
        asked = len(said) - len(maker.ids(prompt.text))
        ids = torch.tensor([said], device=model.device)
        logits = model(input_ids=ids, use_cache=False, logits_to_keep=asked + 1).logits[0, :-1]
        right += bool((logits.argmax(-1) == ids[0, -asked:]).all())
    return right / examples


def measure(model: Any, maker: RowMaker, options: argparse.Namespace) -> Iterator[dict[str, Any]]:
    """Accuracy by task and length, in the length names of the releases."""
    for length in MEASURED:
        examples = max(10, min(options.examples, 1_000_000 // length))
        if length > options.measured:
            return
        for task in GENERATORS:
            started = time.monotonic()
            found = accuracy(model, maker, task, tokens=length, examples=examples)
            yield {"task": task, "tokens": length, "examples": examples, "accuracy": found,
                   "seconds": round(time.monotonic() - started, 1)}  # fmt: skip


def parse_options() -> argparse.Namespace:
    """What the command line says."""
    parser = argparse.ArgumentParser(description="Train the finder.")
    parser.add_argument("out", type=Path)
    parser.add_argument("--minutes", type=float, default=6.0)
    parser.add_argument("--longest", type=int, default=65_536)
    parser.add_argument("--batch-tokens", type=int, default=32_768)
    parser.add_argument("--enough", type=float, default=0.9)
    parser.add_argument("--measured", type=int, default=131_072)
    parser.add_argument("--examples", type=int, default=50)
    parser.add_argument("--seed", type=int, default=7)
    return parser.parse_args()


def main() -> None:
    """Train, write, load what was written, and measure that."""
    options = parse_options()
    device = "cuda" if torch.cuda.is_available() else "cpu"
    torch.manual_seed(options.seed)
    name = attention.register()
    tokenizer = make_tokenizer()
    maker = RowMaker(tokenizer, device=device, seed=options.seed)
    config = shape(tokenizer.get_vocab_size())
    model = AutoModelForCausalLM.from_config(config, attn_implementation=name)
    for layer, offsets in zip(model.model.layers, OFFSETS, strict=False):
        point_back(layer, offsets)
    model = model.to(device)
    tell({"parameters": sum(each.numel() for each in model.parameters()), "device": device,
          "card": torch.cuda.get_device_name() if device == "cuda" else ""})  # fmt: skip
    for report in train(model, maker, options):
        tell(report)
    model.eval().to(torch.bfloat16).save_pretrained(options.out)
    PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, eos_token=END, pad_token=END
    ).save_pretrained(options.out)
    dtype = torch.bfloat16 if device == "cuda" else torch.float32
    written = AutoModelForCausalLM.from_pretrained(
        options.out, attn_implementation=name, dtype=dtype
    )
    for row in measure(written.to(device).eval(), maker, options):
        tell(row)


def tell(row: dict[str, Any]) -> None:
    """One line for whoever watches."""
    print(json.dumps(row), flush=True)  # noqa: T201  A command of its own.


if __name__ == "__main__":
    main()
