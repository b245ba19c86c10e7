"""How fast examples are generated on one core, and in how much memory, as JSON.

    python -m benchmarks.generate [--tokens 128k] [--per-task 100]

Every task is written by a process of its own, so that its peak of memory is its own.  Speed is
bytes written by second of processor time: what else the machine does costs nothing.
"""

import argparse
import json
import platform
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from scoring import SUITES
from scoring.examples_file import Edition, write_task
from scoring.lengths import read_length, show_length

SUITE = SUITES["infinitebench"]
MIN_MB_A_SECOND = 20.0
MAX_MEMORY_MB = 200.0


def measure_task(task: str, tokens: int, per_task: int) -> dict[str, Any]:
    """Write one task's file in this process and say what it took, trials included."""
    with tempfile.TemporaryDirectory() as folder:
        wall, began = time.perf_counter(), _processor_seconds()
        file = write_task(Path(folder), SUITE, task, Edition(7, tokens, per_task))
        seconds = _processor_seconds() - began
        wall = time.perf_counter() - wall
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return {
        "task": task,
        "bytes": file.size_bytes,
        "sha256": file.sha256,
        "processor_seconds": round(seconds, 3),
        "wall_seconds": round(wall, 3),
        "mb_a_second": round(file.size_bytes / seconds / 1e6, 1),
        "peak_memory_mb": round(usage.ru_maxrss / 1024, 1),
    }


def _processor_seconds() -> float:
    """Of this process and of the sandboxes that it has waited for."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


def measure(tokens: int, per_task: int) -> dict[str, Any]:
    """Write all tasks, one after the other."""
    tasks = []
    for task in SUITE.slugs:
        arguments = ["--tokens", str(tokens), "--per-task", str(per_task), "--task", task]
        done = subprocess.run(
            [sys.executable, "-m", "benchmarks.generate", *arguments],
            capture_output=True,
            text=True,
            check=True,
        )
        tasks.append(json.loads(done.stdout))
    size = sum(one["bytes"] for one in tasks)
    seconds = sum(one["processor_seconds"] for one in tasks)
    return {
        "tokens": show_length(tokens),
        "examples_a_task": per_task,
        "python": platform.python_version(),
        "bytes": size,
        "processor_seconds": round(seconds, 3),
        "wall_seconds": round(sum(one["wall_seconds"] for one in tasks), 3),
        "mb_a_second": round(size / seconds / 1e6, 1),
        "peak_memory_mb": max(one["peak_memory_mb"] for one in tasks),
        "tasks": tasks,
    }


def main() -> int:
    """Print the figures.  Returns 1 where they miss what is promised at full size."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.generate")
    parser.add_argument("--tokens", type=read_length, default=read_length("128k"))
    parser.add_argument("--per-task", type=int, default=100)
    parser.add_argument("--task", choices=SUITE.slugs, help="only this one, in this process")
    options = parser.parse_args()
    if options.task:
        print(json.dumps(measure_task(options.task, options.tokens, options.per_task)))
        return 0
    figures = measure(options.tokens, options.per_task)
    print(json.dumps(figures, indent=1))
    is_fast = figures["mb_a_second"] >= MIN_MB_A_SECOND
    return 0 if is_fast and figures["peak_memory_mb"] <= MAX_MEMORY_MB else 1


if __name__ == "__main__":
    sys.exit(main())
