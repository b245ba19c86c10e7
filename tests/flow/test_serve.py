"""Starting the portal with settings that cannot be: one sentence, no traceback, nothing left."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.portal import ROOT


@pytest.mark.parametrize(
    ("setting", "value", "said"),
    [
        ("PORT", "abc", "PORT"),
        ("PORT", "0", "from 1 to 65535"),
        ("PORT", "65536", "from 1 to 65535"),
        ("STATE_DIR", "/dev/null/state", "STATE_DIR"),
        ("WORKER_PROCESSES", "two", "WORKER_PROCESSES"),
    ],
)
def test_a_wrong_setting_is_named(tmp_path: Path, setting: str, value: str, said: str) -> None:
    env = {**os.environ, "STATE_DIR": str(tmp_path), setting: value}

    done = subprocess.run(
        [sys.executable, "-m", "benchmark_site.serve"],
        cwd=ROOT,
        env=env,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert done.returncode == 1
    last = done.stdout.splitlines()[-1]
    assert last.startswith("error: ")
    assert said in last
    assert "Traceback" not in done.stderr
