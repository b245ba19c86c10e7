"""Starts the whole portal on one machine: broker, worker, clock, web; stops them all together.

    python -m benchmark_site.serve

Without REDIS_URL it brings a Redis-protocol server of its own, so that Celery runs the same code
as in production.  Every child leads a session of its own: Ctrl-C reaches only this process, which
then stops the children, the broker last.  A child that dies is started again; one that keeps dying
ends the portal.
"""

import contextlib
import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from environs import EnvError

from benchmark_site.embedded import server_command
from benchmark_site.env import BASE_DIR, env
from benchmark_site.roles import commands

READY_SECONDS = 60
STOP_SECONDS = 20
# A role that dies more often than this within a minute ends the portal.
RESTARTS_PER_MINUTE = 30
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
    log: Path | None = None


def roles(port: int, state: Path) -> list[Role]:
    """The processes of the portal, without the broker, in starting order."""
    os.environ |= {"PORT": str(port), "BEAT_SCHEDULE": str(state / "beat-schedule")}
    all_commands = commands(log_level="WARNING")
    return [Role(name, all_commands[name]) for name in ("worker", "runner", "beat", "web")]


def broker(port: int, state: Path) -> Role:
    """A Redis-protocol server of our own, with its log in `state`.

    Raises:
        StartError: where none is to be had.
    """
    try:
        command = server_command(port, state)
    except FileNotFoundError as error:
        raise StartError(str(error)) from error
    return Role("broker", command, log=state / "broker.log")


@dataclass(slots=True)
class Running:
    """A role's process, and when it was started lately."""

    role: Role
    process: subprocess.Popen[bytes]
    starts: deque[float] = field(default_factory=lambda: deque(maxlen=RESTARTS_PER_MINUTE))

    def keep_alive(self) -> None:
        """Start the role again if it has died.

        Raises:
            StartError: if it keeps dying.
        """
        if self.process.poll() is None:
            return
        now = time.monotonic()
        if len(self.starts) == RESTARTS_PER_MINUTE and now - self.starts[0] < 60:
            raise StartError(f"{self.role.name} keeps ending, status {self.process.returncode}")
        self.starts.append(now)
        say(f"{self.role.name} ended with status {self.process.returncode}; starting it again")
        _kill_session(self.process)
        self.process = start(self.role)


def say(line: str) -> None:
    """Tell the person at the terminal."""
    print(line, flush=True)  # noqa: T201


def die_with_parent(stop_signal: signal.Signals = signal.SIGTERM) -> Callable[[], None]:
    """What a new process does first, so that it is sent `stop_signal` when this one dies.

    Everything is looked up here: after a fork, another thread's locks stay locked for ever.
    """
    parent = os.getpid()
    if sys.platform != "linux":
        return _do_nothing
    prctl = ctypes.CDLL(None).prctl
    number = int(stop_signal)

    def _ask() -> None:
        prctl(_PR_SET_PDEATHSIG, number)
        if os.getppid() != parent:
            os._exit(1)

    return _ask


def _do_nothing() -> None:
    pass


def start(role: Role) -> subprocess.Popen[bytes]:
    """Start a role as the leader of a session that ends when this process dies."""
    output = role.log.open("ab") if role.log else None
    try:
        return subprocess.Popen(  # noqa: S603  The commands are ours.
            role.command,
            cwd=BASE_DIR,
            stdin=subprocess.DEVNULL,
            stdout=output,
            start_new_session=True,
            preexec_fn=die_with_parent(),  # noqa: PLW1509  See there.
        )
    finally:
        if output:
            output.close()


def stop(*everything: Running) -> None:
    """End roles side by side, and by force what takes too long."""
    for running in everything:
        # Not where it has ended already: its number may be another process's.
        if running.process.poll() is None:
            running.process.terminate()
    deadline = time.monotonic() + STOP_SECONDS
    for running in everything:
        try:
            running.process.wait(max(0.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            say(f"{running.role.name} does not stop; killing it")
        _kill_session(running.process)
        running.process.wait()


def _kill_session(process: subprocess.Popen[bytes]) -> None:
    """End what a role left behind, too: a worker's children, say."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)


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


def wait_for_broker(port: int, running: Running) -> None:
    """Return when the broker accepts connections.

    Raises:
        StartError: if it ended or takes too long.
    """
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline and running.process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise StartError(f"the broker did not start; see {running.role.log}")


def wait_for_web(url: str, everything: Sequence[Running]) -> None:
    """Return when the site answers.

    Raises:
        StartError: if a role ended or it takes too long.
    """
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline:
        for running in everything:
            if running.process.poll() is not None:
                status = running.process.returncode
                raise StartError(f"{running.role.name} ended with status {status}")
        try:
            with urllib.request.urlopen(f"{url}/healthz", timeout=5) as answer:  # noqa: S310
                if answer.status == 200:
                    return
        except OSError:
            time.sleep(0.1)
    raise StartError(f"{url} did not answer within {READY_SECONDS} seconds")


def _on_signal(_number: int, _frame: FrameType | None) -> None:
    # A second signal while stopping changes nothing: every stop has its time limit.
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    raise _Stop


def serve(port: int, state: Path) -> None:
    """Run the portal until a signal, or until one of its processes cannot be kept alive."""
    if not is_free(port):
        raise StartError(f"port {port} is in use; choose another one: PORT={port + 1} make run")
    everything: list[Running] = []
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _on_signal)
    try:
        if not any(map(os.environ.get, ("REDIS_URL", "REDIS_URL_FILE"))):
            broker_port = free_port()
            role = broker(broker_port, state)
            everything.append(Running(role, start(role)))
            wait_for_broker(broker_port, everything[0])
            os.environ["REDIS_URL"] = f"redis://127.0.0.1:{broker_port}/0"
        prepare = (sys.executable, "manage.py", "prepare")
        if subprocess.run(prepare, cwd=BASE_DIR, check=False).returncode:  # noqa: S603
            raise StartError("the database or the static files could not be prepared; see above")
        everything.extend(Running(role, start(role)) for role in roles(port, state))
        wait_for_web(f"http://127.0.0.1:{port}", everything)
        say(f"ready http://127.0.0.1:{port}")
        while True:
            time.sleep(0.2)
            for running in everything:
                running.keep_alive()
    finally:
        # The broker last: the others still say goodbye to it.
        stop(*(running for running in everything if running.role.name != "broker"))
        stop(*(running for running in everything if running.role.name == "broker"))


def _port() -> int:
    port: int = env.int("PORT", 8000)
    if not 0 < port < 2**16:
        raise StartError(f"PORT is {port}; choose one from 1 to 65535")
    return port


def _state() -> Path:
    state = Path(env.str("STATE_DIR", str(BASE_DIR / "var"))).resolve()
    try:
        state.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StartError(f"STATE_DIR cannot be made: {error}") from error
    return state


def main() -> int:
    """Serve; the exit status is 0 after a signal and 1 after a failure."""
    try:
        serve(_port(), _state())
    except _Stop:
        say("stopped")
        return 0
    except (StartError, EnvError) as error:
        say(f"error: {error}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
