"""A real S3-compatible server for tests: rclone's, over a folder, with signed requests only."""

import secrets
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import requests

from tests.portal import free_port, wait_until

BUCKET = "portal"


@dataclass(frozen=True, slots=True)
class S3Server:
    """Where the server is, its one key, and the folder that it keeps its bucket in.

    The folder is for looking only: the server remembers what it has written there.
    """

    url: str
    access_key: str
    secret_key: str
    bucket: Path

    @property
    def environment(self) -> dict[str, str]:
        """What a portal is told of it."""
        return {
            "S3_BUCKET": BUCKET,
            "S3_ENDPOINT_URL": self.url,
            "S3_REGION": "us-east-1",
            "S3_ACCESS_KEY": self.access_key,
            "S3_SECRET_KEY": self.secret_key,
            "S3_ADDRESSING": "path",
        }


def rclone() -> Path:
    """The program, which a package of the development dependencies brings."""
    return Path(sys.executable).parent / "rclone"


@contextmanager
def running_s3(folder: Path) -> Iterator[S3Server]:
    """A server with one empty bucket, from its start to its end."""
    port = free_port()
    server = S3Server(
        url=f"http://127.0.0.1:{port}",
        access_key="portal",
        secret_key=secrets.token_urlsafe(24),
        bucket=folder / BUCKET,
    )
    server.bucket.mkdir(parents=True)
    process = subprocess.Popen(
        [
            *(str(rclone()), "serve", "s3", str(folder), f"--addr=127.0.0.1:{port}"),
            *(f"--auth-key={server.access_key},{server.secret_key}", "--config=/dev/null"),
        ],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        wait_until(lambda: _answers(server.url), seconds=30, what="an S3-compatible server")
        yield server
    finally:
        process.terminate()
        process.wait(20)


def _answers(url: str) -> bool:
    try:
        # Who has no key is refused, and that is an answer.
        return 400 <= requests.get(url, timeout=5).status_code < 500
    except requests.ConnectionError:
        return False
