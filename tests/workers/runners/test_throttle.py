"""What two workers ask of one endpoint stays within its limits, by the server's own log."""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, wait

import pytest

from outbound import Rules
from scoring.truncation import Fitted
from tests.model_server import KEY, Asked, ModelServer, running_server
from tests.redis_server import Redis
from workers.runners.base import Completion, RunnerError, Trouble, Wait
from workers.runners.openai_compatible import EndpointConfig, OpenAICompatible
from workers.runners.throttle import Limits, Throttle, Ticket

LOOPBACK = Rules.of(is_http_allowed=True, networks=["127.0.0.0/8"])
SECONDS = 12


@pytest.fixture
def server() -> Iterator[ModelServer]:
    with running_server() as server:
        yield server


def throttle(redis: Redis, *, lease_seconds: float = 30.0, **limits: int) -> Throttle:
    return Throttle(
        redis.client,
        prefix=redis.prefix,
        limits=Limits(**{"concurrency": 64, **limits}),
        lease_seconds=lease_seconds,
    )


def worker(server: ModelServer, redis: Redis, **limits: int) -> OpenAICompatible:
    config = EndpointConfig(
        base_url=server.url, model="tiny", key=KEY, concurrency=64, rules=LOOPBACK
    )
    return OpenAICompatible(config, throttle(redis, **limits))


def keep_asking(runner: OpenAICompatible, prompt: Callable[[int], Fitted], until: float) -> None:
    """Ask as much as the runner lets out."""
    futures: list[Future[Completion]] = []
    number = 0
    while time.monotonic() < until:
        started = runner.start(prompt(number))
        if isinstance(started, Wait):
            time.sleep(min(started.seconds, 0.05))
        else:
            futures.append(started)
            number += 1
    wait(futures, timeout=30)


def both_ask(
    server: ModelServer, redis: Redis, prompt: Callable[[int], Fitted], **limits: int
) -> Sequence[Asked]:
    """Two workers ask for a while; what the server's log has of it."""
    workers = [worker(server, redis, **limits) for _ in range(2)]
    until = time.monotonic() + SECONDS
    threads = [threading.Thread(target=keep_asking, args=(one, prompt, until)) for one in workers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for one in workers:
        one.close()
    return server.log


def most_within(log: Sequence[Asked], seconds: float, weight: Callable[[Asked], int]) -> int:
    """The most that came within any so many seconds."""
    best = start = total = 0
    for end, asked in enumerate(log):
        total += weight(asked)
        while asked.at - log[start].at >= seconds:
            total -= weight(log[start])
            start += 1
        best = max(best, total if end >= start else 0)
    return best


@pytest.mark.slow
def test_two_workers_keep_the_limit_of_requests_and_use_nine_tenths_of_it(
    server: ModelServer, redis: Redis
) -> None:
    def prompt(number: int) -> Fitted:
        return Fitted("t", "", f"Question {number}", 4, (), 3, 3, "")

    log = both_ask(server, redis, prompt, requests_per_minute=600)

    # What leaves in half a second's burst at the start is within the minute's limit.
    assert most_within(log, SECONDS, lambda _asked: 1) <= 600 * (SECONDS + 1) / 60
    assert most_within(log, 3, lambda _asked: 1) <= 600 * 4 / 60
    assert len(log) >= 0.9 * 600 * SECONDS / 60


@pytest.mark.slow
def test_two_workers_keep_the_limit_of_tokens_and_use_nine_tenths_of_it(
    server: ModelServer, redis: Redis
) -> None:
    text = "word " * 199

    def prompt(number: int) -> Fitted:
        # Counted as the server counts, with more room for an answer than the answer takes.
        return Fitted("t", "", f"{text}{number}", 100, (), 201, 201, "")

    log = both_ask(server, redis, prompt, tokens_per_minute=120_000)

    used = sum(asked.tokens + 2 for asked in log)
    assert used <= 120_000 * (SECONDS + 1.5) / 60
    assert used >= 0.9 * 120_000 * SECONDS / 60


def test_no_more_goes_out_in_a_minute_than_may_however_it_is_spread(redis: Redis) -> None:
    door = throttle(redis, requests_per_minute=3)
    tickets = []
    for _ in range(3):
        while not isinstance(admitted := door.admit(1), Ticket):
            # The pace of three a minute: the test does not wait for it, the window counts.
            redis.client.hdel(f"{redis.prefix}state", "next_request")
        tickets.append(admitted)
        door.succeeded(admitted, tokens=None)
    redis.client.hdel(f"{redis.prefix}state", "next_request")

    waited = door.admit(1)

    assert isinstance(waited, float)
    assert 50 < waited <= 61


def test_a_prompt_that_is_larger_than_a_minutes_tokens_goes_out_alone(redis: Redis) -> None:
    door = throttle(redis, tokens_per_minute=1_000)

    first = door.admit(5_000)

    assert isinstance(first, Ticket)
    assert not isinstance(door.admit(1), Ticket)


def test_concurrency_grows_with_success_and_is_halved_when_it_is_too_much(redis: Redis) -> None:
    door = throttle(redis, concurrency=8)

    def at_once() -> int:
        tickets = []
        while isinstance(admitted := door.admit(1), Ticket):
            tickets.append(admitted)
        for ticket in tickets:
            door.dropped(ticket)
        return len(tickets)

    assert at_once() == 4
    for _ in range(40):
        ticket = door.admit(1)
        assert isinstance(ticket, Ticket)
        door.succeeded(ticket, tokens=None)
    assert at_once() == 8
    ticket = door.admit(1)
    assert isinstance(ticket, Ticket)
    door.limited(ticket, wait_seconds=0)
    assert at_once() == 4


def test_a_wait_that_the_server_asks_for_holds_for_every_worker(redis: Redis) -> None:
    first, second = throttle(redis), throttle(redis)
    ticket = first.admit(1)
    assert isinstance(ticket, Ticket)

    first.limited(ticket, wait_seconds=30)

    waited = second.admit(1)
    assert isinstance(waited, float)
    assert 25 < waited <= 30


def test_a_dead_workers_place_becomes_free_when_its_lease_ends(redis: Redis) -> None:
    dead = throttle(redis, lease_seconds=0.3, concurrency=1)
    assert isinstance(dead.admit(1), Ticket)
    living = throttle(redis, concurrency=1)
    assert not isinstance(living.admit(1), Ticket)

    time.sleep(0.4)

    assert isinstance(living.admit(1), Ticket)


def test_a_living_workers_place_stays_its_own(redis: Redis) -> None:
    door = throttle(redis, lease_seconds=1.2, concurrency=1)
    ticket = door.admit(1)
    assert isinstance(ticket, Ticket)

    for _ in range(4):
        time.sleep(0.4)
        door.renew([ticket])

    assert not isinstance(door.admit(1), Ticket)


def test_failures_are_counted_over_all_workers_until_one_answers(redis: Redis) -> None:
    doors = throttle(redis), throttle(redis)
    counts = []
    for door in (*doors, *doors):
        ticket = door.admit(1)
        assert isinstance(ticket, Ticket)
        counts.append(door.failed(ticket))
    ticket = doors[0].admit(1)
    assert isinstance(ticket, Ticket)
    doors[0].succeeded(ticket, tokens=None)
    ticket = doors[1].admit(1)
    assert isinstance(ticket, Ticket)

    assert counts == [1, 2, 3, 4]
    assert doors[1].failed(ticket) == 1


def test_a_server_that_says_too_often_is_asked_less(server: ModelServer, redis: Redis) -> None:
    server.fault = lambda _asked: "429 20"
    one, other = (worker(server, redis) for _ in range(2))
    started = one.start(Fitted("t", "", "x", 4, (), 2, 2, ""))
    assert not isinstance(started, Wait)
    with pytest.raises(RunnerError) as raised:
        started.result(20)

    held = other.start(Fitted("t", "", "y", 4, (), 2, 2, ""))
    one.close()
    other.close()

    assert raised.value.trouble is Trouble.RATE_LIMIT
    assert isinstance(held, Wait)
    assert held.seconds > 10
