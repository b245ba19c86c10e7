"""Brings a model onto this worker: what it will need is known before, and stated after."""

import platform
import shutil
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from typing import Any, Final

import torch
from transformers import AutoConfig, AutoModelForCausalLM, AutoTokenizer

from scoring.model_shape import unusual
from workers.runners.transformers_local import attention
from workers.runners.transformers_local.memory import ContextCache
from workers.runners.transformers_local.messages import CannotLoad, LocalConfig
from workers.runners.transformers_local.room import DISK, free_bytes, need_of, place, where_of
from workers.runners.transformers_local.stepping import forward
from workers.runners.transformers_local.texts import Texts


def fuse(model: Any) -> None:
    """Compile what is only passed through memory: norms and the gated layer, not attention.

    The same arithmetic in fewer passes over the activations; matrix products stay the library's.
    """
    for name, module in model.named_modules():
        if name.endswith(("layernorm", ".norm", ".mlp")):
            module.compile(dynamic=True)


_CHECKED_TOKENS: Final = 96
# How far our attention's logits may be from transformers' plain one, relative to their spread.
_CHECK_TOLERANCE: Final = {torch.float32: 1e-3, torch.bfloat16: 6e-2}


@dataclass(frozen=True, slots=True)
class Loaded:
    """A model that is ready, and what it says of itself."""

    model: Any
    texts: Texts
    ends: frozenset[int]
    environment: dict[str, Any]


def load(config: LocalConfig) -> Loaded:
    """Load a model: bf16 on cards, float32 on the processor; safetensors and no code of its own.

    Raises:
        CannotLoad: if it does not fit, is of a kind that is not run here, or gives other numbers
            than transformers' own attention.
    """
    is_card = config.devices != ("cpu",)
    dtype = torch.bfloat16 if is_card else torch.float32
    if config.threads:
        torch.set_num_threads(config.threads)
    try:
        settings = AutoConfig.from_pretrained(config.folder, trust_remote_code=False)
        if reason := unusual(settings.to_dict()):
            raise CannotLoad(reason)
        placed = place(need_of(config, settings, dtype), free_bytes(config), is_card=is_card)
        model = AutoModelForCausalLM.from_pretrained(
            config.folder,
            dtype=dtype,
            attn_implementation=attention.register(),
            use_safetensors=True,
            trust_remote_code=False,
            **placed,
        ).eval()
        where = where_of(model)
        if is_card and DISK in where:
            raise CannotLoad(f"its layers do not fit {len(config.devices)} cards one by one")
        tokenizer = AutoTokenizer.from_pretrained(config.folder, trust_remote_code=False)
        texts = Texts(tokenizer, is_chat=config.is_chat)
    except (OSError, ValueError, KeyError, ImportError, RuntimeError, AttributeError) as error:
        raise CannotLoad(_first_line(error)) from error
    distance = check_attention(model)
    is_compiled = is_card and config.is_compiled and len(config.devices) == 1 and _has_compiler()
    if is_compiled:
        fuse(model)
    environment = _environment(config, model, tokenizer)
    environment |= {"is_compiled": is_compiled, "attention_checked_to": round(distance, 6)}
    if where:
        environment["layers"] = ", ".join(f"{count} on {name}" for name, count in where.items())
    return Loaded(model, texts, _ends(model, tokenizer), environment)


@torch.inference_mode()
def check_attention(model: Any) -> float:
    """Compare our attention, in two chunks, with transformers' plain one on a few tokens.

    Returns:
        The largest difference of a logit, relative to their standard deviation.

    Raises:
        CannotLoad: if they differ by more than rounding: a kind of model that we compute wrongly.
    """
    tokens = min(_CHECKED_TOKENS, int(model.config.vocab_size) - 1)
    ids = torch.arange(1, tokens + 1, device=model.device)[None]
    places = torch.arange(tokens, device=model.device)[None]
    cache = ContextCache(int(model.config.num_hidden_layers), tokens)
    half = tokens // 2
    forward(model, ids[:, :half], places[:, :half], cache)
    ours = forward(model, ids[:, half:], places[:, half:], cache)[0, -1].float()
    model.set_attn_implementation("eager")
    try:
        plain = model(input_ids=ids, use_cache=False, logits_to_keep=1).logits[0, -1].float()
    finally:
        model.set_attn_implementation(attention.NAME)
    distance = float((ours - plain).abs().max() / plain.std().clamp_min(1e-6))
    if not distance <= _CHECK_TOLERANCE[model.dtype] * 4:
        raise CannotLoad(
            f"our attention differs from transformers' own by {distance:.2g} of a logit's spread"
        )
    return distance


def _ends(model: Any, tokenizer: Any) -> frozenset[int]:
    """Tokens that end an answer: the model's and the tokenizer's; nothing else is inherited."""
    named = getattr(model.generation_config, "eos_token_id", None)
    several = named if isinstance(named, list) else [named]
    return frozenset(int(one) for one in [*several, tokenizer.eos_token_id] if one is not None)


def _environment(config: LocalConfig, model: Any, tokenizer: Any) -> dict[str, Any]:
    return {
        "python": platform.python_version(),
        "system": platform.platform(),
        "libraries": _versions("torch", "transformers", "tokenizers", "accelerate", "triton"),
        "cuda": torch.version.cuda or "",
        "devices": _device_names(config.devices),
        "dtype": str(model.dtype).removeprefix("torch."),
        "attention": model.config._attn_implementation,
        "parameters": sum(one.numel() for one in model.parameters()),
        "ends": sorted(_ends(model, tokenizer)),
        "cache": "buffers of fixed size, longest common prefix kept",
        "decoding": "greedy, from logits alone",
        "tf32": bool(torch.backends.cuda.matmul.allow_tf32),
    }


def _versions(*names: str) -> dict[str, str]:
    found = {}
    for name in names:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def _device_names(devices: tuple[str, ...]) -> list[str]:
    if devices == ("cpu",):
        return [platform.machine()]
    return [torch.cuda.get_device_name(at) for at in range(torch.cuda.device_count())]


def _has_compiler() -> bool:
    return any(shutil.which(name) for name in ("cc", "gcc", "clang"))


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:300]
