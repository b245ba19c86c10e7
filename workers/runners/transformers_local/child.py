"""The process that computes: loads one model and answers what its supervisor asks, line by line.

    python -m workers.runners.transformers_local.child CONFIG

It holds no lease and no secret; killed at any moment, it loses only what it was computing.
"""

import os
import queue
import sys
import threading
import time
import traceback
from collections.abc import Sequence
from typing import IO, TYPE_CHECKING, Any

from workers.runners.hub import HubAway
from workers.runners.transformers_local import messages
from workers.runners.transformers_local.fetching import fetch
from workers.runners.transformers_local.messages import Asked, CannotLoad, LocalConfig, Said

if TYPE_CHECKING:
    from workers.runners.transformers_local.answering import Arrivals, Failure, Open


class Inbox:
    """What was asked and is not begun, in order; a thread fills it from the pipe."""

    def __init__(self, pipe: IO[bytes]) -> None:
        """Begin to read."""
        self._waiting: queue.Queue[Asked] = queue.Queue()
        self._next: Asked | None = None
        self._dropped: set[int] = set()
        threading.Thread(target=self._fill, args=(pipe,), daemon=True).start()

    def _fill(self, pipe: IO[bytes]) -> None:
        for line in pipe:
            kind, values = messages.read(line)
            if kind == messages.ASK:
                self._waiting.put(Asked(**{**values, "stop": tuple(values["stop"])}))
            elif kind == messages.DROP:
                self._dropped.add(values["number"])
        # The supervisor is gone, or wants no more: nobody would hear an answer.
        os._exit(0)

    def look(self, seconds: float) -> Asked | None:
        """The next prompt, which stays the next; None if none comes in time."""
        deadline = time.monotonic() + seconds
        while self._next is None or self._next.number in self._dropped:
            try:
                left = max(0.0, deadline - time.monotonic())
                self._next = self._waiting.get(timeout=left) if left else self._waiting.get_nowait()
            except queue.Empty:
                self._next = None
                return None
        return self._next

    def take(self) -> None:
        """Take out what `look` gave."""
        self._next = None


class Child:
    """One model and its prompts."""

    def __init__(self, config: LocalConfig, inbox: Inbox, out: IO[bytes]) -> None:
        """Load the model and say so.

        Raises:
            CannotLoad: why it cannot be run.
        """
        from workers.runners.transformers_local import loading, room  # noqa: PLC0415
        from workers.runners.transformers_local.answering import Answering  # noqa: PLC0415

        self._config, self._inbox, self._out = config, inbox, out
        began = time.monotonic()
        loaded = loading.load(config)
        self._answering = Answering(config, loaded)
        environment = {
            **loaded.environment,
            **self._answering.plan,
            "load_seconds": round(time.monotonic() - began, 3),
        }
        free = sum(room.free_bytes(config))
        self._say(messages.READY, environment=environment, free_bytes=free)

    def _say(self, kind: str, **values: Any) -> None:
        try:
            messages.send(self._out, kind, **values)
        except OSError:
            os._exit(0)

    def work(self) -> None:
        """Answer until nothing was asked for a long while."""
        while (asked := self._inbox.look(self._config.idle_seconds)) is not None:
            if asked.max_new_tokens >= self._config.side_by_side_tokens:
                arrivals = self._arrivals(asked.max_new_tokens)
                for one, ended in self._answering.answer_several(arrivals, asked.max_new_tokens):
                    self._end(one, ended)
            elif (opened := self._open(asked)) is not None:
                self._begin(opened)
                self._end(asked, self._answering.answer(opened))

    def _open(self, asked: Asked) -> "Open | None":
        """Token ids of the next prompt; what cannot be asked has its end at once."""
        from workers.runners.transformers_local.answering import Failure  # noqa: PLC0415

        opened = self._answering.open(asked)
        if isinstance(opened, Failure):
            self._inbox.take()
            self._end(asked, opened)
            return None
        return opened

    def _begin(self, opened: "Open") -> None:
        self._inbox.take()
        self._say(messages.BEGUN, number=opened.asked.number)

    def _arrivals(self, max_new_tokens: int) -> "Arrivals":
        """Prompts at hand with that length of answer, one by one."""
        looked: list[Open] = []

        def arrive(most_tokens: int) -> "Open | None":
            asked = self._inbox.look(0.0)
            if asked is None or asked.max_new_tokens != max_new_tokens:
                return None
            # A prompt that has to wait is not split into tokens again at every step.
            if not looked or looked[0].asked is not asked:
                looked[:] = [one] if (one := self._open(asked)) else []
            if not looked or len(looked[0].ids) > most_tokens:
                return None
            self._begin(looked[0])
            return looked.pop()

        return arrive

    def _end(self, asked: Asked, ended: "Said | Failure") -> None:
        if isinstance(ended, Said):
            self._say(messages.DONE, **_as_dict(ended))
        else:
            self._say(messages.FAILED, number=asked.number, **_as_dict(ended))


def _as_dict(values: Any) -> dict[str, Any]:
    return {name: getattr(values, name) for name in values.__dataclass_fields__}


def _bring(config: LocalConfig, out: IO[bytes]) -> bool:
    """Have the model's files here; False once it is said why they are not."""
    try:
        fetch(config)
    except HubAway as away:
        messages.send(out, messages.HOPELESS, reason=str(away), away_seconds=away.wait_seconds)
    except CannotLoad as error:
        messages.send(out, messages.HOPELESS, reason=str(error))
    else:
        return True
    return False


def main(arguments: Sequence[str]) -> None:
    """Run until the supervisor closes the pipe."""
    # What libraries print must not end up among the messages.
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    config = LocalConfig.from_line(arguments[0])
    if config.devices != ("cpu",):
        os.environ["CUDA_VISIBLE_DEVICES"] = ",".join(config.devices)
        os.environ.setdefault("PYTORCH_CUDA_ALLOC_CONF", "expandable_segments:True")
    os.environ["USE_HUB_KERNELS"] = "0"
    inbox = Inbox(sys.stdin.buffer)
    messages.send(out, messages.LOADING)
    # Before torch, which takes long to load: nothing of it is needed to hear of a Hub that is away.
    if not _bring(config, out):
        return
    # torch and transformers, in this process alone.
    from workers.runners.transformers_local.watching import Poisoned  # noqa: PLC0415

    try:
        Child(config, inbox, out).work()
    except CannotLoad as error:
        messages.send(out, messages.HOPELESS, reason=str(error))
    except Poisoned as error:
        print(error, file=sys.stderr, flush=True)  # noqa: T201  The supervisor's log.
        os._exit(messages.EXIT_POISONED)
    except Exception as error:  # noqa: BLE001  The supervisor hears why, whatever it is.
        # Threads of the libraries may keep a process that only raises from its end.
        traceback.print_exc()
        words = f"{type(error).__name__}: {str(error)[:200]}"
        messages.send(out, messages.LAST_WORDS, reason=words)
        os._exit(1)


if __name__ == "__main__":
    main(sys.argv[1:])
