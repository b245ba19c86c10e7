"""The runner of Hugging Face models: it supervises a child that computes, and never computes.

The child loads torch and the model; this process stays free to renew leases and to stop in order.
A child that dies is replaced, and what it had begun is tried again; what kills several is said to.
"""

import subprocess
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

from scoring.truncation import Fitted
from workers.runners.base import Completion, RunnerError, Trouble, Wait
from workers.runners.transformers_local import messages
from workers.runners.transformers_local.messages import LocalConfig, Said
from workers.runners.transformers_local.process import end_child, start_child, why_ended

# How often a prompt may be in a process that dies before it counts as what kills it.
_DEATHS: Final = 2
# Before a child that died is replaced, so that one that dies at once does not spin.
_REST_SECONDS: Final = 2.0


class _Job:
    """A prompt that the child has."""

    def __init__(self, prompt: Fitted) -> None:
        self.prompt = prompt
        self.future: Future[Completion] = Future()
        self.began_at: float | None = None
        self.asked_at = time.monotonic()

    @property
    def key(self) -> tuple[str, str]:
        """What tells this prompt from others, from one try to the next."""
        return self.prompt.task, self.prompt.prompt_sha256


class LocalModel:
    """One model in one child process, after another child's death in the next one."""

    def __init__(self, config: LocalConfig, *, log: Path | None = None) -> None:
        """Start to load the model; prompts are taken at once and wait for it.

        Args:
            config: which model, where, and within what.
            log: where the child's standard error goes; None: nowhere.
        """
        self.config, self._log = config, log
        self._lock = threading.RLock()
        self._jobs: dict[int, _Job] = {}
        self._numbers = 0
        self._deaths: dict[tuple[str, str], int] = {}
        self._failures = self._replaced = 0
        self._last_words = ""
        # Why nothing will be answered, once that is known.
        self._hopeless: tuple[Trouble, str, float] | None = None
        self._rest_until = 0.0
        self._is_closed = False
        self.environment: dict[str, Any] = {}
        self.free_bytes: int | None = None
        self._child: subprocess.Popen[bytes] | None = None
        self._start_child()

    def _start_child(self) -> None:
        child = start_child(self.config, log=self._log)
        self._child, self._last_words = child, ""
        threading.Thread(target=self._listen, args=(child,), daemon=True).start()

    def describe(self) -> Mapping[str, Any]:
        """What answers, as far as the child has told."""
        asked = asdict(self.config)
        kept = ("is_chat", "context_tokens", "chunk_tokens", "at_once")
        return {
            "runner": "transformers-local",
            "settings": {name: asked[name] for name in kept},
            "replaced_processes": self._replaced,
            **self.environment,
        }

    @property
    def is_ready(self) -> bool:
        """Whether the model is loaded."""
        return bool(self.environment)

    @property
    def is_usable(self) -> bool:
        """Whether it may be asked: not closed, and not known to be hopeless."""
        return not self._is_closed and not self._hopeless

    def start(self, prompt: Fitted) -> "Future[Completion] | Wait":
        """Hand a prompt to the child; it answers in the order of asking."""
        with self._lock:
            if self._hopeless:
                return _failed(self._why_hopeless(*self._hopeless))
            if len(self._jobs) >= self.room():
                return Wait(1.0)
            if self._child is None:
                if (rest := self._rest_until - time.monotonic()) > 0:
                    return Wait(rest)
                self._start_child()
            self._numbers += 1
            number, job = self._numbers, _Job(prompt)
            self._jobs[number] = job
            job.future.add_done_callback(lambda future: self._drop(number, future))
            self._tell(
                messages.ASK,
                number=number,
                system=prompt.system,
                user=prompt.user,
                max_new_tokens=prompt.max_new_tokens,
                stop=prompt.stop,
            )
            return job.future

    def _tell(self, kind: str, **values: Any) -> None:
        child = self._child
        if child is None or child.stdin is None:
            return
        try:
            messages.send(child.stdin, kind, **values)
        except (OSError, ValueError):
            # It is dead; its listener says so to everybody who waits.
            return

    def _drop(self, number: int, future: "Future[Completion]") -> None:
        if future.cancelled():
            with self._lock:
                self._jobs.pop(number, None)
                self._tell(messages.DROP, number=number)

    def room(self) -> int:
        """As many as the child may decode side by side, and a few that are at hand."""
        return max(4, self.config.at_once + 2)

    @property
    def failures_in_a_row(self) -> int:
        """Failures of this worker's children since the last completion."""
        return self._failures

    def forget_failures(self) -> None:
        """Count them anew."""
        self._failures = 0

    def drain(self) -> None:
        """Give up what is not begun; what is being computed still ends."""
        with self._lock:
            waiting = [job for job in self._jobs.values() if job.began_at is None]
        for job in waiting:
            job.future.cancel()

    @property
    def is_idle(self) -> bool:
        """Whether the child has nothing to do."""
        return not self._jobs

    def close(self) -> None:
        """End the child and drop what is not done."""
        with self._lock:
            self._is_closed = True
            child, self._child = self._child, None
            jobs, self._jobs = list(self._jobs.values()), {}
        for job in jobs:
            job.future.cancel()
        if child is not None:
            end_child(child)

    def _listen(self, child: "subprocess.Popen[bytes]") -> None:
        """Read one child's messages until its end."""
        heard: dict[str, Callable[..., None]] = {
            messages.LOADING: lambda: None,
            messages.READY: self._ready,
            messages.BEGUN: self._begun,
            messages.DONE: self._done,
            messages.FAILED: self._refused,
            messages.HOPELESS: self._give_up,
            messages.LAST_WORDS: self._hear,
        }
        try:
            with child:
                for line in child.stdout or ():
                    try:
                        kind, values = messages.read(line)
                        heard[kind](**values)
                    except (ValueError, KeyError, TypeError):
                        # Half a line: killed while it wrote.  Else it is out of its mind, and
                        # what it may say next is worth nothing either.
                        if line.endswith(b"\n"):
                            self._last_words = "it said what is no message"
                        child.kill()
                        break
        finally:
            # Whatever went wrong here, nobody may wait for a child that nobody hears.
            self._died(child)

    def _ready(self, *, environment: dict[str, Any], free_bytes: int) -> None:
        self.environment, self.free_bytes = environment, free_bytes

    def _begun(self, *, number: int) -> None:
        with self._lock:
            if job := self._jobs.get(number):
                job.began_at = time.monotonic()

    def _done(self, **values: Any) -> None:
        # Before the prompt is taken out: what is no answer must leave it where it is.
        said = Said(**values)
        with self._lock:
            job = self._jobs.pop(said.number, None)
            self._failures = 0
        if job is None or not job.future.set_running_or_notify_cancel():
            return
        self._deaths.pop(job.key, None)
        measured = ("prefill_seconds", "decode_seconds", "device_seconds", "peak_bytes", "steps")
        job.future.set_result(
            Completion(
                text=said.text,
                finish_reason=said.finish_reason,
                seconds=time.monotonic() - (job.began_at or job.asked_at),
                tokens_in=said.tokens_in,
                tokens_out=said.tokens_out,
                reused_tokens=said.reused_tokens,
                first_token_seconds=said.prefill_seconds,
                details={
                    **{name: getattr(said, name) for name in measured},
                    "devices": len(self.config.devices) if self._is_on_cards else 0,
                },
            )
        )

    @property
    def _is_on_cards(self) -> bool:
        return self.config.devices != ("cpu",)

    def _refused(self, *, number: int, trouble: str, reason: str, **more: Any) -> None:
        error = RunnerError(
            Trouble(trouble),
            reason,
            limit_tokens=more.get("limit_tokens"),
            asked_tokens=more.get("asked_tokens"),
        )
        with self._lock:
            job = self._jobs.pop(number, None)
        if job is not None and job.future.set_running_or_notify_cancel():
            job.future.set_exception(error)

    def _give_up(self, *, reason: str, away_seconds: float | None = None) -> None:
        trouble = Trouble.FATAL if away_seconds is None else Trouble.AWAY
        said = f"The model cannot be run on this worker: {reason}."
        self._hopeless = trouble, said, away_seconds or 0.0

    @staticmethod
    def _why_hopeless(trouble: Trouble, reason: str, wait_seconds: float) -> RunnerError:
        return RunnerError(trouble, reason, wait_seconds=wait_seconds)

    def _hear(self, *, reason: str) -> None:
        self._last_words = reason

    def _died(self, child: "subprocess.Popen[bytes]") -> None:
        """Settle with everybody who waited for a child that is gone."""
        with self._lock:
            if self._child is not child:
                return
            self._child = None
            jobs, self._jobs = list(self._jobs.values()), {}
            if not jobs and child.returncode == 0:
                return
            self._replaced += 1
            self._failures += 1
            self._rest_until = time.monotonic() + _REST_SECONDS
        for job in jobs:
            if job.future.set_running_or_notify_cancel():
                job.future.set_exception(self._error_of(job, child.returncode))

    def _error_of(self, job: _Job, status: int) -> RunnerError:
        if self._hopeless:
            return self._why_hopeless(*self._hopeless)
        why = self._last_words or why_ended(status)
        if job.began_at is None:
            return RunnerError(Trouble.RETRY, f"The process that computes ended: {why}.")
        self._deaths[job.key] = deaths = self._deaths.get(job.key, 0) + 1
        if deaths > _DEATHS:
            reason = f"{deaths} processes in a row ended while they computed it: {why}."
            return RunnerError(Trouble.EXAMPLE, reason)
        return RunnerError(Trouble.RETRY, f"The process that computed it ended: {why}.")


def _failed(error: RunnerError) -> "Future[Completion]":
    future: Future[Completion] = Future()
    future.set_exception(error)
    return future
