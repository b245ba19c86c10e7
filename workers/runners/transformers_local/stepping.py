"""One step of several sequences: as it comes, or recorded once on the card and replayed."""

import inspect
from typing import Any, Protocol

import torch

from workers.runners.transformers_local.memory import BatchCache, ContextCache, Places, PlacesCache
from workers.runners.transformers_local.room import where_of


class Stepper(Protocol):
    """Places for sequences that are decoded side by side."""

    def cache_of(self, place: int) -> ContextCache:
        """An empty cache for the sequence that takes a place."""

    def enter(self, place: int, *, token: int, position: int) -> None:
        """Say which token the place reads next, and where."""

    def leave(self, place: int) -> None:
        """Free a place."""

    def step(self) -> dict[int, int]:
        """Read every place's token; return the likeliest next ones."""


class EagerStepper:
    """Steps on any device, with a cache a place."""

    def __init__(self, model: Any, *, layers: int, capacity: int) -> None:
        self._model, self._layers, self._capacity = model, layers, capacity
        self._caches: dict[int, ContextCache] = {}
        self._next: dict[int, tuple[int, int]] = {}

    def cache_of(self, place: int) -> ContextCache:
        """A new cache; the last one's memory goes back."""
        self._caches[place] = ContextCache(self._layers, self._capacity)
        return self._caches[place]

    def enter(self, place: int, *, token: int, position: int) -> None:
        """Say which token the place reads next, and where."""
        self._next[place] = token, position

    def leave(self, place: int) -> None:
        """Free the place and its memory."""
        del self._next[place], self._caches[place]

    def step(self) -> dict[int, int]:
        """Run all places through the model side by side."""
        places = list(self._next)
        tokens, positions = zip(*(self._next[place] for place in places), strict=True)
        said = (
            forward(
                self._model,
                torch.tensor(tokens, device=self._model.device)[:, None],
                torch.tensor(positions, device=self._model.device)[:, None],
                BatchCache([self._caches[place] for place in places]),
            )[:, -1]
            .argmax(dim=-1)
            .tolist()
        )
        self._next = {
            place: (int(token), position + 1)
            for place, token, position in zip(places, said, positions, strict=True)
        }
        return {place: token for place, (token, _) in self._next.items()}


class GraphStepper:
    """Steps on a card that recorded one: hundreds of launches become one."""

    def __init__(self, model: Any, *, rows: int, capacity: int) -> None:
        self._model = model
        self._places = Places(model, rows, capacity)
        self._tokens = torch.zeros(rows, dtype=torch.int64, device=model.device)
        self._is_busy = torch.zeros(rows, dtype=torch.int64, device=model.device)
        self._busy: set[int] = set()
        self._graph: torch.cuda.CUDAGraph | None = None

    def cache_of(self, place: int) -> ContextCache:
        """An empty cache over the place's own row."""
        return self._places.cache_of(place)

    def enter(self, place: int, *, token: int, position: int) -> None:
        """Say which token the place reads next, and where."""
        self._tokens[place], self._places.positions[place] = token, position
        self._is_busy[place] = 1
        self._busy.add(place)

    def leave(self, place: int) -> None:
        """Let the place stand still until another sequence enters."""
        self._is_busy[place] = 0
        self._busy.discard(place)

    def step(self) -> dict[int, int]:
        """Replay the recorded step; the first call records it."""
        if self._graph is None:
            self._graph = self._record()
        self._graph.replay()
        said = self._tokens.tolist()
        return {place: int(said[place]) for place in self._busy}

    def _record(self) -> torch.cuda.CUDAGraph:
        state = [each.clone() for each in (self._tokens, self._places.positions)]
        # Twice without recording: kernels are compiled and libraries warm themselves up.
        side = torch.cuda.Stream(self._model.device)
        side.wait_stream(torch.cuda.current_stream(self._model.device))
        with torch.cuda.stream(side):
            for _ in range(2):
                self._advance()
        torch.cuda.current_stream(self._model.device).wait_stream(side)
        graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(graph):
            self._advance()
        self._tokens.copy_(state[0])
        self._places.positions.copy_(state[1])
        return graph

    def _advance(self) -> None:
        logits = forward(
            self._model,
            self._tokens[:, None],
            self._places.positions[:, None],
            PlacesCache(self._places),
        )
        said = logits[:, -1].argmax(dim=-1)
        # A place that is free stays where it is, and writes over its own last token only.
        self._tokens.copy_(torch.where(self._is_busy == 1, said, self._tokens))
        self._places.positions.add_(self._is_busy)


def forward(model: Any, ids: torch.Tensor, positions: torch.Tensor, cache: Any) -> torch.Tensor:
    """The logits of the last position of each row: all of them would be 63 GiB at 128k."""
    logits: torch.Tensor = model(
        input_ids=ids,
        position_ids=positions,
        use_cache=True,
        logits_to_keep=1,
        **{cache_argument(model): cache},
    ).logits
    return logits


def cache_argument(model: Any) -> str:
    """What a model calls its memory, which transformers renames class by class."""
    return (
        "cache"
        if "cache" in inspect.signature(type(model).forward).parameters
        else "past_key_values"
    )


def stepper_for(model: Any, *, rows: int, capacity: int) -> Stepper:
    """The fastest that this device and model have."""
    is_half = model.dtype in (torch.bfloat16, torch.float16)
    # Places lie on one card, and so does what is recorded.
    if model.device.type == "cuda" and is_half and not where_of(model):
        return GraphStepper(model, rows=rows, capacity=capacity)
    return EagerStepper(model, layers=int(model.config.num_hidden_layers), capacity=capacity)
