"""What is given up, step by step, when a card's memory does not suffice: never any of the prompt.

Each step is exact: the same numbers are computed in smaller pieces or kept elsewhere.  Steps taken
stay taken until the model is loaded again, and every later answer names them.
"""

from dataclasses import dataclass, field
from typing import Final

LEAST_CHUNK_TOKENS: Final = 1024


@dataclass(slots=True)
class Ladder:
    """How a model is read now, and how it got there."""

    chunk_tokens: int
    at_once: int
    layers: int
    on_host: int = 0
    can_use_host: bool = True
    """Whether layers can be kept in host memory: on a card only."""
    steps: list[str] = field(default_factory=list)

    def step(self, *, is_side_by_side: bool) -> bool:
        """Give up something more.  False when nothing is left to give up."""
        taken = self._fewer() if is_side_by_side and self.at_once > 1 else self._smaller()
        if taken:
            self.note(taken)
        return bool(taken)

    def note(self, step: str) -> None:
        """Keep what was given up, once."""
        if step not in self.steps:
            self.steps.append(step)

    def _fewer(self) -> str:
        self.at_once = max(1, self.at_once // 2)
        return f"{self.at_once} side by side"

    def _smaller(self) -> str:
        if self.chunk_tokens > LEAST_CHUNK_TOKENS:
            self.chunk_tokens = max(LEAST_CHUNK_TOKENS, self.chunk_tokens // 2)
            return f"chunks of {self.chunk_tokens} tokens"
        if self.can_use_host and self.on_host < self.layers:
            # Half of what is left on the card goes to the host.
            self.on_host += max(1, (self.layers - self.on_host) // 2)
            return f"{self.on_host} of {self.layers} layers in host memory"
        return ""
