"""What the benchmarks share: where they run, what they run on, and the quickest of several runs."""

import json
import os
import platform
import resource
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
PUBLISHED = ROOT.parent / "shared" / "data" / "infinitebench" / "published"


@dataclass(frozen=True, slots=True)
class Seconds:
    """One run, by the clock and by the processor."""

    wall: float
    cpu: float


def timed(run: Callable[[], object]) -> Seconds:
    """One run of this process."""
    wall, cpu = time.perf_counter(), time.process_time()
    run()
    return Seconds(time.perf_counter() - wall, time.process_time() - cpu)


def least(runs: Iterable[Seconds]) -> Seconds:
    """The least of each: what is more was spent by others on the same machine."""
    runs = list(runs)
    return Seconds(min(run.wall for run in runs), min(run.cpu for run in runs))


def quantile(values: Iterable[float], share: float) -> float:
    """The smallest value that at least this share of the values does not exceed."""
    ordered = sorted(values)
    return ordered[max(0, -(-int(share * len(ordered) * 1000) // 1000) - 1)]


def machine(*packages: str) -> dict[str, Any]:
    """Where and when this runs, and the versions of Python and of some packages."""
    return {
        "date": datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        "python": platform.python_version(),
        "cores": len(os.sched_getaffinity(0)),
        "cpu": _cpu(),
        # Above the number of cores, others were at work and wall times say little.
        "load_at_end": round(os.getloadavg()[0], 1),
        **{package: version(package) for package in packages},
    }


def _cpu() -> str:
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.exists() else []
    named = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return named[0] if named else platform.processor()


def peak_mib() -> float:
    """The most memory that this process has held so far, in MiB.

    On Linux not by getrusage, which counts what the parent held when this process was started.
    """
    status = Path("/proc/self/status")
    if status.exists():
        lines = status.read_text().splitlines()
        peak = next(line for line in lines if line.startswith("VmHWM"))
        return round(int(peak.split()[1]) / 1024, 1)
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1)


def session_cpu(leader: int) -> float:
    """Processor seconds so far of a process and of all that it started; Linux only."""
    ticks = 0
    for entry in Path("/proc").iterdir():
        with suppress(OSError, ValueError):
            after_name = (entry / "stat").read_text().rpartition(")")[2].split()
            if int(entry.name) == leader or int(after_name[3]) == leader:
                ticks += int(after_name[11]) + int(after_name[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def show(report: dict[str, Any]) -> None:
    """Print a report as JSON."""
    print(json.dumps(report, indent=2))
