"""The runner for OpenAI-compatible servers, against a real one with scripted faults."""

import time
from collections.abc import Iterator
from concurrent.futures import Future
from dataclasses import replace

import pytest

from outbound import AddressRefused, Rules
from scoring.truncation import Fitted
from tests.model_server import KEY, Asked, ModelServer, running_server
from tests.portal import wait_until
from tests.redis_server import Redis
from workers.runners.base import Completion, RunnerError, Trouble, Wait
from workers.runners.openai_compatible import EndpointConfig, OpenAICompatible
from workers.runners.throttle import Limits, Throttle

LOOPBACK = Rules.of(is_http_allowed=True, networks=["127.0.0.0/8"])


@pytest.fixture(scope="module")
def server() -> Iterator[ModelServer]:
    with running_server(ModelServer(keep_prompts=True)) as server:
        yield server


@pytest.fixture(autouse=True)
def without_faults(server: ModelServer) -> None:
    server.fault = lambda _asked: ""
    server.log.clear()
    server.turns.clear()


def config(server: ModelServer) -> EndpointConfig:
    return EndpointConfig(
        base_url=server.url,
        model="tiny",
        key=KEY,
        idle_seconds=20.0,
        answer_seconds=60.0,
        rules=LOOPBACK,
    )


@pytest.fixture
def runner(server: ModelServer, redis: Redis) -> Iterator[OpenAICompatible]:
    made = open_runner(config(server), redis)
    yield made
    made.close()


def open_runner(settings: EndpointConfig, redis: Redis) -> OpenAICompatible:
    throttle = Throttle(
        redis.client, prefix=redis.prefix, limits=Limits(concurrency=8), lease_seconds=5
    )
    return OpenAICompatible(settings, throttle)


def prompt(text: str = "The pass key is 4193. What is it?", **changed: object) -> Fitted:
    whole = Fitted("passkey", "", text, 24, (), 9, 9, "")
    return replace(whole, **changed)  # type: ignore[arg-type]


def started(runner: OpenAICompatible, asked: Fitted) -> "Future[Completion]":
    while isinstance(one := runner.start(asked), Wait):
        time.sleep(one.seconds)
    return one


def ask(runner: OpenAICompatible, asked: Fitted | None = None) -> Completion:
    return started(runner, asked or prompt()).result(20)


def trouble(runner: OpenAICompatible, asked: Fitted | None = None) -> RunnerError:
    with pytest.raises(RunnerError) as raised:
        ask(runner, asked)
    return raised.value


def test_an_answer_comes_with_what_the_server_counts(runner: OpenAICompatible) -> None:
    answer = ask(runner)

    assert (answer.text, answer.finish_reason) == ("4193", "stop")
    assert answer.tokens_in > 0
    assert answer.tokens_out > 0
    assert answer.first_token_seconds is not None
    assert answer.fingerprint == "tiny-1"


def test_what_is_sent_is_greedy_seeded_and_stopped_as_the_prompt_set_says(
    runner: OpenAICompatible, server: ModelServer
) -> None:
    ask(runner, prompt(stop=("\n",), system="Be brief."))

    body = server.log[0].body
    assert (body["temperature"], body["seed"], body["max_tokens"], body["stop"]) == (
        0,
        0,
        24,
        ["\n"],
    )
    assert server.log[0].prompt.startswith("Be brief.\n")


def test_a_base_model_is_sent_a_text(server: ModelServer, redis: Redis) -> None:
    raw = open_runner(replace(config(server), is_chat=False), redis)

    answer = ask(raw)
    raw.close()

    assert answer.text == "4193"
    assert server.log[0].body["prompt"] == prompt().user


def test_azure_has_its_key_in_a_header_of_its_own(server: ModelServer, redis: Redis) -> None:
    azure = open_runner(replace(config(server), is_azure=True, api_version="2026-01-01"), redis)

    answer = ask(azure)
    azure.close()

    assert answer.text == "4193"
    assert "authorization" not in server.log[0].headers


@pytest.mark.parametrize(
    ("fault", "expected", "words"),
    [
        ("429 3", Trouble.RATE_LIMIT, "429"),
        ("500", Trouble.RETRY, "scripted 500"),
        ("503", Trouble.RETRY, "503"),
        ("408", Trouble.RETRY, "408"),
        ("cut", Trouble.RETRY, "cut off"),
        ("malformed", Trouble.RETRY, "malformed"),
        ("html", Trouble.RETRY, "malformed"),
        ("error_inside", Trouble.RETRY, "oops"),
        ("reset", Trouble.RETRY, "answered 500|could not be reached"),
        ("no_money", Trouble.FATAL, "insufficient_quota"),
        ("401", Trouble.FATAL, "401"),
        ("403", Trouble.FATAL, "403"),
        ("404", Trouble.FATAL, "404"),
        ("redirect", Trouble.FATAL, "Redirects are not followed"),
        ("400", Trouble.EXAMPLE, "400"),
        ("too_long 512 700", Trouble.TOO_LONG, "maximum context length"),
    ],
)
def test_each_error_is_told_apart(
    runner: OpenAICompatible, server: ModelServer, fault: str, expected: Trouble, words: str
) -> None:
    server.fault = lambda _asked: fault

    error = trouble(runner)

    assert error.trouble is expected
    with pytest.raises(AssertionError, match=words):
        raise AssertionError(error.reason)


def test_a_server_that_falls_silent_is_left(server: ModelServer, redis: Redis) -> None:
    server.fault = lambda _asked: "slow 60"
    hasty = open_runner(replace(config(server), idle_seconds=0.3), redis)

    error = trouble(hasty)
    hasty.close()

    assert error.trouble is Trouble.RETRY
    assert "read timeout" in error.reason


def test_an_answer_that_takes_too_long_in_all_is_left(server: ModelServer, redis: Redis) -> None:
    server.fault = lambda _asked: "slow 60"
    hasty = open_runner(replace(config(server), answer_seconds=0.3), redis)

    error = trouble(hasty)
    hasty.close()

    assert error.trouble is Trouble.RETRY
    assert "longer than 0.3 seconds" in error.reason


def test_how_long_to_wait_and_what_fits_is_read(
    runner: OpenAICompatible, server: ModelServer
) -> None:
    server.fault = lambda _asked: "429 0.5"
    assert trouble(runner).wait_seconds == 0.5

    server.fault = lambda _asked: "too_long 512 700"
    error = trouble(runner)
    assert (error.limit_tokens, error.asked_tokens) == (512, 700)


@pytest.mark.parametrize("fault", ["refusal", "filtered"])
def test_a_refusal_is_an_end_and_no_error(
    runner: OpenAICompatible, server: ModelServer, fault: str
) -> None:
    server.fault = lambda _asked: fault

    assert ask(runner).is_refusal


def test_a_parameter_that_the_server_does_not_take_is_left_out(
    runner: OpenAICompatible, server: ModelServer
) -> None:
    def picky(asked: Asked) -> str:
        for name in ("seed", "max_tokens"):
            if name in asked.body:
                return f"unsupported {name}"
        return ""

    server.fault = picky

    assert ask(runner).text == "4193"
    assert runner.left_out == ["max_tokens", "seed"]
    assert server.log[-1].body["max_completion_tokens"] == 24


def test_an_answer_that_is_too_large_is_not_read(server: ModelServer, redis: Redis) -> None:
    server.fault = lambda _asked: "large 200000"
    small = open_runner(replace(config(server), answer_bytes=50_000), redis)

    error = trouble(small)
    small.close()

    assert error.trouble is Trouble.EXAMPLE
    assert "50000" in error.reason


def test_a_key_that_a_server_repeats_is_read_by_nobody(server: ModelServer, redis: Redis) -> None:
    wrong = open_runner(replace(config(server), key="sk-wrong-8f2b"), redis)

    error = trouble(wrong)
    wrong.close()

    assert error.trouble is Trouble.FATAL
    assert "sk-wrong-8f2b" not in error.reason + str(error) + repr(wrong) + repr(error)


def test_a_cancelled_prompt_leaves_the_server(
    runner: OpenAICompatible, server: ModelServer
) -> None:
    server.fault = lambda _asked: "slow 60"
    server.dropped = 0
    future = started(runner, prompt())
    wait_until(lambda: server.in_flight, seconds=20, what="a request")

    future.cancel()

    wait_until(lambda: server.dropped == 1, seconds=20, what="the server seeing its client leave")
    assert future.cancelled()


def test_what_the_server_says_of_itself_is_told(runner: OpenAICompatible) -> None:
    assert runner.describe()["model"]["owned_by"] == "tests"


def test_an_address_off_the_open_internet_makes_no_runner(
    server: ModelServer, redis: Redis
) -> None:
    with pytest.raises(AddressRefused):
        open_runner(replace(config(server), rules=Rules()), redis)
