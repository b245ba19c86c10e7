"""What a supervisor and its child tell each other: a line of JSON a message, over pipes.

The supervisor asks and drops; the child says that it is ready, what it begins, and how each prompt
ended.  A supervisor that is gone closes the pipe, which ends the child.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import IO, Any, Final, Literal

import orjson

# To the child.
ASK: Final = "ask"
DROP: Final = "drop"
# From the child.
LOADING: Final = "loading"
READY: Final = "ready"
BEGUN: Final = "begun"
DONE: Final = "done"
FAILED: Final = "failed"
# Nothing will be answered: the model cannot be loaded, or not just now.
HOPELESS: Final = "hopeless"
# The process ends, for a reason that nobody foresaw.
LAST_WORDS: Final = "last words"

# The child ends itself so when the card's driver has lost its state; a new process gets a new one.
EXIT_POISONED: Final = 86


class CannotLoad(Exception):
    """The model cannot be run here; the message says why, for the run's owner."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalConfig:
    """Which model to run, where, and within what."""

    folder: str
    """Where the model's files lie, or are brought to."""
    is_chat: bool
    """Whether prompts go through the model's own chat template."""
    context_tokens: int
    """Prompt and answer together, at most."""
    repository: str = ""
    """What to bring from the Hugging Face Hub, at `commit`; empty: the folder is there already."""
    commit: str = ""
    hub_url: str = ""
    """Where the Hub is; empty: where its client looks."""
    devices: tuple[str, ...] = ("cpu",)
    """Numbers of cards, as CUDA_VISIBLE_DEVICES takes them; or "cpu"."""
    chunk_tokens: int = 16_384
    """How many tokens are read at once."""
    at_once: int = 8
    """How many answers are decoded side by side, at most."""
    side_by_side_tokens: int = 512
    """Answers that may have at least so many tokens are decoded side by side."""
    answer_chars: int = 131_072
    """An answer with more is a failure of its example."""
    threads: int = 0
    """Of the processor, for computing; 0 leaves the choice to torch."""
    memory_bytes: int = 0
    """What a model may take where there is no card; 0: what is free."""
    is_compiled: bool = True
    """Whether norms and gated layers are compiled, on a card."""
    idle_seconds: float = 600.0
    """How long a child without a prompt stays."""

    def as_line(self) -> bytes:
        """What `from_line` reads."""
        return orjson.dumps(asdict(self))

    @classmethod
    def from_line(cls, line: bytes | str) -> "LocalConfig":
        """What a child was started with."""
        values = orjson.loads(line)
        return cls(**{**values, "devices": tuple(values["devices"])})


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A prompt on its way to the child."""

    number: int
    system: str
    user: str
    max_new_tokens: int
    stop: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What the child made of a prompt; seconds, tokens and bytes."""

    number: int
    text: str
    finish_reason: Literal["stop", "length"]
    tokens_in: int
    tokens_out: int
    reused_tokens: int
    prefill_seconds: float
    decode_seconds: float
    device_seconds: float
    """The card's time that this answer stands for; over all answers, the time it was busy."""
    peak_bytes: int
    steps: tuple[str, ...] = ()
    """What was given up for want of memory so far, in order."""
    details: Mapping[str, Any] = field(default_factory=dict)


def send(pipe: IO[bytes], kind: str, **values: Any) -> None:
    """Write a message and flush it.

    Raises:
        OSError: if nobody reads any more.
        ValueError: if the pipe is closed.
    """
    pipe.write(orjson.dumps({"kind": kind, **values}) + b"\n")
    pipe.flush()


def read(line: bytes) -> tuple[str, dict[str, Any]]:
    """A message's kind and values.

    Raises:
        ValueError: if it is no message.
    """
    values = orjson.loads(line)
    if not isinstance(values, dict) or not isinstance(kind := values.pop("kind", None), str):
        raise ValueError("no message")  # noqa: TRY004  As for all else that is none.
    return kind, values
