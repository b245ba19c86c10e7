"""From a run's id to its work: what the doors call.  Makes the runner that the run's kind needs."""

import logging
import platform
import time
from collections.abc import Callable
from typing import Any, Final

import redis
from django.conf import settings
from django.utils import timezone

from outbound import AddressRefused
from scoring.prompts import PromptSet
from scoring.truncation import Fitted, NoRoom
from submissions import runs
from submissions.endpoints import outbound_rules, record_try
from submissions.limits import ANSWER_CHARS, ANSWER_STREAM_BYTES
from submissions.models import Endpoint, HostedRun, HubModel
from submissions.prompt_sets import UnknownPromptSet, find_prompt_set
from submissions.questions import NoContexts
from submissions.run_end import end_run
from submissions.sealing import SealBroken, unseal
from workers.generate import Work
from workers.machine import NoMachine
from workers.own_models import WeightsMissing, work_with_own_model
from workers.plan import plan_shards
from workers.runners.base import RunnerError, Wait
from workers.runners.hub import HubAway
from workers.runners.openai_compatible import EndpointConfig, OpenAICompatible
from workers.runners.throttle import Limits, Throttle
from workers.tokenizers import NoTokenizer, find_tokenizer

logger = logging.getLogger(__name__)

# What stops a run until somebody mends it; the text is for its owner.
_MENDABLE: Final = (
    AddressRefused,
    NoContexts,
    NoRoom,
    NoTokenizer,
    SealBroken,
    UnknownPromptSet,
    WeightsMissing,
)
_TRY_SECONDS: Final = 60.0
# Well before the broker would give the message to somebody else.
_LONGEST_SECONDS: Final = 3000.0
# Three small prompts that show whether a server answers at all, follows a request, and finds
# something in a text; and the same for models that continue a text.
_GATE: Final = "The gate is green. The code of the gate is 4193. The gate is old.\n\n"
_TRIES_CHAT: Final = (
    "Reply with the single word: ready",
    "What is 17 + 25? Reply with the number only.",
    f"{_GATE}What is the code of the gate? Reply with its digits only.",
)
_TRIES_RAW: Final = (
    "One, two, three, four,",
    "17 + 25 =",
    f"{_GATE}The code of the gate is",
)


def open_runner(endpoint: Endpoint) -> OpenAICompatible:
    """A runner for an endpoint, its limits shared with every other worker.

    Raises:
        AddressRefused: if its address leads where we do not call.
        SealBroken: if its key cannot be read.
    """
    config = EndpointConfig(
        base_url=endpoint.base_url,
        model=endpoint.model_name,
        key=unseal(endpoint.sealed_key).reveal(),
        is_chat=endpoint.is_chat,
        is_azure=endpoint.style == Endpoint.Style.AZURE,
        api_version=endpoint.api_version,
        concurrency=endpoint.concurrency,
        idle_seconds=settings.ENDPOINT_IDLE_SECONDS,
        answer_seconds=settings.ENDPOINT_ANSWER_SECONDS,
        answer_bytes=ANSWER_STREAM_BYTES,
        answer_chars=ANSWER_CHARS,
        rules=outbound_rules(),
    )
    return OpenAICompatible(config, throttle_of(endpoint))


def throttle_of(endpoint: Endpoint) -> Throttle:
    """The door that all workers' requests to an endpoint go through."""
    client = redis.Redis.from_url(settings.REDIS_URL, socket_timeout=10, socket_connect_timeout=5)
    limits = Limits(
        concurrency=endpoint.concurrency,
        requests_per_minute=endpoint.requests_per_minute,
        tokens_per_minute=endpoint.tokens_per_minute,
    )
    prefix = f"{settings.REDIS_PREFIX}endpoint:{endpoint.pk}:"
    lease = settings.LEASE_SECONDS
    return Throttle(client, prefix=prefix, limits=limits, lease_seconds=lease)


def work_on_run(run_id: int, *, worker: str, is_stopping: Callable[[], bool]) -> None:
    """Plan a run if nobody has, work on it, and end it if nothing is left.

    Args:
        run_id: as the queue had it; a run that does not want work is left alone.
        worker: this worker's name.
        is_stopping: whether the worker should come to its end.
    """
    run = (
        HostedRun.objects.select_related("endpoint", "hub_model", "release", "owner", "model")
        .filter(pk=run_id, status__in=runs.WORKING)
        .first()
    )
    if run is None or run.asked is None or not runs.is_due(run, now=timezone.now()):
        return
    try:
        prompts = find_prompt_set(run.release.suite, run.prompt_set)
        _plan(run, prompts, run.asked)
        if isinstance(run.asked, HubModel):
            work_with_own_model(run, run.asked, prompts, worker=worker, is_stopping=is_stopping)
        else:
            _work(run, run.asked, prompts, worker=worker, is_stopping=is_stopping)
    except NoMachine as error:
        # It stays announced to those that can.
        logger.warning("run %s came to a worker that runs no models: %s", run.public_id, error)
        return
    except HubAway as away:
        logger.warning("run %s waits for the Hub: %s", run.public_id, away)
        runs.wait_for_hub(
            run, reason=away.reason, wait_seconds=away.wait_seconds, now=timezone.now()
        )
        return
    except _MENDABLE as error:
        runs.halt_run(run, reason=_said(error), now=timezone.now())
        return
    end_run(run, now=timezone.now())


def _said(error: Exception) -> str:
    if isinstance(error, UnknownPromptSet):
        return f"The prompt set {error} is not on this site any more."
    return str(error)


def _plan(run: HostedRun, prompts: PromptSet, asked: Endpoint | HubModel) -> None:
    if run.planned_at is None:
        new = plan_shards(run, prompts, context_tokens=asked.context_tokens)
        runs.store_plan(run, new, now=timezone.now())


def _work(
    run: HostedRun,
    endpoint: Endpoint,
    prompts: PromptSet,
    *,
    worker: str,
    is_stopping: Callable[[], bool],
) -> None:
    tokenizer = find_tokenizer(endpoint.tokenizer)
    began = time.monotonic()

    def is_over() -> bool:
        if is_stopping():
            return True
        worked = time.monotonic() - began
        return worked > _LONGEST_SECONDS or (
            worked > settings.RUN_SLICE_SECONDS and runs.others_wait(run, now=timezone.now())
        )

    runs.end_waiting(run)
    runner = open_runner(endpoint)
    try:
        runs.describe_run(run, _environment(runner, tokenizer.name))
        Work(
            run,
            runner,
            prompts=prompts,
            tokenizer=tokenizer,
            context_tokens=endpoint.context_tokens,
            is_chat=endpoint.is_chat,
            worker=worker,
        ).work(is_over=is_over)
        runs.describe_run(run, {"left_out": runner.left_out})
    except redis.RedisError as error:
        # Nothing is sent without the limits that all workers share; the sweep announces it again.
        logger.warning("run %s waits for the broker: %s", run.public_id, error)
    finally:
        runner.close()


def _environment(runner: OpenAICompatible, tokenizer: str) -> dict[str, Any]:
    return {
        **runner.describe(),
        "python": platform.python_version(),
        "tokenizer": tokenizer,
        "answering": "server",
    }


def try_endpoint(endpoint_id: int) -> None:
    """Send three small prompts to an endpoint and keep what comes back."""
    endpoint = Endpoint.objects.filter(pk=endpoint_id, try_ended_at=None, retired_at=None).first()
    if endpoint is None or endpoint.tried_at is None:
        return
    try:
        result = _tried(endpoint)
    except (AddressRefused, SealBroken) as error:
        result = {"error": str(error)}
    except redis.RedisError:
        result = {"error": "The broker that keeps the endpoint's limits could not be reached."}
    record_try(endpoint, result=result, now=timezone.now())


def _tried(endpoint: Endpoint) -> dict[str, Any]:
    # Who tries has mended something: earlier failures say nothing any more.
    throttle_of(endpoint).forget_failures()
    runner = open_runner(endpoint)
    try:
        told = runner.describe()
        texts = _TRIES_CHAT if endpoint.is_chat else _TRIES_RAW
        answers = [_one_try(runner, text) for text in texts]
        return {"server": told, "answers": answers, "left_out": runner.left_out}
    finally:
        runner.close()


def _one_try(runner: OpenAICompatible, text: str) -> dict[str, Any]:
    tokens = len(text)
    prompt = Fitted("try", "", text, 24, (), tokens, tokens, "")
    deadline = time.monotonic() + _TRY_SECONDS
    while isinstance(started := runner.start(prompt), Wait):
        if time.monotonic() > deadline:
            return {"asked": text, "error": "The endpoint's limits let nothing go out for a while."}
        time.sleep(min(started.seconds, 1.0))
    try:
        completion = started.result(timeout=_TRY_SECONDS)
    except RunnerError as error:
        return {"asked": text, "error": error.reason}
    except TimeoutError:
        return {"asked": text, "error": f"No answer within {_TRY_SECONDS:g} seconds."}
    return {
        "asked": text,
        "answer": completion.text[:400],
        "finish_reason": completion.finish_reason,
        "seconds": round(completion.seconds, 3),
        "first_token_seconds": completion.first_token_seconds
        and round(completion.first_token_seconds, 3),
        "tokens_in": completion.tokens_in,
        "tokens_out": completion.tokens_out,
        "fingerprint": completion.fingerprint,
    }
