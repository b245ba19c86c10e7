"""Tells a want of memory and a lost card from all other errors of a computation, by their words."""

from collections.abc import Callable
from typing import Final, TypeVar

import torch

T = TypeVar("T")

# The allocators of the processor and of the card, and the card's library of matrix products.
_NO_MEMORY_TEXTS: Final = (
    "can't allocate memory",
    "out of memory",
    "CUBLAS_STATUS_ALLOC_FAILED",
)
_POISON_TEXTS: Final = (
    "CUDA error",
    "CUDNN_STATUS_EXECUTION_FAILED",
    "CUBLAS_STATUS_EXECUTION_FAILED",
)


class OutOfMemory(Exception):
    """A device had not enough memory for what was tried."""


class Poisoned(Exception):
    """The card's driver has lost this process's state: nothing it computes can be trusted."""


def watched(work: Callable[[], T]) -> T:
    """Do some work.

    Raises:
        OutOfMemory: if memory did not suffice.
        Poisoned: if the process must end.
    """
    try:
        return work()
    except (torch.OutOfMemoryError, MemoryError) as error:
        raise OutOfMemory from error
    except RuntimeError as error:
        text = str(error)
        if any(one in text for one in _NO_MEMORY_TEXTS):
            raise OutOfMemory from error
        if any(one in text for one in _POISON_TEXTS):
            raise Poisoned(text.splitlines()[0]) from error
        raise
