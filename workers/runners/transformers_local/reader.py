"""Reads prompts into a model's memory and decodes greedily, one by one or side by side."""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import torch

from workers.runners.transformers_local.memory import ContextCache
from workers.runners.transformers_local.stepping import Stepper, forward, stepper_for

# A longer question on the same text finds room behind it, or the text would be read anew.
_MORE_TOKENS: Final = 512

IsEnd = Callable[[Sequence[int]], bool]
"""Whether the tokens said so far end an answer."""


def _never(_said: Sequence[int]) -> bool:
    return False


@dataclass(frozen=True, slots=True)
class Answer:
    """What a model said to one prompt, and what it took."""

    ids: tuple[int, ...]
    is_cut: bool
    """Whether it ended because no more tokens were allowed."""
    prompt_tokens: int
    reused_tokens: int
    prefill_seconds: float
    decode_seconds: float


@dataclass(slots=True)
class _Sequence:
    """A prompt that is being answered."""

    number: int
    prompt_tokens: int
    token: int
    prefill_seconds: float
    started: float
    is_ended: bool
    ids: list[int] = field(default_factory=list)


class Reader:
    """A model with a memory that goes from one prompt to the next.

    Prompts that begin alike cost only what is new: the longest common prefix of token ids stays.
    Decoding is greedy over the last position's logits and nothing else: no setting of the
    model's repository has a say in it.
    """

    def __init__(
        self, model: Any, *, ends: Iterable[int], chunk_tokens: int = 0, on_host: int = 0
    ) -> None:
        """Take a loaded causal language model in evaluation mode.

        Args:
            model: transformers' model with `attn_implementation` of `attention.NAME`.
            ends: ids of the tokens that end an answer.
            chunk_tokens: how many tokens are read at once; 0 reads a prompt in one piece.
            on_host: how many layers keep their keys and values in host memory.
        """
        self._model = model
        self._ends = frozenset(ends)
        self.chunk_tokens = chunk_tokens
        self.on_host = on_host
        self._ids: list[int] = []
        self._cache: ContextCache | None = None

    @torch.inference_mode()
    def answer(self, ids: Sequence[int], *, max_new_tokens: int, is_end: IsEnd = _never) -> Answer:
        """Read a prompt and decode its answer, reusing what it shares with the one before.

        Args:
            ids: of the prompt, at least one.
            max_new_tokens: how many tokens an answer has at most.
            is_end: whether what was said so far ends an answer; asked after each token.

        Raises:
            torch.OutOfMemoryError: what it needs is more than is there; `forget` frees the memory.
        """
        started = time.perf_counter()
        cache, reused = self._prepare(ids, len(ids) + max_new_tokens)
        token = self._read(ids, cache)
        self._wait()
        decoding = time.perf_counter()
        self._ids = list(ids)
        said: list[int] = []
        is_ended = token in self._ends
        while not is_ended:
            said.append(token)
            is_ended = is_end(said)
            if is_ended or len(said) == max_new_tokens:
                break
            token = self._next(token, len(ids) + len(said) - 1, cache)
            is_ended = token in self._ends
        # The memory holds what was said but for its last token, which was never read.
        self._ids += said[: cache.length - len(ids)]
        return Answer(
            tuple(said),
            not is_ended,
            len(ids),
            reused,
            decoding - started,
            time.perf_counter() - decoding,
        )

    @torch.inference_mode()
    def answers(
        self,
        prompts: Iterable[Sequence[int] | None],
        *,
        max_new_tokens: int,
        at_once: int,
        capacity: int = 0,
        is_end: IsEnd = _never,
    ) -> Iterator[tuple[int, Answer]]:
        """Decode several prompts side by side; a place that becomes free takes the next prompt.

        Args:
            prompts: ids of each; None says that none is at hand now, and asked again later unless
                nothing is being decoded.
            max_new_tokens: how many tokens an answer has at most.
            at_once: how many are decoded side by side.
            capacity: tokens of the longest prompt and its answer; 0 counts them, for a sequence.
            is_end: as for `answer`.

        Yields:
            The prompt's number and its answer, in the order in which they end.
        """
        self.forget()
        if not capacity:
            prompts = list(prompts)
            capacity = max((len(ids or ()) for ids in prompts), default=0) + max_new_tokens
        stepper = stepper_for(self._model, rows=at_once, capacity=capacity)
        waiting, number = iter(prompts), 0
        free, busy = list(range(at_once)), dict[int, _Sequence]()
        while True:
            while free and (ids := next(waiting, None)) is not None:
                place = free.pop()
                busy[place] = self._begin(number, ids, stepper, place)
                number += 1
            if not busy:
                return
            ended = [
                place
                for place, one in busy.items()
                if one.is_ended or len(one.ids) == max_new_tokens
            ]
            for place in ended:
                stepper.leave(place)
                free.append(place)
                one = busy.pop(place)
                yield one.number, self._end(one)
            if busy and not ended:
                for place, token in stepper.step().items():
                    one = busy[place]
                    one.ids.append(one.token)
                    one.token = token
                    is_full = len(one.ids) == max_new_tokens
                    one.is_ended = is_end(one.ids) or (token in self._ends and not is_full)

    @property
    def length(self) -> int:
        """Tokens in the memory now."""
        return self._cache.length if self._cache is not None else 0

    def forget(self) -> None:
        """Free the memory that was kept for the next prompt."""
        self._ids, self._cache = [], None

    def _prepare(self, ids: Sequence[int], capacity: int) -> tuple[ContextCache, int]:
        """A cache that holds the common prefix and has room for the rest."""
        shared = min(_common_prefix(self._ids, ids), len(ids) - 1)
        if self._cache is None or self._cache.capacity < capacity:
            self.forget()
            self._cache, shared = self._new_cache(capacity + _MORE_TOKENS), 0
        self._cache.keep(shared)
        return self._cache, shared

    def _new_cache(self, capacity: int) -> ContextCache:
        layers = int(self._model.config.num_hidden_layers)
        return ContextCache(layers, capacity, on_host=self.on_host)

    def _read(self, ids: Sequence[int], cache: ContextCache) -> int:
        """Read what the cache does not hold yet; return the likeliest next token."""
        start, device = cache.length, self._model.device
        chunk = self.chunk_tokens or len(ids)
        token = -1
        for begin in range(start, len(ids), chunk):
            end = min(begin + chunk, len(ids))
            piece = torch.tensor([list(ids[begin:end])], device=device)
            positions = torch.arange(begin, end, device=device)[None]
            logits = forward(self._model, piece, positions, cache)
            if end == len(ids):
                token = int(logits[0, -1].argmax())
        return token

    def _next(self, token: int, position: int, cache: ContextCache) -> int:
        one = torch.tensor([[token, position]], device=self._model.device)
        return int(forward(self._model, one[:, :1], one[:, 1:], cache)[0, -1].argmax())

    def _begin(self, number: int, ids: Sequence[int], stepper: Stepper, place: int) -> _Sequence:
        started = time.perf_counter()
        token = self._read(ids, stepper.cache_of(place))
        stepper.enter(place, token=token, position=len(ids))
        self._wait()
        now = time.perf_counter()
        return _Sequence(number, len(ids), token, now - started, now, token in self._ends)

    def _end(self, one: _Sequence) -> Answer:
        return Answer(
            tuple(one.ids),
            not one.is_ended,
            one.prompt_tokens,
            0,
            one.prefill_seconds,
            time.perf_counter() - one.started,
        )

    def _wait(self) -> None:
        if self._model.device.type == "cuda":
            torch.cuda.synchronize(self._model.device)


def _common_prefix(first: Sequence[int], second: Sequence[int]) -> int:
    """How many tokens two sequences share at their beginning."""
    length = min(len(first), len(second))
    if list(first[:length]) == list(second[:length]):
        return length
    return next(at for at in range(length) if first[at] != second[at])
