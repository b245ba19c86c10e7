"""The child that computes, on a card that breaks down under more than 2,000 tokens at once."""

import sys
from typing import Any

import torch
from torch.nn.modules.module import register_module_forward_pre_hook

from workers.runners.transformers_local.child import main

# As the driver's errors read; what follows the first line is advice.
ERROR = "CUDA error: an illegal memory access was encountered\nCUDA kernel errors might be reported"


def break_down(module: torch.nn.Module, inputs: tuple[Any, ...]) -> None:
    """Fail as a card does: in the middle of a computation."""
    if isinstance(module, torch.nn.Linear) and inputs[0].shape[1] > 2000:
        raise RuntimeError(ERROR)


if __name__ == "__main__":
    register_module_forward_pre_hook(break_down)
    main(sys.argv[1:])
