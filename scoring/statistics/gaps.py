"""Simulated errors of many models, and their largest standardized gaps, in little memory."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numpy.typing import NDArray
from scipy import linalg  # type: ignore[import-untyped]

from scoring.statistics.checks import Floats

NO_GAP = 1e-12
"""Means closer than this are equal: what is left is rounding."""

_TINY = 1e-12
"""Below this share of the two variances, the variance of a difference is rounding."""

_THREADS = 2
_DRAWS_AT_ONCE = 256


def gap_errors(spread: Floats, model: int) -> Floats:
    """Standard errors of one model's differences from every model, shape (K,); 0 from itself.

    se_jk = sqrt(C_jj + C_kk - 2 C_jk), or sqrt(V_j + V_k) for variances alone.
    """
    if spread.ndim == 1:
        both = spread + spread[model]
        squared = both.copy()
    else:
        both = np.diagonal(spread) + spread[model, model]
        squared = both - 2 * spread[model]
    squared[squared <= _TINY * both] = 0.0
    squared[model] = 0.0
    error: Floats = np.sqrt(squared)
    return error


def draw_errors(spread: Floats, *, rng: np.random.Generator, draws: int) -> NDArray[np.float32]:
    """Normal errors with that covariance (K, K), or these variances (K,): shape (K, draws)."""
    models = len(spread)
    normal = rng.standard_normal((models, draws))
    if spread.ndim == 1:
        normal *= np.sqrt(spread)[:, np.newaxis]
    else:
        normal = square_root(spread) @ normal
    return normal.astype(np.float32)


def square_root(covariance: Floats) -> Floats:
    """L with L @ L.T = C, shape (K, K), whatever rounding did to C.

    Cholesky's factor moves little when C does, so equal data give equal draws; duplicates make
    C singular, hence the tiny ridge.  Negative eigenvalues, if any, are taken for 0.
    """
    ridge = 1e-10 * np.diagonal(covariance).max() * np.eye(len(covariance))
    try:
        factor: Floats = linalg.cholesky(covariance + ridge, lower=True)
    except linalg.LinAlgError:
        values, vectors = linalg.eigh(covariance)
        factor = vectors * np.sqrt(np.maximum(values, 0.0))
    return factor


def largest_gaps(errors: NDArray[np.float32], covariance: Floats) -> NDArray[np.float32]:
    """max over k of |Z_j - Z_k| / se_jk in each draw, shape (K, B), for errors Z (K, B).

    Pairs whose se is 0 do not count.  Every pair is looked at once, in blocks of draws that stay
    near a core, so the memory is about that of Z itself.
    """
    scale = _inverse(covariance)
    blocks = [
        np.ascontiguousarray(errors[:, start : start + _DRAWS_AT_ONCE])
        for start in range(0, errors.shape[1], _DRAWS_AT_ONCE)
    ]
    with ThreadPoolExecutor(_THREADS) as pool:
        found = pool.map(lambda block: _largest_in(block, scale), blocks)
        return np.hstack(list(found)).astype(np.float32, copy=False)


def _largest_in(block: NDArray[np.float32], scale: NDArray[np.float32]) -> NDArray[np.float32]:
    largest = np.zeros_like(block)
    room = np.empty_like(block)
    for model in range(len(block) - 1):
        rest = slice(model + 1, None)
        gap = room[rest]
        np.subtract(block[rest], block[model], out=gap)
        np.multiply(gap, scale[model, rest, np.newaxis], out=gap)
        np.abs(gap, out=gap)
        np.maximum(largest[rest], gap, out=largest[rest])
        np.maximum(largest[model], gap.max(axis=0), out=largest[model])
    return largest


def _inverse(covariance: Floats) -> NDArray[np.float32]:
    error = np.stack([gap_errors(covariance, model) for model in range(len(covariance))])
    inverse = np.zeros_like(error)
    np.divide(1.0, error, out=inverse, where=error > 0.0)
    return inverse.astype(np.float32)
