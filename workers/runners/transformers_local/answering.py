"""From a prompt to its answer or to the reason why there is none; memory is given up step by step.

Nothing here cuts a prompt: one that does not fit is said to be too long.
"""

import gc
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import torch

from workers.runners.base import Trouble
from workers.runners.transformers_local.ladder import Ladder
from workers.runners.transformers_local.loading import Loaded
from workers.runners.transformers_local.memory import bytes_a_token
from workers.runners.transformers_local.messages import Asked, LocalConfig, Said
from workers.runners.transformers_local.reader import Answer, Reader
from workers.runners.transformers_local.resident import peak_bytes
from workers.runners.transformers_local.room import (
    DISK,
    SPARE_BYTES,
    activation_bytes,
    free_bytes,
    layers_on_host,
    where_of,
)
from workers.runners.transformers_local.texts import BadTemplate, cut_at_stop
from workers.runners.transformers_local.watching import OutOfMemory, watched


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """Why a prompt has no answer."""

    trouble: str
    reason: str
    limit_tokens: int | None = None
    asked_tokens: int | None = None
    steps: tuple[str, ...] = ()


@dataclass(slots=True)
class Open:
    """A prompt as token ids."""

    asked: Asked
    ids: list[int]
    is_done: bool = False


Arrivals = Callable[[int], Open | None]
"""The next prompt of at most so many tokens, if one is at hand and is decoded beside the others."""


class Answering:
    """A loaded model that answers prompts within the memory that there is."""

    def __init__(self, config: LocalConfig, loaded: Loaded) -> None:
        """Plan how to read: what does not fit at once is read in pieces or kept on the host."""
        self._config, self._model = config, loaded.model
        self._texts, self._ends = loaded.texts, loaded.ends
        self._is_card = config.devices != ("cpu",)
        layers = int(self._model.config.num_hidden_layers)
        on_host = layers_on_host(
            self._model, config.context_tokens, chunk_tokens=config.chunk_tokens
        )
        self._ladder = Ladder(
            chunk_tokens=config.chunk_tokens,
            at_once=config.at_once,
            layers=layers,
            on_host=on_host,
            can_use_host=self._is_card and len(config.devices) == 1,
        )
        if on_disk := where_of(self._model).get(DISK):
            self._ladder.note(f"{on_disk} of {layers} layers left on disk")
        self._reader = self._new_reader()
        self._settled_at = time.perf_counter()

    @property
    def plan(self) -> dict[str, Any]:
        """How prompts are read to begin with, for the environment record."""
        return {
            "chunk_tokens": self._ladder.chunk_tokens,
            "layers_on_host": self._ladder.on_host,
            "side_by_side_at_most": self._ladder.at_once,
        }

    def _new_reader(self) -> Reader:
        return Reader(
            self._model,
            ends=self._ends,
            chunk_tokens=self._ladder.chunk_tokens,
            on_host=self._ladder.on_host,
        )

    def answer(self, one: Open) -> Said | Failure:
        """Answer one prompt, reusing what it shares with the one before."""
        asked, ids = one.asked, one.ids
        self._settled_at = time.perf_counter()
        self._reset_peak()

        def attempt() -> Answer:
            return self._reader.answer(
                ids, max_new_tokens=asked.max_new_tokens, is_end=self._is_end(asked)
            )

        while True:
            kept = self._reader.length
            try:
                return self._said(asked, watched(attempt))
            except OutOfMemory:
                pass
            # Out of the handler, or the error would still hold what the attempt had taken.
            if not self._give_up(is_side_by_side=False, kept=kept):
                return self._no_memory()

    def answer_several(
        self, arrivals: Arrivals, max_new_tokens: int
    ) -> Iterator[tuple[Asked, Said | Failure]]:
        """Answer prompts of one length of answer side by side, as long as some are at hand."""
        self._settled_at = time.perf_counter()
        self._reset_peak()
        opened: list[Open] = []
        while True:
            try:
                for one, answer in self._side_by_side(opened, arrivals, max_new_tokens):
                    yield one.asked, self._said(one.asked, answer)
                break
            except OutOfMemory:
                pass
            if not self._give_up(is_side_by_side=True):
                break
        for one in opened:
            if not one.is_done:
                yield one.asked, self._no_memory()

    def _side_by_side(
        self, opened: list[Open], arrivals: Arrivals, max_new_tokens: int
    ) -> Iterator[tuple[Open, Answer]]:
        """One pass over what is not done and what arrives.  Raises: OutOfMemory."""
        again = [one for one in opened if not one.is_done]
        if not again:
            if (first := arrivals(self._config.context_tokens)) is None:
                return
            opened.append(first)
            again = [first]
        capacity = self._capacity(again, max_new_tokens)
        taken = list(again)

        def rows() -> Iterator[list[int] | None]:
            yield from [one.ids for one in again]
            while True:
                one = arrivals(capacity - max_new_tokens)
                if one is not None:
                    opened.append(one)
                    taken.append(one)
                yield None if one is None else one.ids

        found = self._reader.answers(
            rows(),
            max_new_tokens=max_new_tokens,
            at_once=self._rows_that_fit(capacity),
            capacity=capacity,
            is_end=self._is_end(again[0].asked),
        )
        while (ended := watched(lambda: next(found, None))) is not None:
            number, answer = ended
            taken[number].is_done = True
            yield taken[number], answer

    def _capacity(self, known: Sequence[Open], max_new_tokens: int) -> int:
        """Room for whatever may come, unless memory is short: then for the longest at hand."""
        longest = max(len(one.ids) for one in known) + max_new_tokens
        whole = max(self._config.context_tokens, longest)
        return whole if self._rows_that_fit(whole) >= self._ladder.at_once else longest

    def _rows_that_fit(self, capacity: int) -> int:
        """How many sequences of such a length the free memory holds, at least one."""
        a_row = bytes_a_token(self._model.config, self._model.dtype) * capacity
        self._reader.forget()
        self._free()
        room = sum(free_bytes(self._config))
        if self._is_card:
            room -= SPARE_BYTES + activation_bytes(self._model, self._ladder.chunk_tokens)
        elif self._config.memory_bytes:
            # What it may take is the whole of it: its weights have their part already.
            room -= int(self._model.get_memory_footprint())
        return max(1, min(self._ladder.at_once, room // max(1, a_row)))

    def open(self, asked: Asked) -> Open | Failure:
        """Turn a prompt into token ids, or say why it cannot be asked."""
        try:
            ids = self._texts.encode(asked.system, asked.user)
        except BadTemplate as error:
            return Failure(trouble=Trouble.EXAMPLE.value, reason=f"{error}.".capitalize())
        limit = self._config.context_tokens
        if len(ids) + asked.max_new_tokens > limit:
            return Failure(
                trouble=Trouble.TOO_LONG.value,
                reason=(
                    f"{len(ids)} tokens of prompt and {asked.max_new_tokens} of answer are more "
                    f"than the {limit} that the model was registered with."
                ),
                limit_tokens=limit,
                asked_tokens=len(ids) + asked.max_new_tokens,
            )
        return Open(asked, ids)

    def _is_end(self, asked: Asked) -> Callable[[Sequence[int]], bool]:
        return lambda said: self._texts.has_stop(said, asked.stop)

    def _said(self, asked: Asked, answer: Answer) -> Said | Failure:
        text, is_stopped = cut_at_stop(self._texts.decode(answer.ids), asked.stop)
        if len(text) > self._config.answer_chars:
            reason = f"The answer has more than {self._config.answer_chars} characters."
            return Failure(trouble=Trouble.EXAMPLE.value, reason=reason)
        now = time.perf_counter()
        busy, self._settled_at = now - self._settled_at, now
        return Said(
            number=asked.number,
            text=text,
            finish_reason="stop" if is_stopped or not answer.is_cut else "length",
            tokens_in=answer.prompt_tokens,
            tokens_out=len(answer.ids),
            reused_tokens=answer.reused_tokens,
            prefill_seconds=round(answer.prefill_seconds, 4),
            decode_seconds=round(answer.decode_seconds, 4),
            device_seconds=round(busy, 4),
            peak_bytes=peak_bytes(is_card=self._is_card),
            steps=tuple(self._ladder.steps),
        )

    def _give_up(self, *, is_side_by_side: bool, kept: int = 0) -> bool:
        """Make room: first what was kept from the prompt before, then a step of the ladder.

        Args:
            is_side_by_side: whether several answers were being decoded.
            kept: tokens that the memory held before the attempt that failed.
        """
        self._reader.forget()
        self._free()
        if kept:
            self._ladder.note("nothing kept from the prompt before")
            return True
        if not self._ladder.step(is_side_by_side=is_side_by_side):
            return False
        self._reader = self._new_reader()
        return True

    def _no_memory(self) -> Failure:
        return Failure(
            trouble=Trouble.EXAMPLE.value,
            reason="The worker's memory does not suffice, after: "
            + ("; ".join(self._ladder.steps) or "nothing that could be given up")
            + ".",
            steps=tuple(self._ladder.steps),
        )

    def _reset_peak(self) -> None:
        if self._is_card:
            torch.cuda.reset_peak_memory_stats()

    def _free(self) -> None:
        gc.collect()
        if self._is_card:
            torch.cuda.empty_cache()
