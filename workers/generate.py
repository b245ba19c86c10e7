"""Works on a hosted run: examples to prompts, prompts to the runner, answers to the database.

One thread holds everything but the requests themselves: it claims shards, keeps their leases,
starts what the runner lets it start, and puts each answer as it comes.  Killed at any moment, it
loses only what was in flight; what it held is taken by another when the lease ends.
"""

import logging
import time
from collections.abc import Callable
from concurrent.futures import CancelledError, Future
from queue import Empty, SimpleQueue
from typing import Any, Final

from django.conf import settings
from django.utils import timezone

from scoring import PROMPTING
from scoring.prompts import BadRow, PromptSet
from scoring.truncation import Fitted, NoRoom, Tokenizer, fit
from submissions import runs, shards
from submissions.limits import ANSWER_ATTEMPTS, FAILURES_TO_PAUSE, SHARD_EXAMPLES
from submissions.models import Answer, HostedRun
from submissions.questions import NoContexts, read_rows
from submissions.runs import Status
from workers.hand import Hand, Item
from workers.runners.base import Completion, Runner, RunnerError, Trouble, Wait
from workers.runners.hub import HubAway

logger = logging.getLogger(__name__)

State = Answer.State
# How often leases are renewed and the run is looked at, in seconds; and how often at most the
# worker looks for an end when nothing tells it of one.
_BEAT_SECONDS: Final = 1.0
_LOOK_SECONDS: Final = 0.2
# What a prompt is cut to when a server states its limit: our count and its count differ.
_CAUTION: Final = 0.97
_RATE_LIMITED_TRIES: Final = 100


class Work:
    """One worker's part in one run."""

    def __init__(
        self,
        run: HostedRun,
        runner: Runner,
        *,
        prompts: PromptSet,
        tokenizer: Tokenizer,
        context_tokens: int,
        is_chat: bool,
        worker: str,
        is_leader_first: bool = True,
    ) -> None:
        """Prepare to work; nothing is claimed yet."""
        self._run, self._runner, self._worker = run, runner, worker
        self._prompts, self._tokenizer = prompts, tokenizer
        self._context_tokens, self._is_chat = context_tokens, is_chat
        self._read_fields = PROMPTING[run.release.suite].read_fields
        self._hand = Hand(is_leader_first=is_leader_first)
        self._flying: dict[Future[Completion], Item] = {}
        self._ends: SimpleQueue[Future[Completion]] = SimpleQueue()
        self._beaten_at = 0.0
        self._is_exhausted = False
        self._is_starting = True
        self._start_at = 0.0
        self._away: RunnerError | None = None

    def work(self, *, is_over: Callable[[], bool]) -> None:
        """Ask until nothing is left to claim, the run stops, or `is_over` says so.

        What is in flight at a pause or an end of time is still awaited and kept; what is in flight
        when the run is cancelled is dropped.

        Raises:
            HubAway: if the model cannot be had just now.
        """
        try:
            while self._goes_on(is_over):
                self._collect()
        finally:
            shards.release_shards(list(self._hand.shards.values()))
        if self._away is not None:
            raise HubAway(self._away.reason, wait_seconds=self._away.wait_seconds)

    def _goes_on(self, is_over: Callable[[], bool]) -> bool:
        if not self._beat():
            return False
        if self._is_starting and is_over():
            self._is_starting = False
        if self._is_starting:
            self._claim()
            self._start()
        is_idle = not self._flying and (not self._is_starting or self._hand.is_empty())
        return not (is_idle and (self._is_exhausted or not self._is_starting))

    def _beat(self) -> bool:
        """Keep the leases and learn what became of the run; False once it is cancelled."""
        if time.monotonic() - self._beaten_at < min(_BEAT_SECONDS, settings.LEASE_SECONDS / 4):
            return True
        self._beaten_at = time.monotonic()
        held = shards.renew_leases(list(self._hand.shards.values()), now=timezone.now())
        for lost in set(self._hand.shards) - held:
            logger.warning("run %s: the lease of shard %s is lost", self._run.pk, lost)
            self._drop(lost)
        status = HostedRun.objects.values_list("status", flat=True).get(pk=self._run.pk)
        if status != Status.RUNNING:
            self._is_starting = False
        return status in (Status.RUNNING, Status.PAUSED)

    def _drop(self, shard_id: int) -> None:
        self._hand.drop(shard_id)
        for future, item in list(self._flying.items()):
            if item.shard.pk == shard_id:
                future.cancel()

    def _claim(self) -> None:
        """Have as many examples at hand as the runner could take."""
        short = self._runner.room() - len(self._flying) - self._hand.waiting()
        if short <= 0 or self._is_exhausted:
            return
        claimed = shards.claim_shards(
            self._run,
            count=-(-short // SHARD_EXAMPLES),
            worker=self._worker,
            now=timezone.now(),
        )
        if not claimed.shards:
            # Others may still fall silent: whoever works last, or the sweep, looks again.
            self._is_exhausted = True
            if claimed.is_capped:
                self._pause("The next answers could cost more than the spending cap.")
        for shard in claimed.shards:
            if groups := shards.unanswered(shard):
                self._hand.take(shard, groups, context_tokens=self._context_tokens)
            else:
                shards.end_shard(shard)

    def _start(self) -> None:
        """Send what may go out now."""
        while self._is_starting and time.monotonic() >= self._start_at:
            item = self._hand.next_ready()
            if item is None:
                return
            prompt = item.prompt or self._prepare(item)
            if prompt is None:
                continue
            started = self._runner.start(prompt)
            if isinstance(started, Wait):
                self._start_at = time.monotonic() + started.seconds
                return
            self._hand.started(item)
            item.attempts += 1
            self._flying[started] = item
            started.add_done_callback(self._ends.put)

    def _prepare(self, item: Item) -> Fitted | None:
        """Render and cut an item's prompt; None where it has none, which is then its end."""
        task = item.shard.task
        try:
            _, row = next(read_rows(self._run.release, task, [item.position]))
            prompt = self._prompts.render(task, row, self._read_fields)
            item.prompt = fit(
                prompt,
                self._tokenizer,
                context_tokens=item.context_tokens,
                policy=self._run.policy,
                is_chat=self._is_chat,
            )
        except NoContexts as error:
            self._pause(str(error))
        except NoRoom as error:
            self._hand.started(item)
            self._put(item, state=State.TOO_LONG, reason=f"{error}.")
        except BadRow as error:
            self._hand.started(item)
            self._put(item, state=State.ERROR, reason=f"{error}.")
        return item.prompt

    def _collect(self) -> None:
        """Wait for an end, or for the next moment at which something may start."""
        wait = min(
            _LOOK_SECONDS,
            self._hand.seconds_to_next(),
            max(0.0, self._start_at - time.monotonic()) or _LOOK_SECONDS,
        )
        try:
            future = self._ends.get(timeout=max(wait, 0.001))
        except Empty:
            return
        # An end may make room for another start.
        if self._start_at - time.monotonic() < _LOOK_SECONDS / 2:
            self._start_at = 0.0
        item = self._flying.pop(future)
        if future.cancelled() or not self._hand.holds(item):
            return
        try:
            completion = future.result()
        except CancelledError:
            return
        except RunnerError as error:
            self._failed(item, error)
        else:
            self._answered(item, completion)

    def _answered(self, item: Item, completion: Completion) -> None:
        tokens_in = completion.tokens_in or (item.prompt.kept_tokens if item.prompt else 0)
        tokens_out = completion.tokens_out or len(self._tokenizer.encode(completion.text))
        self._put(
            item,
            state=State.REFUSED if completion.is_refusal else State.OK,
            text=completion.text,
            finish_reason=completion.finish_reason,
            tokens_in=tokens_in,
            tokens_out=tokens_out,
            reused_tokens=completion.reused_tokens,
            first_token_seconds=completion.first_token_seconds,
            seconds=completion.seconds,
            request_id=completion.request_id,
            fingerprint=completion.fingerprint,
            details=dict(completion.details),
        )

    def _failed(self, item: Item, error: RunnerError) -> None:
        trouble = error.trouble
        if trouble is Trouble.FATAL:
            self._pause(error.reason)
            return
        if trouble is Trouble.AWAY:
            # The example keeps its turn: whoever works on the run next asks it.
            self._is_starting, self._away = False, error
            return
        if trouble is Trouble.TOO_LONG and self._run.is_auto_fit and not item.is_refitted:
            self._refit(item, error)
            return
        if trouble is Trouble.RATE_LIMIT and item.rate_limited < _RATE_LIMITED_TRIES:
            item.rate_limited += 1
            item.attempts -= 1
            self._hand.again_later(item, at_least=error.wait_seconds)
            return
        failures = self._runner.failures_in_a_row
        if trouble is Trouble.RETRY and failures >= FAILURES_TO_PAUSE:
            self._pause(f"{failures} requests in a row failed. The last one: {error.reason}")
            self._runner.forget_failures()
            return
        if trouble is Trouble.RETRY and item.attempts < ANSWER_ATTEMPTS:
            self._hand.again_later(item, at_least=error.wait_seconds)
            return
        state = State.TOO_LONG if trouble is Trouble.TOO_LONG else State.ERROR
        self._put(item, state=state, reason=error.reason)

    def _refit(self, item: Item, error: RunnerError) -> None:
        """Cut a prompt once more, to what the server says that it takes."""
        limit = error.limit_tokens or item.context_tokens
        if error.asked_tokens and item.prompt:
            counted = item.prompt.kept_tokens + item.prompt.max_new_tokens
            limit = min(limit, round(limit * counted / error.asked_tokens))
        item.context_tokens = min(round(limit * _CAUTION), item.context_tokens - 1)
        item.is_refitted, item.prompt = True, None
        self._hand.again(item)

    def _put(self, item: Item, *, state: str, **columns: Any) -> None:
        prompt = item.prompt
        if prompt is not None:
            columns |= {
                "prompt_sha256": prompt.prompt_sha256,
                "whole_tokens": prompt.prompt_tokens,
                "kept_tokens": prompt.kept_tokens,
            }
        shards.put_answer(
            item.shard,
            position=item.position,
            state=state,
            now=timezone.now(),
            attempts=max(1, item.attempts + item.rate_limited),
            **columns,
        )
        if self._hand.ended(item):
            shards.end_shard(item.shard)
            self._hand.drop(item.shard.pk)
            self._is_exhausted = False

    def _pause(self, reason: str) -> None:
        self._is_starting = False
        if runs.halt_run(self._run, reason=reason, now=timezone.now()):
            logger.warning("run %s pauses: %s", self._run.public_id, reason)
