"""What may enter: finite numbers of the right shape, and nothing that is not a number."""

from collections.abc import Hashable, Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats: TypeAlias = NDArray[np.float64]
"""Double precision, of any shape; each function says which."""

Labels: TypeAlias = Sequence[Hashable]
"""One label an example: of its shared context, or of its stratum."""


def finite(values: ArrayLike, *, what: str) -> Floats:
    """The values as doubles.  Raises: ValueError where one is NaN or infinite."""
    numbers = np.asarray(values, dtype=np.float64)
    if not np.isfinite(numbers).all():
        raise ValueError(f"{what}: NaN and infinity have no place here.")
    return numbers


def fractions(values: ArrayLike, *, what: str) -> Floats:
    """The values as doubles in [0, 1].  Raises: ValueError where one is not."""
    numbers = finite(values, what=what)
    if numbers.size and (numbers.min() < 0.0 or numbers.max() > 1.0):
        raise ValueError(f"{what}: a score is a fraction in [0, 1].")
    return numbers


def score_list(scores: ArrayLike, *, what: str = "scores") -> Floats:
    """The scores of one task, shape (n,), n at least 1.  Raises: ValueError."""
    numbers = fractions(scores, what=what)
    if numbers.ndim != 1 or not numbers.size:
        raise ValueError(f"{what}: one score an example, and at least one example.")
    return numbers


def check_level(confidence: float) -> float:
    """The confidence.  Raises: ValueError unless it lies between 0 and 1."""
    if not 0.0 < confidence < 1.0:
        raise ValueError(f"A confidence lies between 0 and 1, not at {confidence}.")
    return confidence


def codes(labels: Labels, *, n: int, what: str) -> NDArray[np.intp]:
    """Labels as 0, 1, ... in order of first appearance, shape (n,).  Raises: ValueError."""
    if len(labels) != n:
        raise ValueError(f"{what}: {len(labels)} labels do not fit {n} examples.")
    numbers: dict[Hashable, int] = {}
    return np.array([numbers.setdefault(label, len(numbers)) for label in labels], dtype=np.intp)
