"""What a test run starts ends with it, however it ends."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from benchmark_site.serve import is_free
from tests.portal import ROOT, wait_until

RUN = """
import os, sys
from pathlib import Path
os.environ.pop("REDIS_URL", None)
from tests.redis_server import running_redis
with running_redis(Path(sys.argv[1])) as redis:
    print(redis.url, flush=True)
    sys.stdin.read()
"""


def ignore_interrupts() -> None:
    """As a shell has it for what it starts in its background; children inherit it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


@pytest.mark.parametrize("ending", ["its end", signal.SIGTERM, signal.SIGKILL])
def test_a_test_process_in_the_background_leaves_no_broker_behind(
    tmp_path: Path, ending: str | signal.Signals
) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", RUN, str(tmp_path)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        preexec_fn=ignore_interrupts,  # noqa: PLW1509  It looks nothing up that may be locked.
    )
    assert process.stdout is not None
    port = int(process.stdout.readline().rpartition(":")[2].partition("/")[0])
    assert not is_free(port)

    if isinstance(ending, signal.Signals):
        process.send_signal(ending)
    said, _ = process.communicate()

    assert "killing" not in said
    assert wait_until(lambda: is_free(port), seconds=30, what="the end of its broker")
