"""A database and a broker of a test's own, real ones, which it may kill."""

import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
import redis
import requests

from benchmark_site.serve import die_with_parent
from tests import make, needs
from tests.portal import Portal, free_port, running_portal, wait_until


@dataclass(slots=True)
class Server:
    """A server's process, which comes back on the same port with what it kept on its disk."""

    command: tuple[str, ...]
    folder: Path
    user: str | None = None
    _process: subprocess.Popen[bytes] | None = field(default=None, init=False)

    def start(self) -> None:
        """Start it; it need not answer yet."""
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                self.command,
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                user=self.user,
                # As root, its groups would stay root's.
                extra_groups=[] if self.user else None,
                preexec_fn=die_with_parent(signal.SIGQUIT),  # noqa: PLW1509  See there.
            )

    def kill(self) -> None:
        """Kill it, and all processes that it started."""
        assert self._process is not None
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()

    def end(self, number: signal.Signals) -> None:
        """End it by a signal, and wait until it has ended."""
        assert self._process is not None
        self._process.send_signal(number)
        self._process.wait(60)


@dataclass(frozen=True, slots=True)
class Broker:
    """A Redis-protocol server that keeps nothing on disk: what it held when it dies is lost."""

    server: Server
    url: str
    client: Any

    def start(self) -> None:
        """Start it and return when it answers."""
        self.server.start()
        wait_until(self._answers, seconds=60, what="a broker")

    def _answers(self) -> bool:
        try:
            return bool(self.client.ping())
        except redis.ConnectionError:
            return False


@contextmanager
def running_broker() -> Iterator[Broker]:
    """Debian's Redis where it is, else the embedded server."""
    port = free_port()
    with _folder(None) as folder:
        options = (f"--port {port}", "--bind 127.0.0.1", "--appendonly no", f"--dir {folder}")
        words = [word for option in options for word in option.split()]
        server = Server((needs.redis_server(), *words, "--save", ""), folder)
        broker = Broker(server, f"redis://127.0.0.1:{port}/0", redis.Redis(port=port))
        broker.start()
        try:
            yield broker
        finally:
            broker.client.close()
            server.kill()


@dataclass(frozen=True, slots=True)
class Database:
    """A PostgreSQL cluster."""

    server: Server
    url: str

    def start(self) -> None:
        """Start it and return when it answers."""
        self.server.start()
        wait_until(self._answers, seconds=60, what="a database server")

    def _answers(self) -> bool:
        try:
            with psycopg.connect(self.url, connect_timeout=2) as connection:
                return connection.execute("SELECT 1").fetchone() == (1,)
        except psycopg.OperationalError:
            return False

    def stop_now(self) -> None:
        """Stop it at once, as a crash does: connections are cut, and it recovers when it starts."""
        self.server.end(signal.SIGQUIT)


@contextmanager
def running_database() -> Iterator[Database]:
    """A fresh cluster out of this machine's own binaries; never as root, which it refuses."""
    binaries, user = needs.postgres()
    port = free_port()
    with _folder(user) as folder:
        data = folder / "data"
        subprocess.run(
            [binaries / "initdb", "-D", data, "-U", "postgres", "--auth=trust", "-E", "UTF8"],
            cwd=folder,
            user=user,
            extra_groups=[] if user else None,
            check=True,
            capture_output=True,
        )
        options = ("-p", str(port), "-h", "127.0.0.1", "-k", str(folder))
        server = Server((str(binaries / "postgres"), "-D", str(data), *options), folder, user)
        database = Database(server, f"postgres://postgres@127.0.0.1:{port}/postgres")
        database.start()
        try:
            yield database
        finally:
            server.kill()


@contextmanager
def _folder(user: str | None) -> Iterator[Path]:
    """A folder that another user may enter: pytest's own are open to nobody else."""
    folder = Path(tempfile.mkdtemp(prefix="portal-faults-"))
    if user is not None:
        shutil.chown(folder, user)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


# What notices dead workers and lost messages fast, so that a test need not wait.
FAST = {"LEASE_SECONDS": "4", "SWEEP_SECONDS": "1", "ANNOUNCE_AGAIN_SECONDS": "5"}


@contextmanager
def faulty_portal(
    folder: Path,
    database: Database,
    broker: Broker,
    release: str,
    examples: int,
    /,
    **settings: str,
) -> Iterator[Portal]:
    """A portal on servers of the test's own, with a release; in all else as a user has it."""
    servers = {"DATABASE_URL": database.url, "REDIS_URL": broker.url, "OFFLINE_RELEASE": "false"}
    with running_portal(folder / "state", **(servers | settings)) as portal:
        make.write_labels(folder / "labels", n=examples)
        portal.manage("import_release", str(folder / "labels"), "--name", release, "--labels-only")
        yield portal


def submit(portal: Portal, token: str, model: str, *, examples: int) -> str:
    """Upload every task's predictions and return the submission's public id."""
    answer = portal.upload(token, "all.zip", make.zipped(make.files(n=examples)), model=model)
    assert answer.status_code == 201, answer.text
    public_id: str = answer.json()["id"]
    return public_id


def signed_in(portal: Portal, email: str) -> requests.Session:
    """A browser in which somebody has signed up."""
    browser = requests.Session()
    page = f"{portal.url}/accounts/signup/"
    browser.get(page, timeout=60)
    fields = dict.fromkeys(("password1", "password2"), "correct horse battery") | {"email": email}
    answer = browser.post(page, fields | csrf(browser), headers={"Referer": page}, timeout=60)
    assert answer.ok, answer.text
    return browser


def csrf(browser: requests.Session) -> dict[str, str]:
    """The field that every form has."""
    return {"csrfmiddlewaretoken": browser.cookies["csrftoken"]}
