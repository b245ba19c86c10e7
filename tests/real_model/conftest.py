"""The real small model that the tests of this folder ask, behind a real server of its own."""

import os
import subprocess
import time
import urllib.request
from collections.abc import Iterator

import pytest

from tests.portal import free_port


@pytest.fixture(scope="session")
def address() -> Iterator[str]:
    """Where the model answers."""
    if "REAL_MODEL" not in os.environ:
        pytest.skip("no REAL_MODEL: make real-model sets one up")
    port = free_port()
    process = subprocess.Popen(
        [
            *(f"{os.environ['REAL_MODEL_BIN']}/transformers", "serve", "--host", "127.0.0.1"),
            *("--port", str(port), "--device", "cpu", "--log-level", "warning"),
        ],
        env=os.environ | {"HF_HUB_OFFLINE": "1", "TOKENIZERS_PARALLELISM": "false"},
        stdin=subprocess.DEVNULL,
    )
    try:
        _wait(port, process)
        yield f"http://127.0.0.1:{port}/v1"
    finally:
        process.kill()
        process.wait()


def _wait(port: int, process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + 240
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=5):
                return
        except OSError:
            time.sleep(0.5)
    raise AssertionError(f"the model's server did not start: {process.poll()}")
