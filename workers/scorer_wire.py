"""What a worker and its scoring process tell each other: pickles with their length before them.

Both ends are our own code, and what people wrote travels as text.
"""

import pickle
import struct
from dataclasses import dataclass
from typing import IO, Any, Final

from scoring import TaskScore

_LENGTH: Final = struct.Struct(">Q")


@dataclass(frozen=True, slots=True)
class Asked:
    """One task's predictions and answers, and for how many seconds of processor they may take."""

    suite: str
    task: str
    predictions: list[str | None]
    answers: list[Any]
    drop_first_number: bool
    cpu_seconds: float


@dataclass(frozen=True, slots=True)
class Answered:
    """Scores by scorer, or what went wrong: memory, or an error of ours by its name."""

    scores: dict[str, TaskScore] | None = None
    is_out_of_memory: bool = False
    error: str = ""


def write(stream: IO[bytes], message: Asked | Answered) -> None:
    """Send a message."""
    data = pickle.dumps(message, pickle.HIGHEST_PROTOCOL)
    stream.write(_LENGTH.pack(len(data)))
    stream.write(data)
    stream.flush()


def read(stream: IO[bytes]) -> Any:
    """Receive a message.

    Raises:
        EOFError: if the other end is gone.
    """
    head = stream.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        raise EOFError
    (length,) = _LENGTH.unpack(head)
    data = stream.read(length)
    if len(data) < length:
        raise EOFError
    return pickle.loads(data)  # noqa: S301  From our own process.
