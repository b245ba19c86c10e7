"""Scores a task in a child process, within limits of time and memory.

What a person's predictions cost to score is up to that person: a text may send a regular expression
round in circles or fill the memory.  The child is killed then, and the worker lives: it says which
task did it, and takes the next submission.
"""

import atexit
import contextlib
import os
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import IO, Any, Final, cast

from django.conf import settings

from scoring import TaskScore
from workers.scorer_wire import Answered, Asked, read, write

_HOME: Final = Path(__file__).resolve().parent.parent
# A child that dies by itself is started again once: the machine may have killed it for another's
# hunger.  What kills it twice is in the predictions.
TRIES: Final = 2


class LimitReached(Exception):
    """Predictions cost more to score than is allowed; the message says which limit, and where."""


class OutOfTime(LimitReached):
    """Scoring a task took longer than allowed."""


class OutOfMemory(LimitReached):
    """Scoring a task took more memory than allowed."""


class ScorerDied(Exception):
    """The process that scored a task died by itself, more than once."""


class ScorerError(Exception):
    """Scoring a task raised what it should not: an error of ours."""


class _Child:
    """A process that scores; one at a time asks it."""

    def __init__(self, memory_bytes: int) -> None:
        self.memory_bytes = memory_bytes
        self.owner = os.getpid()
        process = subprocess.Popen(  # noqa: S603  Our own module.
            [sys.executable, "-m", "workers.scorer_child", str(memory_bytes)],
            cwd=_HOME,
            # Neither secrets nor addresses: it needs none.
            env={name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        self._process = process
        self._input = cast("IO[bytes]", process.stdin)
        self._output = cast("IO[bytes]", process.stdout)

    def ask(self, asked: Asked, *, seconds: float) -> Answered:
        """Have a task scored.

        Raises:
            OutOfTime: after so many seconds.
            ScorerDied: if the process ends before it answers.
        """
        is_late = threading.Event()

        def _end() -> None:
            is_late.set()
            self._process.kill()

        timer = threading.Timer(seconds, _end)
        timer.daemon = True
        timer.start()
        try:
            # One that has no room for the question says so and reads no further.
            with contextlib.suppress(OSError):
                write(self._input, asked)
            return cast("Answered", read(self._output))
        except (EOFError, OSError) as error:
            if is_late.is_set():
                raise OutOfTime(f"{asked.task} took longer than {seconds:g} seconds") from error
            status = self._process.wait()
            raise ScorerDied(f"{asked.task}: the process ended, status {status}") from error
        finally:
            timer.cancel()

    def end(self) -> None:
        """Leave nothing of it behind."""
        self._process.kill()
        for stream in (self._input, self._output):
            # What could not be sent any more is worth nothing.
            with contextlib.suppress(OSError):
                stream.close()
        self._process.wait()


class _Scorer:
    """This worker's child, started when it is first needed and again when it is gone."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._child: _Child | None = None

    def score(self, asked: Asked, *, seconds: float, memory_bytes: int) -> dict[str, TaskScore]:
        with self._lock:
            for left in reversed(range(TRIES)):
                child = self._ready(memory_bytes)
                try:
                    answered = child.ask(asked, seconds=seconds)
                except ScorerDied:
                    self._drop()
                    if not left:
                        raise
                except BaseException:
                    # It may be in the middle of something, Celery's own limit among the reasons.
                    self._drop()
                    raise
                else:
                    return self._scores(asked, answered, memory_bytes)
        raise AssertionError

    def _ready(self, memory_bytes: int) -> _Child:
        child = self._child
        if child is not None and child.owner != os.getpid():
            # This process was forked: the child is its parent's.
            child = None
        if child is not None and child.memory_bytes != memory_bytes:
            self._drop()
            child = None
        self._child = child or _Child(memory_bytes)
        return self._child

    def _drop(self) -> None:
        if self._child is not None:
            self._child.end()
            self._child = None

    def close(self) -> None:
        """End the child with this process."""
        if self._child is not None and self._child.owner == os.getpid():
            self._drop()

    def _scores(self, asked: Asked, answered: Answered, memory_bytes: int) -> dict[str, TaskScore]:
        if answered.is_out_of_memory:
            self._drop()
            mib = memory_bytes // 2**20
            raise OutOfMemory(f"{asked.task} took more than {mib} MiB of memory")
        if answered.scores is None:
            raise ScorerError(f"{asked.task}: {answered.error}")
        return answered.scores


_scorer = _Scorer()
# Where a process ends without this, the child reads the end of its input.
atexit.register(_scorer.close)


def score_task(
    suite: str,
    task: str,
    *,
    predictions: Sequence[str | None],
    answers: Sequence[Any],
    drop_first_number: bool,
) -> dict[str, TaskScore]:
    """Score one task under every scorer of its suite, in the child process.

    Limits: `SCORING_TASK_SECONDS` and `SCORING_MEMORY_MIB` of the settings.

    Raises:
        OutOfTime, OutOfMemory: at a limit.
        ScorerDied: if the process died twice.
        ScorerError: if scoring raised.
    """
    asked = Asked(
        suite=suite,
        task=task,
        predictions=list(predictions),
        answers=list(answers),
        drop_first_number=drop_first_number,
        cpu_seconds=settings.SCORING_TASK_SECONDS,
    )
    return _scorer.score(
        asked,
        seconds=settings.SCORING_TASK_SECONDS,
        memory_bytes=settings.SCORING_MEMORY_MIB * 2**20,
    )
