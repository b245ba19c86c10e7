"""Runs generated programs in a process that may do nothing but compute.

A generated package holds one function that must crash; this is where it does.
"""

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict

from scoring.drafts import Trial

CPU_SECONDS = 600
MEMORY_BYTES = 512 * 1024 * 1024

# The child limits itself before it reads anything: no files, no processes, no network.  Its hook
# refuses every audited event but those of running code; names are those of Python's audit table.
_CHILD = """
import json, resource, sys, traceback
for limit, most in (
    (resource.RLIMIT_CPU, int(sys.argv[1])),
    (resource.RLIMIT_AS, int(sys.argv[2])),
    (resource.RLIMIT_FSIZE, 0),
    (resource.RLIMIT_NOFILE, 3),
    (resource.RLIMIT_CORE, 0),
):
    resource.setrlimit(limit, (most, most))
allowed = {"compile", "exec", "object.__getattr__", "sys._getframe", "code.__new__"}
def refuse(event, arguments):
    if event not in allowed:
        raise RuntimeError("not allowed here: " + event)
def run(trial):
    names = {}
    exec(compile(trial["source"], "package", "exec"), names)
    for call in trial["harmless"]:
        try:
            eval(call, names)
        except Exception as error:
            return f"{call} raised {type(error).__name__}"
    try:
        eval(trial["crashing"], names)
    except Exception as error:
        frame, seen = error.__traceback__, []
        while frame is not None:
            seen.append(frame.tb_frame.f_code.co_name)
            frame = frame.tb_next
        found = type(error).__name__
        if found != trial["error"]:
            return f"it raised {found}, not " + trial["error"]
        return "" if trial["function"] in seen else f"{found} was raised elsewhere"
    return "it did not crash"
sys.addaudithook(refuse)
for line in sys.stdin:
    try:
        verdict = run(json.loads(line))
    except Exception as error:
        verdict = f"{type(error).__name__}: {error}"
    print(json.dumps(verdict), flush=True)
"""


class TrialFailed(Exception):
    """A generated program does not behave as it was meant to: a fault of its generator."""


class Sandbox:
    """A child process that takes trials one after another."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process

    def check(self, trial: Trial) -> None:
        """Run a trial.  Raises: TrialFailed, also where the process has died."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        try:
            self._process.stdin.write(json.dumps(asdict(trial)) + "\n")
            self._process.stdin.flush()
            answer = self._process.stdout.readline()
        except OSError as error:
            raise TrialFailed(f"{trial.crashing}: the sandbox is gone ({error})") from error
        if not answer:
            raise TrialFailed(f"{trial.crashing}: the sandbox has ended")
        if verdict := json.loads(answer):
            raise TrialFailed(f"{trial.crashing}: {verdict}")


@contextmanager
def open_sandbox() -> Iterator[Sandbox]:
    """Start a sandbox in an empty folder and an empty environment; gone at the block's end."""
    limits = (str(CPU_SECONDS), str(MEMORY_BYTES))
    with (
        tempfile.TemporaryDirectory() as nowhere,
        subprocess.Popen(
            [sys.executable, "-I", "-S", "-c", _CHILD, *limits],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=nowhere,
            env={},
            text=True,
            encoding="utf-8",
        ) as process,
    ):
        try:
            yield Sandbox(process)
        finally:
            process.kill()
