"""The child as a process: how it starts, what it sees of this one, how it ends, and why it did."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Final

from workers.runners.transformers_local.messages import EXIT_POISONED, LocalConfig

_HOME: Final = Path(__file__).resolve().parents[3]
CHILD = "workers.runners.transformers_local.child"
_STOP_SECONDS: Final = 10.0
# What the child sees of this process's environment: nothing of the site's secrets.
_KEPT: Final = ("PATH", "HOME", "LANG", "LD_LIBRARY_PATH", "TMPDIR", "VIRTUAL_ENV")
_BEGINS: Final = (
    *("CUDA_", "NVIDIA_", "NCCL_", "HF_", "PYTORCH_", "TORCH", "TRITON_", "OMP_", "XDG_"),
)


def start_child(config: LocalConfig, *, log: Path | None) -> "subprocess.Popen[bytes]":
    """Start a process that loads a model; its standard error goes to `log`, or nowhere."""
    output = log.open("ab") if log else subprocess.DEVNULL
    try:
        return subprocess.Popen(  # noqa: S603  Our own module and our own configuration.
            [sys.executable, "-m", CHILD, config.as_line().decode()],
            cwd=_HOME,
            env=_environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=output,
            # A signal to the worker's group must reach the worker, which then ends the child.
            start_new_session=True,
        )
    finally:
        if not isinstance(output, int):
            output.close()


def _environment() -> dict[str, str]:
    return {
        name: value
        for name, value in os.environ.items()
        if (name in _KEPT or name.startswith(_BEGINS)) and "TOKEN" not in name
    }


def end_child(child: "subprocess.Popen[bytes]") -> None:
    """A closed pipe ends a child at once, whatever it computes; a stuck one is killed."""
    if child.stdin is not None:
        try:
            child.stdin.close()
        except OSError:
            child.kill()
    try:
        child.wait(_STOP_SECONDS)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()


def why_ended(status: int) -> str:
    """A process's exit status in words."""
    if status == EXIT_POISONED:
        return "the card's driver lost its state"
    if status == -9:
        return "it was killed, perhaps for want of memory"
    return f"signal {-status}" if status < 0 else f"status {status}"
