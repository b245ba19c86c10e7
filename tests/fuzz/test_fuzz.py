"""A short run of both engines; `make fuzz` is the long one."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

SECONDS = 16
ROOT = Path(__file__).parents[2]


@pytest.mark.slow
def test_no_upload_ends_in_anything_but_a_result_or_a_refusal() -> None:
    command = [sys.executable, "-m", "tests.fuzz", "--seconds", str(SECONDS)]

    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout + done.stderr
    report = json.loads(done.stdout)
    assert report["executions"] > 200
    assert all(engine["aligned"] for engine in report["engines"])
