"""A report to Sentry tells what broke and nobody's data: read off the wire, from a real process."""

import gzip
import http.server
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import brotli
import pytest

from tests.portal import ROOT

ANSWER, KEY, PERSON = "the-hidden-answer", "sk-endpoint-key", "person@example.org"
CODE = f"""
import logging
from django.test import RequestFactory
from django.core.handlers.base import BaseHandler
def score(label):
    request = {{"authorization": "{KEY}", "who": "{PERSON}"}}
    logging.getLogger("portal").warning("scoring {PERSON} with %s", label)
    raise ValueError(f"cannot read {{label}} for {{request}}")
try:
    score("{ANSWER}")
except ValueError:
    logging.getLogger("portal").exception("evaluation of %s failed", "{ANSWER}")
import sentry_sdk
sentry_sdk.flush(10)
"""


class Collector(http.server.BaseHTTPRequestHandler):
    """Takes what Sentry's client sends."""

    bodies: list[str]

    def do_POST(self) -> None:
        """Keep the envelope."""
        data = self.rfile.read(int(self.headers["Content-Length"]))
        unpack = {"gzip": gzip.decompress, "br": brotli.decompress}
        if (packing := self.headers.get("Content-Encoding")) is not None:
            data = unpack[packing](data)
        self.bodies.append(data.decode(errors="replace"))
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_args: object) -> None:
        """Say nothing."""


@pytest.fixture
def collector() -> Iterator[tuple[str, list[str]]]:
    """A server's DSN and what came in."""
    bodies: list[str] = []
    handler = type("Handler", (Collector,), {"bodies": bodies})
    server = http.server.HTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://public@127.0.0.1:{server.server_port}/1", bodies
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def shell(state: Path, code: str, **settings: str) -> str:
    """Run code in a process of the site."""
    done = subprocess.run(
        [sys.executable, "manage.py", "shell", "-v", "0", "--no-imports", "-c", code],
        cwd=ROOT,
        env={**os.environ, "STATE_DIR": str(state), **settings},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_an_error_is_reported_with_its_place_and_without_data(
    collector: tuple[str, list[str]], tmp_path: Path
) -> None:
    dsn, bodies = collector

    shell(tmp_path, CODE, SENTRY_DSN=dsn)

    report = "".join(bodies)
    assert '"ValueError"' in report
    assert '"function":"score"' in report.replace(": ", ":")
    for secret in (ANSWER, KEY, PERSON):
        assert secret not in report


def test_without_an_address_nothing_is_loaded(tmp_path: Path) -> None:
    loaded = shell(tmp_path, "import sys; print('sentry_sdk' in sys.modules)")

    assert loaded.strip() == "False"
