"""A real S3-compatible server for tests: rclone's, over a folder, with signed requests only."""

import secrets
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

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
def running_s3(folder: Path, *, port: int | None = None) -> Iterator[S3Server]:
    """A server with one bucket, from its start to its end; on a port where it was before, if told.

    A second server over the same folder has what the first one kept.
    """
    port = port or free_port()
    server = S3Server(
        url=f"http://127.0.0.1:{port}",
        access_key="portal",
        secret_key=secrets.token_urlsafe(24),
        bucket=folder / BUCKET,
    )
    server.bucket.mkdir(parents=True, exist_ok=True)
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


class _Troubled(BaseHTTPRequestHandler):
    """Says the same of every object: a status and a code; with 200, half of what it promised."""

    status: int
    code: str

    def do_GET(self) -> None:
        body = f"<Error><Code>{self.code}</Code><Message>no</Message></Error>".encode()
        self.send_response(self.status)
        self.send_header("Content-Type", "application/xml")
        self.send_header("Content-Length", str(len(body) * (2 if self.status == 200 else 1)))
        self.send_header("ETag", '"0"')
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)
        self.close_connection = True

    do_HEAD = do_PUT = do_GET  # noqa: N815  As the base class calls them.

    def log_message(self, *_parts: Any) -> None:
        """Say nothing."""


@contextmanager
def troubled_s3(status: int, code: str, folder: Path) -> Iterator[S3Server]:
    """A server that is there and does not give what it is asked for."""
    handler = type("Handler", (_Troubled,), {"status": status, "code": code})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        url = f"http://127.0.0.1:{server.server_address[1]}"
        yield S3Server(url, "portal", "x" * 20, folder)
    finally:
        server.shutdown()
        server.server_close()
