"""What a model needs, what this worker has left, and so where its layers go: known before loading.

A model lies whole on one device where it fits.  Over several cards its layers follow each other,
each with its own keys and values.  On a processor without room for all of it, its last layers stay
in their file and are read whenever they compute: slow, exact, and said.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import torch

from workers.runners.transformers_local.host import free_host_bytes
from workers.runners.transformers_local.memory import bytes_a_token
from workers.runners.transformers_local.messages import CannotLoad, LocalConfig

SPARE_BYTES = 4 << 30
"""Left free on each card beside what is counted: kernels' workspaces, the allocator's rounding."""

_GIB: Final = 1 << 30
DISK: Final = "disk"
_CPU: Final = ("cpu",)


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """What a model takes, in bytes, wherever it lies."""

    weights: int
    cache: int
    """Keys and values of one whole context."""
    reading: int
    """Of one chunk, beside weights and cache; each device needs it."""


def need_of(config: LocalConfig, settings: Any, dtype: torch.dtype) -> Need:
    """Estimate from a model's config.json and the size of its files.

    Args:
        config: how it is asked.
        settings: of the model, as transformers reads them.
        dtype: in which it is loaded.
    """
    stored = sum(one.stat().st_size for one in Path(config.folder).glob("*.safetensors"))
    named = str(getattr(settings, "dtype", None) or "float32").removeprefix("torch.")
    kept = getattr(torch, named, torch.float32)
    chunk = min(config.chunk_tokens or config.context_tokens, config.context_tokens)
    return Need(
        weights=stored * dtype.itemsize // kept.itemsize,
        cache=bytes_a_token(settings, dtype) * config.context_tokens,
        reading=_reading_bytes(settings, dtype, chunk),
    )


def place(need: Need, free: tuple[int, ...], *, is_card: bool) -> dict[str, Any]:
    """Where a model goes, as arguments of transformers' `from_pretrained`.

    Args:
        need: as `need_of` estimates it.
        free: bytes of each device.
        is_card: whether the devices are cards.

    Raises:
        CannotLoad: if it does not fit.
    """
    if not is_card:
        return _place_on_host(need, free[0])
    if len(free) == 1:
        # Keys and values may lie in host memory, all but one layer's; the weights may not.
        _refuse(need.weights + SPARE_BYTES, free[0])
        return {"device_map": "cuda:0"}
    rooms = [max(0, one - SPARE_BYTES - need.reading) for one in free]
    _refuse(need.weights + need.cache + sum(free) - sum(rooms), sum(free))
    # Of a card's room, weights have the share that they have of a layer with its keys and values.
    share = need.weights / (need.weights + need.cache)
    most = {at: int(room * share) for at, room in enumerate(rooms)}
    return {"device_map": "balanced", "max_memory": most}


def _place_on_host(need: Need, free: int) -> dict[str, Any]:
    beside = need.cache + need.reading
    if need.weights + beside <= free:
        return {"device_map": "cpu"}
    # What does not fit stays on disk; all keys and values do not.
    _refuse(beside + 1, free)
    return {"device_map": "auto", "max_memory": {"cpu": free - beside}}


def _refuse(needed: int, free: int) -> None:
    if needed > free:
        raise CannotLoad(
            f"it needs {needed / _GIB:.1f} GiB and {free / _GIB:.1f} GiB are free on this worker"
        )


def where_of(model: Any) -> dict[str, int]:
    """How many layers lie on which device; the empty dictionary where all lie on one."""
    placed: dict[str, Any] = getattr(model, "hf_device_map", None) or {}
    if len(set(placed.values())) < 2:
        return {}
    found: dict[str, int] = {}
    for name, device in placed.items():
        if name.rsplit(".", 1)[-1].isdecimal():
            where = f"cuda:{device}" if isinstance(device, int) else str(device)
            found[where] = found.get(where, 0) + 1
    return found


def free_bytes(config: LocalConfig) -> tuple[int, ...]:
    """What is free on each of the devices that this process sees, within what it may take."""
    if config.devices != _CPU:
        return tuple(torch.cuda.mem_get_info(at)[0] for at in range(torch.cuda.device_count()))
    free = free_host_bytes()
    return (min(free, config.memory_bytes) if config.memory_bytes else free,)


def activation_bytes(model: Any, tokens: int) -> int:
    """What reading `tokens` at once needs beside weights and cache: the gated layer's, mostly."""
    return _reading_bytes(model.config, model.dtype, tokens)


def _reading_bytes(settings: Any, dtype: torch.dtype, tokens: int) -> int:
    return int(
        dtype.itemsize * tokens * (3 * settings.intermediate_size + 6 * settings.hidden_size)
    )


def layers_on_host(model: Any, capacity: int, *, chunk_tokens: int) -> int:
    """How many layers must keep their keys and values in host memory for a context to fit.

    Args:
        model: loaded, on its device.
        capacity: tokens to hold, answer included.
        chunk_tokens: tokens read at once.
    """
    # A model over several cards was given room for its keys and values on each.
    if model.device.type != "cuda" or where_of(model):
        return 0
    layers = int(model.config.num_hidden_layers)
    a_layer = bytes_a_token(model.config, model.dtype) // layers * capacity
    free, _ = torch.cuda.mem_get_info(model.device)
    room = free - SPARE_BYTES - activation_bytes(model, chunk_tokens)
    if layers * a_layer <= room:
        return 0
    # One layer's room is needed for those that visit.
    return min(layers, layers - max(0, room // a_layer - 1))
