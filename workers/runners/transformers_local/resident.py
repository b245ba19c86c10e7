"""How much memory this process held at most."""

import resource
import sys

import torch


def peak_bytes(*, is_card: bool) -> int:
    """On the cards since the last reset; else of the whole process, since its start."""
    if is_card:
        return sum(
            int(torch.cuda.max_memory_allocated(at)) for at in range(torch.cuda.device_count())
        )
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most if sys.platform == "darwin" else most * 1024
