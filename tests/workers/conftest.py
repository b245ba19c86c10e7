"""What tests of hosted runs share: a model's server, and settings that let us call it."""

from collections.abc import Iterator

import pytest
from pytest_django import Settings

from tests.model_server import ModelServer, running_server
from tests.redis_server import Redis


@pytest.fixture
def server() -> Iterator[ModelServer]:
    """A model's server without faults."""
    with running_server() as server:
        yield server


@pytest.fixture
def asking(settings: Settings, redis: Redis) -> Settings:
    """Settings under which servers on this machine may be asked, and failures are found fast."""
    settings.OUTBOUND_HTTP_ALLOWED = True
    settings.OUTBOUND_NETWORKS = ["127.0.0.0/8"]
    settings.REDIS_URL, settings.REDIS_PREFIX = redis.url, redis.prefix
    settings.ENDPOINT_IDLE_SECONDS, settings.ENDPOINT_ANSWER_SECONDS = 30.0, 60.0
    settings.RUN_WORKERS = 1
    return settings
