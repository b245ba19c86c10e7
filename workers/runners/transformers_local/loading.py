"""Brings a model onto this worker: what it will need is known before, and stated after."""

from typing import Any

import torch

from workers.runners.transformers_local.memory import bytes_a_token

SPARE_BYTES = 4 << 30
"""Left free beside what is counted: kernels' workspaces, the allocator's rounding."""


def fuse(model: Any) -> None:
    """Compile what is only passed through memory: norms and the gated layer, not attention.

    The same arithmetic in fewer passes over the activations; matrix products stay the library's.
    """
    for name, module in model.named_modules():
        if name.endswith(("layernorm", ".norm", ".mlp")):
            module.compile(dynamic=True)


def activation_bytes(model: Any, tokens: int) -> int:
    """What reading `tokens` at once needs beside weights and cache: the gated layer's, mostly."""
    config = model.config
    return int(
        model.dtype.itemsize * tokens * (3 * config.intermediate_size + 6 * config.hidden_size)
    )


def layers_on_host(model: Any, capacity: int, *, chunk_tokens: int) -> int:
    """How many layers must keep their keys and values in host memory for a context to fit.

    Args:
        model: loaded, on its device.
        capacity: tokens to hold, answer included.
        chunk_tokens: tokens read at once.
    """
    if model.device.type != "cuda":
        return 0
    layers = int(model.config.num_hidden_layers)
    a_layer = bytes_a_token(model.config, model.dtype) // layers * capacity
    free, _ = torch.cuda.mem_get_info(model.device)
    room = free - SPARE_BYTES - activation_bytes(model, chunk_tokens)
    if layers * a_layer <= room:
        return 0
    # One layer's room is needed for those that visit.
    return min(layers, layers - max(0, room // a_layer - 1))
