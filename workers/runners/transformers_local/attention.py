"""Attention for contexts read in chunks: the fast kernel stays, and no mask is ever built.

transformers' own `sdpa` builds a mask for every chunk after the first, and a mask costs the fast
kernel.  Here a chunk of queries looks at what came before it without a mask, at itself causally,
and the two are merged by their log-sum-exp: exactly softmax over both, up to rounding.

Source: the merge is that of Milakov and Gimelshein, arXiv:1805.02867 (online softmax).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from typing import Any

import torch
from torch.nn.functional import scaled_dot_product_attention
from transformers import AttentionInterface
from transformers.masking_utils import AttentionMaskInterface

NAME = "portal_chunks"
"""What `attn_implementation` asks for."""

_HALVES = (torch.bfloat16, torch.float16)


class Rows(tuple[torch.Tensor, ...]):
    """Keys or values of sequences of different lengths, one tensor [1, heads, n, d] each."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Filled:
    """Keys or values of several sequences in one buffer [rows, heads, capacity, d]."""

    buffer: torch.Tensor
    lengths: torch.Tensor
    """How many are filled of each row, on the device."""


def attend(
    module: torch.nn.Module,
    query: torch.Tensor,
    key: torch.Tensor | Rows | Filled,
    value: torch.Tensor | Rows | Filled,
    attention_mask: torch.Tensor | None,
    *,
    scaling: float | None = None,
    sliding_window: int | None = None,
    softcap: float | None = None,
    **_unused: Any,
) -> tuple[torch.Tensor, None]:
    """Causal attention of the last `q` positions over all `k`, as transformers calls it.

    Args:
        module: the attention layer; only named by the interface.
        query: [rows, heads, q, d].
        key: [rows, heads or fewer, k, d] with k >= q, or one tensor a row, or a filled buffer.
        value: as `key`.
        attention_mask: None: sequences are never padded here.
        scaling: what scores are multiplied by; 1/sqrt(d) where left out.
        sliding_window: refused where it would hide something.
        softcap: refused.

    Returns:
        [rows, q, heads, d], and no weights.

    Raises:
        ValueError: for a mask, a window or a soft cap, which this attention does not have.
    """
    del module
    if attention_mask is not None or softcap is not None:
        raise ValueError(f"{NAME} takes neither padding nor a soft cap")
    if isinstance(key, Filled) and isinstance(value, Filled):
        _refuse_window(key.buffer.shape[2], sliding_window)
        scaling = scaling or query.shape[3] ** -0.5
        found = _one_query_kernel().attend_one(
            query, key.buffer, value.buffer, key.lengths, scaling
        )
        return found.transpose(1, 2).contiguous(), None
    if isinstance(key, Rows) and isinstance(value, Rows):
        each = [
            _attend_row(query[row : row + 1], key[row], value[row], scaling, sliding_window)
            for row in range(len(key))
        ]
        return torch.cat(each).transpose(1, 2).contiguous(), None
    found = _attend_row(query, key, value, scaling, sliding_window)
    return found.transpose(1, 2).contiguous(), None


def _refuse_window(known: int, window: int | None) -> None:
    if window is not None and known > window:
        raise ValueError(f"{NAME} has no sliding window")


def _attend_row(
    query: torch.Tensor,
    key: torch.Tensor,
    value: torch.Tensor,
    scaling: float | None,
    sliding_window: int | None,
) -> torch.Tensor:
    asked, known = query.shape[2], key.shape[2]
    _refuse_window(known, sliding_window)
    if asked == 1 and query.is_cuda and _has_triton():
        kernel = _one_query_kernel()
        if kernel.can_attend(query, key):
            lengths = torch.full((query.shape[0],), known, device=query.device)
            return kernel.attend_one(query, key, value, lengths, scaling or query.shape[3] ** -0.5)
    if asked in (1, known):
        return scaled_dot_product_attention(
            query, *_fit_heads(query, key, value), is_causal=asked > 1, scale=scaling,
            enable_gqa=_shares_heads(query),
        )  # fmt: skip
    before = known - asked
    past, past_sum = _attend_with_sum(
        query, key[:, :, :before], value[:, :, :before], is_causal=False, scaling=scaling
    )
    present, present_sum = _attend_with_sum(
        query, key[:, :, before:], value[:, :, before:], is_causal=True, scaling=scaling
    )
    return merge(past, past_sum, present, present_sum)


def merge(
    first: torch.Tensor, first_sum: torch.Tensor, second: torch.Tensor, second_sum: torch.Tensor
) -> torch.Tensor:
    """Attention over two disjoint sets of keys from that over each and its log-sum-exp.

    Args:
        first: [rows, heads, q, d], and its log-sum-exp, float32 [rows, heads, q, 1].
        second: likewise.
    """
    share = torch.sigmoid(first_sum - second_sum)
    return torch.lerp(second.float(), first.float(), share).to(first.dtype)


def _attend_with_sum(
    query: torch.Tensor,
    key: torch.Tensor,
    value: torch.Tensor,
    *,
    is_causal: bool,
    scaling: float | None,
) -> tuple[torch.Tensor, torch.Tensor]:
    """Attention and its log-sum-exp [rows, heads, q, 1], by the kernel that this device has."""
    key, value = _fit_heads(query, key, value)
    ops = torch.ops.aten
    if query.device.type == "cpu":
        out, total = ops._scaled_dot_product_flash_attention_for_cpu(
            query, key, value, 0.0, is_causal, scale=scaling
        )
    elif query.dtype in _HALVES:
        out, total = ops._scaled_dot_product_cudnn_attention(
            query, key, value, None, True, 0.0, is_causal, False, scale=scaling
        )[:2]
    else:
        out, total = ops._scaled_dot_product_efficient_attention(
            query, key, value, None, True, 0.0, is_causal, scale=scaling
        )[:2]
        total = total[:, :, : query.shape[2]]
    return out, total.reshape(*query.shape[:3], 1).float()


@cache
def _has_triton() -> bool:
    return find_spec("triton") is not None


def _one_query_kernel() -> Any:
    """Loaded when a card asks for it: machines without one have no triton."""
    from workers.runners.transformers_local import decode_kernel  # noqa: PLC0415

    return decode_kernel


def _shares_heads(query: torch.Tensor) -> bool:
    """Whether the kernels of this device take fewer key heads than query heads as they are."""
    return query.device.type == "cuda" and query.dtype in _HALVES


def _fit_heads(
    query: torch.Tensor, key: torch.Tensor, value: torch.Tensor
) -> tuple[torch.Tensor, torch.Tensor]:
    times = query.shape[1] // key.shape[1]
    if times == 1 or _shares_heads(query):
        return key, value
    return key.repeat_interleave(times, dim=1), value.repeat_interleave(times, dim=1)


def _no_mask(*_sizes: Any, attention_mask: torch.Tensor | None = None, **_more: Any) -> None:
    if attention_mask is not None and not bool(attention_mask.all()):
        raise ValueError(f"{NAME} takes no padding")


def register() -> str:
    """Make this attention known to transformers and return its name."""
    AttentionInterface.register(NAME, attend)
    AttentionMaskInterface.register(NAME, _no_mask)
    return NAME


def rows_of(tensors: Sequence[torch.Tensor]) -> Rows:
    """Several sequences' keys or values, as `attend` takes them."""
    return Rows(tensors)
