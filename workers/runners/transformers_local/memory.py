"""Where a model's keys and values lie: buffers of fixed size that are written in place.

A cache that grows by concatenation copies itself at every step, 16 GiB for each token of an
8-billion-parameter model at 128k.  These buffers are allocated once and handed out as views.
"""

from typing import Any

import torch
from transformers import PretrainedConfig
from transformers.cache_utils import Cache, CacheLayerMixin

from workers.runners.transformers_local.attention import Filled, rows_of


class BufferLayer(CacheLayerMixin):
    """One layer's keys and values [1, heads, capacity, d], filled up to `length`."""

    is_sliding = False
    is_croppable = True

    def __init__(self, capacity: int) -> None:
        super().__init__()
        self.capacity = capacity
        self.length = 0

    def lazy_initialization(self, key_states: torch.Tensor, value_states: torch.Tensor) -> None:
        """Allocate when the first keys tell shape, type and device."""
        self.keys = self._room_for(key_states)
        self.values = self._room_for(value_states)
        self.is_initialized = True

    def take(self, keys: torch.Tensor, values: torch.Tensor) -> None:
        """Use buffers that somebody else allocated."""
        self.keys, self.values, self.is_initialized = keys, values, True

    def _room_for(self, states: torch.Tensor) -> torch.Tensor:
        return states.new_empty((*states.shape[:2], self.capacity, states.shape[3]))

    def update(
        self, key_states: torch.Tensor, value_states: torch.Tensor, *_args: Any, **_kwargs: Any
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Write the new states behind the old ones; return views of all.

        Raises:
            ValueError: when the buffer is too small: a caller that did not count.
        """
        if not self.is_initialized:
            self.lazy_initialization(key_states, value_states)
        start, end = self.length, self.length + key_states.shape[2]
        if end > self.capacity:
            raise ValueError(f"{end} tokens do not fit a buffer of {self.capacity}")
        self.keys[:, :, start:end].copy_(key_states, non_blocking=True)
        self.values[:, :, start:end].copy_(value_states, non_blocking=True)
        self.length = end
        return self._views()

    def _views(self) -> tuple[torch.Tensor, torch.Tensor]:
        return self.keys[:, :, : self.length], self.values[:, :, : self.length]

    def get_mask_sizes(self, query_length: int) -> tuple[int, int]:
        """Keys there will be, and where they begin."""
        return self.length + int(query_length), 0

    def get_seq_length(self) -> int:
        """Tokens held."""
        return self.length

    def get_max_length(self) -> int:
        """Tokens that fit."""
        return self.capacity

    # The same under the name of earlier versions of transformers.
    get_max_cache_shape = get_max_length

    def keep(self, length: int) -> None:
        """Forget all but the first `length` tokens."""
        self.length = min(self.length, length)


class Staging:
    """Room on the device for one layer that is kept in host memory, shared by all such layers."""

    def __init__(self) -> None:
        self.keys: torch.Tensor | None = None
        self.values: torch.Tensor | None = None


class HostLayer(BufferLayer):
    """A layer whose buffers lie in pinned host memory and visit the device when it computes.

    Exact, unlike a quantized cache; what it costs is the way over the bus, once a chunk.
    """

    def __init__(self, capacity: int, staging: Staging) -> None:
        super().__init__(capacity)
        self._staging = staging

    def _room_for(self, states: torch.Tensor) -> torch.Tensor:
        shape = (*states.shape[:2], self.capacity, states.shape[3])
        return torch.empty(shape, dtype=states.dtype, pin_memory=True)

    def update(
        self, key_states: torch.Tensor, value_states: torch.Tensor, *_args: Any, **_kwargs: Any
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Write behind the old states on the host; return all of them on the device."""
        start = self.length
        keys, values = super().update(key_states, value_states)
        staging = self._staging
        if staging.keys is None or staging.values is None:
            shape = (*key_states.shape[:2], self.capacity, key_states.shape[3])
            staging.keys, staging.values = key_states.new_empty(shape), key_states.new_empty(shape)
        for room, host, new in (
            (staging.keys, keys, key_states),
            (staging.values, values, value_states),
        ):
            # Head by head: each is one contiguous piece on both sides, which copies fastest.
            for head in range(host.shape[1]):
                room[:, head, :start].copy_(host[:, head, :start], non_blocking=True)
            room[:, :, start : self.length].copy_(new)
        return staging.keys[:, :, : self.length], staging.values[:, :, : self.length]


class ContextCache(Cache):
    """One sequence's keys and values in all layers."""

    def __init__(self, layers: int, capacity: int, *, on_host: int = 0) -> None:
        staging = Staging()
        super().__init__(
            layers=[
                HostLayer(capacity, staging) if layer < on_host else BufferLayer(capacity)
                for layer in range(layers)
            ]
        )
        self.capacity = capacity
        self.on_host = on_host

    @property
    def length(self) -> int:
        """Tokens held."""
        return int(self.layers[0].get_seq_length())

    def keep(self, length: int) -> None:
        """Forget all but the first `length` tokens, in every layer."""
        for layer in self.layers:
            layer.keep(length)


class _RowsLayer(CacheLayerMixin):
    """The same layer of several sequences: row r of what comes in belongs to sequence r."""

    is_sliding = False

    def __init__(self, layers: list[BufferLayer]) -> None:
        super().__init__()
        self._layers = layers
        self.is_initialized = True

    def lazy_initialization(self, key_states: torch.Tensor, value_states: torch.Tensor) -> None:
        """Nothing: each row's own layer allocates for itself."""

    def update(
        self, key_states: torch.Tensor, value_states: torch.Tensor, *_args: Any, **_kwargs: Any
    ) -> Any:
        """Write each row into its own buffer; return one view a row."""
        views = [
            layer.update(key_states[row : row + 1], value_states[row : row + 1])
            for row, layer in enumerate(self._layers)
        ]
        return rows_of([keys for keys, _ in views]), rows_of([values for _, values in views])

    def get_mask_sizes(self, query_length: int) -> tuple[int, int]:
        """Of the longest row; no mask is built from it."""
        return self.get_seq_length() + int(query_length), 0

    def get_seq_length(self) -> int:
        """Of the longest row."""
        return max(layer.get_seq_length() for layer in self._layers)

    def get_max_length(self) -> int:
        """Without an own limit."""
        return -1

    get_max_cache_shape = get_max_length


class Places:
    """Buffers for several sequences in one piece a layer, so that one recorded step serves all."""

    def __init__(self, model: Any, rows: int, capacity: int) -> None:
        config = model.config
        heads = getattr(config, "num_key_value_heads", None) or config.num_attention_heads
        width = getattr(config, "head_dim", None) or (
            config.hidden_size // config.num_attention_heads
        )
        shape = (rows, heads, capacity, width)
        self.capacity = capacity
        self.keys, self.values = (
            [
                torch.zeros(shape, dtype=model.dtype, device=model.device)
                for _ in range(config.num_hidden_layers)
            ]
            for _ in range(2)
        )
        # The place of the token that is read next, of each row.
        self.positions = torch.zeros(rows, dtype=torch.int64, device=model.device)
        self.rows = torch.arange(rows, device=model.device)

    def cache_of(self, row: int) -> ContextCache:
        """An empty cache that writes into one row."""
        cache = ContextCache(len(self.keys), self.capacity)
        for layer, keys, values in zip(cache.layers, self.keys, self.values, strict=True):
            layer.take(keys[row : row + 1], values[row : row + 1])
        return cache


class _PlacesLayer(CacheLayerMixin):
    """A layer of all places: each row's new key goes to that row's own position."""

    is_sliding = False

    def __init__(self, places: Places, layer: int) -> None:
        super().__init__()
        self._places = places
        self._layer = layer
        self.is_initialized = True

    def lazy_initialization(self, key_states: torch.Tensor, value_states: torch.Tensor) -> None:
        """Nothing: the places are allocated."""

    def update(
        self, key_states: torch.Tensor, value_states: torch.Tensor, *_args: Any, **_kwargs: Any
    ) -> Any:
        """Write one token a row; return the buffers and how far each is filled."""
        places = self._places
        keys, values = places.keys[self._layer], places.values[self._layer]
        keys[places.rows, :, places.positions] = key_states[:, :, 0]
        values[places.rows, :, places.positions] = value_states[:, :, 0]
        lengths = places.positions + 1
        return Filled(keys, lengths), Filled(values, lengths)

    def get_mask_sizes(self, query_length: int) -> tuple[int, int]:
        """Of the buffer; no mask is built from it."""
        del query_length
        return self._places.capacity, 0

    def get_seq_length(self) -> int:
        """Without a length of its own: positions are passed in."""
        return 0

    def get_max_length(self) -> int:
        """Tokens that fit."""
        return self._places.capacity

    get_max_cache_shape = get_max_length


class PlacesCache(Cache):
    """All places as one cache, for a step of all rows."""

    def __init__(self, places: Places) -> None:
        super().__init__(layers=[_PlacesLayer(places, at) for at in range(len(places.keys))])


class BatchCache(Cache):
    """Several sequences side by side, each in its own buffers: no padding, no copy."""

    def __init__(self, rows: list[ContextCache]) -> None:
        super().__init__(layers=[_RowsLayer(list(layers)) for layers in _by_layer(rows)])


def _by_layer(rows: list[ContextCache]) -> list[tuple[BufferLayer, ...]]:
    return list(zip(*(row.layers for row in rows), strict=True))


def bytes_a_token(config: PretrainedConfig, dtype: torch.dtype) -> int:
    """What keys and values of one token weigh over all layers, in bytes."""
    heads = getattr(config, "num_key_value_heads", None) or config.num_attention_heads
    width = getattr(config, "head_dim", None) or config.hidden_size // config.num_attention_heads
    return int(2 * config.num_hidden_layers * heads * width * dtype.itemsize)
