"""One query against a long memory: keys are split among the card's processors and merged.

The libraries' kernels leave most of a card idle when each sequence asks one query, and take no
lengths from the device, so that no graph can hold them.  This one reads each sequence's length
where it lies: a recorded step stays right while its sequences grow.

Source: the split over keys is that of Dao et al., Flash-Decoding (2023).
"""

import torch
import triton
import triton.language as tl

KEYS_AT_ONCE = 64
_LEAST_ROWS = 16
"""The least rows that a matrix product on the card takes; fewer query heads are padded."""
_PROGRAMS_A_PROCESSOR = 4


@triton.jit
def _attend_part(  # type: ignore[no-untyped-def]  # noqa: PLR0913, PLR0917
    query, key, value, lengths, out, total, scaling, parts,
    query_row, query_head, key_row, key_head, key_token,
    heads: tl.constexpr, group: tl.constexpr, rows: tl.constexpr,
    width: tl.constexpr, keys: tl.constexpr,
):  # fmt: skip
    row = tl.program_id(0).to(tl.int64)
    head = tl.program_id(1).to(tl.int64)
    part = tl.program_id(2)
    length = tl.load(lengths + row).to(tl.int32)
    share = tl.cdiv(tl.cdiv(length, parts), keys) * keys
    first = part * share
    last = tl.minimum(first + share, length)

    each = tl.arange(0, rows)
    along = tl.arange(0, width)
    token = tl.arange(0, keys)
    is_query = each[:, None] < group
    asked = tl.load(
        query + row * query_row + (head * group + each[:, None]) * query_head + along[None, :],
        mask=is_query, other=0.0,
    )  # fmt: skip
    peak = tl.full([rows], float("-inf"), tl.float32)
    mass = tl.zeros([rows], tl.float32)
    found = tl.zeros([rows, width], tl.float32)
    base = row * key_row + head * key_head
    for at in range(first, last, keys):
        here = (at + token).to(tl.int64)
        is_known = here < last
        known = tl.load(
            key + base + here[None, :] * key_token + along[:, None],
            mask=is_known[None, :], other=0.0,
        )  # fmt: skip
        score = tl.dot(asked, known) * scaling
        score = tl.where(is_known[None, :], score, float("-inf"))
        higher = tl.maximum(peak, tl.max(score, 1))
        weight = tl.exp(score - higher[:, None])
        fade = tl.exp(peak - higher)
        mass = mass * fade + tl.sum(weight, 1)
        held = tl.load(
            value + base + here[:, None] * key_token + along[None, :],
            mask=is_known[:, None], other=0.0,
        )  # fmt: skip
        found = found * fade[:, None] + tl.dot(weight.to(held.dtype), held)
        peak = higher
    place = (row * heads + head * group + each) * parts + part
    # A part without keys weighs nothing: its log-sum-exp is minus infinity.
    is_empty = mass == 0.0
    found = found / tl.where(is_empty, 1.0, mass)[:, None]
    sums = tl.where(is_empty, float("-inf"), peak + tl.log(tl.where(is_empty, 1.0, mass)))
    tl.store(out + place[:, None] * width + along[None, :], found, mask=is_query)
    tl.store(total + place, sums, mask=each < group)


def attend_one(
    query: torch.Tensor,
    key: torch.Tensor,
    value: torch.Tensor,
    lengths: torch.Tensor,
    scaling: float,
) -> torch.Tensor:
    """Attention of one query a sequence over the first `lengths` keys of its buffer.

    Args:
        query: [rows, heads, 1, d], d a power of two.
        key: [rows, fewer heads, capacity, d], of any strides but the last.
        value: of `key`'s shape and strides.
        lengths: [rows], integers on the device; at least 1 each.
        scaling: what scores are multiplied by.

    Returns:
        [rows, heads, 1, d] in `query`'s type.
    """
    rows, heads, _, width = query.shape
    groups = key.shape[1]
    parts = _parts(query.device, rows * groups, key.shape[2])
    query, out = (
        query.contiguous(),
        query.new_empty((rows, heads, parts, width), dtype=torch.float32),
    )
    total = query.new_empty((rows, heads, parts), dtype=torch.float32)
    group = heads // groups
    # A kernel of triton's starts on the current card, wherever its arguments lie.
    with torch.cuda.device_of(query):
        _attend_part[(rows, groups, parts)](
            query, key, value, lengths, out, total, scaling, parts,
            query.stride(0), query.stride(1), key.stride(0), key.stride(1), key.stride(2),
            heads=heads, group=group, rows=max(_LEAST_ROWS, triton.next_power_of_2(group)),
            width=width, keys=KEYS_AT_ONCE, num_warps=4, num_stages=3,
        )  # fmt: skip
    share = torch.softmax(total, dim=-1)
    return (share[..., None, :] @ out).to(query.dtype)


def _parts(device: torch.device, programs: int, capacity: int) -> int:
    """Into how many parts the keys are split: enough to fill the card, no finer than a block."""
    processors = (
        torch.cuda.get_device_properties(device).multi_processor_count
        if device.type == "cuda"
        else 4
    )
    wanted = -(-_PROGRAMS_A_PROCESSOR * processors // programs)
    return max(1, min(wanted, -(-capacity // KEYS_AT_ONCE), 256))


def can_attend(query: torch.Tensor, key: torch.Tensor) -> bool:
    """Whether this kernel takes such a query."""
    width = query.shape[3]
    return (
        query.is_cuda
        and query.dtype in (torch.bfloat16, torch.float16)
        and query.shape[2] == 1
        and width >= 16
        and width & (width - 1) == 0
        and key.stride(3) == 1
    )
