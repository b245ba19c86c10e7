"""A Redis-protocol server for tests: the one that REDIS_URL names, else one of our own."""

import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import redis

from benchmark_site import serve
from tests.portal import free_port


@dataclass(frozen=True, slots=True)
class Redis:
    """A server, and a prefix that nobody else uses."""

    url: str
    prefix: str
    client: Any


@contextmanager
def running_redis(folder: Path) -> Iterator[Redis]:
    """A client of a server that answers; what is left below its prefix goes at the end."""
    prefix = f"test-{uuid.uuid4().hex[:12]}:"
    if url := os.environ.get("REDIS_URL"):
        client = redis.Redis.from_url(url)
        try:
            yield Redis(url, prefix, client)
        finally:
            for key in client.scan_iter(f"{prefix}*"):
                client.delete(key)
            client.close()
        return
    port = free_port()
    role = serve.broker(port, folder)
    running = serve.Running(role, serve.start(role))
    client = redis.Redis(port=port)
    try:
        serve.wait_for_broker(port, running)
        yield Redis(f"redis://127.0.0.1:{port}/0", prefix, client)
    finally:
        client.close()
        serve.stop(running)
