"""How soon the web process serves and the command-line scorer answers, from a cold process.

    python benchmarks/startup.py [--runs N]

The web process is gunicorn with one worker, as `make run` starts it with two, on a port of its
own and an empty database, SQLite or on the PostgreSQL server that DATABASE_URL names; it is ready
when /healthz answers.  Wall time is the least of the runs; processor time counts the process and
its children.
"""

import argparse
import os
import resource
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path
from typing import Any

sys.path[0] = str(Path(__file__).resolve().parent.parent)

from benchmarks.measured import ROOT, Seconds, least, machine, show  # noqa: E402
from benchmarks.scratch import own_database  # noqa: E402

WEB_SECONDS, HELP_SECONDS = 2.0, 0.15
GIVE_UP_SECONDS = 120


def main() -> int:
    """Start each several times; exit 1 where a promise is broken."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0] if __doc__ else None)
    parser.add_argument("--runs", type=int, default=5)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, own_database() as address:
        env = _environment(Path(folder), address)
        web = [_start_web(env) for _ in range(options.runs)]
    found = {
        "web": least(web),
        **{
            name: least(_run(command) for _ in range(options.runs * 4))
            for name, command in {
                "scorer_help": ["-m", "scoring", "--help"],
                "scorer_score_help": ["-m", "scoring", "score", "--help"],
                "bare_python": ["-c", "pass"],
            }.items()
        },
    }
    promises = {
        "web ready within 2 s": found["web"].wall <= WEB_SECONDS,
        "help within 0.15 s": found["scorer_help"].wall <= HELP_SECONDS,
    }
    show(
        {
            "promises": promises,
            **{name: _as_json(seconds) for name, seconds in found.items()},
            "inputs": {"runs": options.runs, "database": "PostgreSQL" if address else "SQLite"},
            "versions": machine("Django", "gunicorn"),
        }
    )
    return 0 if all(promises.values()) else 1


def _as_json(seconds: Seconds) -> dict[str, float]:
    return {"wall_seconds": round(seconds.wall, 3), "cpu_seconds": round(seconds.cpu, 3)}


def _environment(state: Path, address: str) -> dict[str, str]:
    """A portal that is prepared and holds nothing."""
    env = {**os.environ, "STATE_DIR": str(state), "DATABASE_URL": address, "LOG_LEVEL": "ERROR"}
    subprocess.run([sys.executable, "manage.py", "prepare"], cwd=ROOT, env=env, check=True,
                   stdout=subprocess.DEVNULL)  # fmt: skip
    return env


def _start_web(env: dict[str, str]) -> Seconds:
    """From the start of the process to its first answer."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "gunicorn", "benchmark_site.wsgi", f"--bind=127.0.0.1:{port}"]
    options = ["--worker-class=gthread", "--threads=8", "--workers=1", "--log-level=error"]
    before, started = _children_cpu(), time.perf_counter()
    process = subprocess.Popen([*command, *options], cwd=ROOT, env=env)
    try:
        _wait_until_served(f"http://127.0.0.1:{port}/healthz", process)
        wall = time.perf_counter() - started
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(GIVE_UP_SECONDS)
    return Seconds(wall, _children_cpu() - before)


def _wait_until_served(url: str, process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + GIVE_UP_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            # The connection waits in the socket until a worker is there to take it.
            with urllib.request.urlopen(url, timeout=GIVE_UP_SECONDS):  # noqa: S310  ours
                return
        except OSError:
            time.sleep(0.01)
    raise SystemExit(f"{url} never answered")


def _run(arguments: list[str]) -> Seconds:
    before, started = _children_cpu(), time.perf_counter()
    subprocess.run([sys.executable, *arguments], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    return Seconds(time.perf_counter() - started, _children_cpu() - before)


def _children_cpu() -> float:
    used: Any = resource.getrusage(resource.RUSAGE_CHILDREN)
    return float(used.ru_utime + used.ru_stime)


if __name__ == "__main__":
    sys.exit(main())
