"""Fuzzes the intake for a while with both engines, half of the time each.

    python -m tests.fuzz --seconds 600

Prints JSON.  Ends with status 1 if an upload ended in anything but a result or a refusal, if an
engine held 200 MiB, or if a file was left behind.  Where atheris has no build for the machine, the
report says so, and Hypothesis has all the time.
"""

import argparse
import importlib.util
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

MOST_MIB = 200
SLICE_SECONDS = 60
ROOT = Path(__file__).parents[2]


def main(arguments: list[str] | None = None) -> int:
    """Run both and print what they found."""
    parser = argparse.ArgumentParser(description="Fuzz the intake.")
    parser.add_argument("--seconds", type=int, default=600)
    seconds = parser.parse_args(arguments).seconds
    engines = ["structured"]
    if importlib.util.find_spec("atheris") is not None:
        engines.append("guided")
    reports = [_run(engine, seconds // len(engines)) for engine in engines]
    holds = all(
        each["status"] == 0 and each.get("peak_mib", MOST_MIB) < MOST_MIB for each in reports
    )
    skipped = [] if len(engines) == 2 else ["atheris: no build for this machine is installed"]
    executions = sum(each.get("executions", 0) for each in reports)
    report = {"holds": holds, "executions": executions, "engines": reports, "skipped": skipped}
    print(json.dumps(report, indent=2))  # noqa: T201
    return 0 if holds else 1


def _run(engine: str, seconds: int) -> dict[str, Any]:
    """One engine, in processes of a minute each: Hypothesis remembers what it drew, and that is
    memory of its own that would be taken for the intake's.
    """
    slices = [min(SLICE_SECONDS, seconds - at) for at in range(0, seconds, SLICE_SECONDS)]
    found = [_run_slice(engine, one) for one in slices]
    counts = {
        name: sum(each.get(name, 0) for each in found)
        for name in ("executions", "refused", "aligned")
    }
    peak = max(each.get("peak_mib", MOST_MIB) for each in found)
    status = max(abs(each["status"]) for each in found)
    return {"engine": engine, **counts, "peak_mib": peak, "seconds": seconds, "status": status}


def _run_slice(engine: str, seconds: int) -> dict[str, Any]:
    command = [sys.executable, "-m", f"tests.fuzz.{engine}", "--seconds", str(seconds)]
    # atheris leaves its process in the middle: what it wrote goes with this folder.
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(
            command,
            cwd=ROOT,
            env={**os.environ, "TMPDIR": folder},
            capture_output=True,
            text=True,
            check=False,
        )
    if done.returncode:
        sys.stderr.write(done.stdout[-4_000:] + done.stderr[-8_000:])
    last = done.stdout.strip().splitlines()[-1:] or ["{}"]
    found: dict[str, Any] = json.loads(last[0]) if last[0].startswith("{") else {}
    return {**found, "status": done.returncode}


if __name__ == "__main__":
    sys.exit(main())
