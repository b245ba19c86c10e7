"""What every runner does: start a prompt, later give its completion or say why there is none."""

from collections.abc import Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Protocol

from scoring.truncation import Fitted


class Trouble(Enum):
    """What an error means for the example and for the run."""

    # The next try may succeed: the server is busy, slow or was cut off.
    RETRY = "retry"
    # The server says that we ask too often; nothing is wrong with it.
    RATE_LIMIT = "rate limit"
    # The prompt has more tokens than the model takes.
    TOO_LONG = "too long"
    # This example will not be answered; others may be.
    EXAMPLE = "example"
    # Nothing can be answered just now, for what the model is made of is out of reach: later it may.
    AWAY = "away"
    # Nothing will be answered until somebody mends something: the key, the address, the model.
    FATAL = "fatal"


class RunnerError(Exception):
    """A prompt has no completion.

    Attributes:
        trouble: what to do about it.
        reason: why, for the run's owner; never holds a key.
        wait_seconds: how long the server asks to be left alone.
        limit_tokens: how many tokens the server says it takes.
        asked_tokens: how many it says it was given.
    """

    def __init__(
        self,
        trouble: Trouble,
        reason: str,
        *,
        wait_seconds: float = 0.0,
        limit_tokens: int | None = None,
        asked_tokens: int | None = None,
    ) -> None:
        super().__init__(reason)
        self.trouble = trouble
        self.reason = reason
        self.wait_seconds = wait_seconds
        self.limit_tokens = limit_tokens
        self.asked_tokens = asked_tokens


@dataclass(frozen=True, slots=True, kw_only=True)
class Completion:
    """What a model answered to one prompt; times in seconds, lengths in tokens."""

    text: str
    # "stop" or "length"; "content_filter" where the server refused.
    finish_reason: str
    seconds: float
    tokens_in: int = 0
    tokens_out: int = 0
    reused_tokens: int = 0
    first_token_seconds: float | None = None
    request_id: str = ""
    fingerprint: str = ""
    # What else a runner measures: prefill and decode times, peak memory.
    details: Mapping[str, Any] = field(default_factory=dict)

    @property
    def is_refusal(self) -> bool:
        """Whether the server would not let the model answer."""
        return self.finish_reason == "content_filter"


@dataclass(frozen=True, slots=True)
class Wait:
    """The runner can start nothing now; ask again after so many seconds, or when one ends."""

    seconds: float


class Runner(Protocol):
    """Turns prompts into completions, several at a time."""

    def describe(self) -> Mapping[str, Any]:
        """What answers, for the run's environment record: versions, machine, settings."""

    def start(self, prompt: Fitted) -> "Future[Completion] | Wait":
        """Begin to answer a prompt.

        The future gives the completion or raises RunnerError; cancelling it drops the work.
        Prompts on one context come one after the other, the first alone until it has ended.
        """

    def room(self) -> int:
        """How many prompts it could take on at once, so that as many are at hand."""

    @property
    def failures_in_a_row(self) -> int:
        """Failures since the last completion, over all workers of whatever answers."""

    def forget_failures(self) -> None:
        """Count them anew, because their run was paused for them."""

    def close(self) -> None:
        """Drop everything that is not done, and leave nothing behind."""
