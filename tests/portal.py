"""A whole portal in processes of its own, as `make run` starts it, for tests that need one."""

import contextlib
import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
import urllib.parse
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import psycopg
import requests
from playwright.sync_api import Page

from benchmark_site.serve import die_with_parent
from tests.prepared import copy_prepared

T = TypeVar("T")
ROOT = Path(__file__).resolve().parent.parent


def free_port() -> int:
    """A loopback port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until(find: Callable[[], T | None], *, seconds: float, what: str) -> T:
    """Return the first true result of `find`, asked ten times a second."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if found := find():
            return found
        time.sleep(0.1)
    raise AssertionError(f"not within {seconds} seconds: {what}")


class Portal:
    """A running portal with a database, a broker and a state folder that nobody else uses."""

    def __init__(self, state: Path, fresh: bool = False, /, **settings: str) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.env = {**os.environ, "STATE_DIR": str(state), "PORT": str(self.port), **settings}
        self.env.setdefault("WORKER_PROCESSES", "1")
        # The server that the portal gets a database of its own on; an empty name: none, but SQLite.
        self._server = self.env.get("DATABASE_URL") or None
        if self._server is None:
            self.env.pop("DATABASE_URL", None)
        self.lines: list[str] = []
        self._process: subprocess.Popen[str] | None = None
        if self._server is not None:
            self._database = f"portal_{uuid.uuid4().hex[:12]}"
            base = urllib.parse.urlsplit(self._server)
            self.env["DATABASE_URL"] = base._replace(path=f"/{self._database}").geturl()
        else:
            self.sqlite = state / "portal.sqlite3"
        # Portals may share a broker; none reads another's messages.
        self.env["REDIS_PREFIX"] = f"portal-{uuid.uuid4().hex[:12]}:"
        database = getattr(self, "_database", None)
        # What was prepared lies on the test run's own server.
        is_fresh = fresh or "DATABASE_URL" in settings
        if (is_fresh or not copy_prepared(state, self.env, database)) and self._server is not None:
            with psycopg.connect(self._server, autocommit=True) as admin:
                admin.execute(f"CREATE DATABASE {database}")

    def start(self) -> None:
        """Start it and return when it says that it is ready."""
        self.lines.clear()
        process = self._process = subprocess.Popen(
            [sys.executable, "-m", "benchmark_site.serve"],
            cwd=ROOT,
            env=self.env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            # A test run that is killed takes its portals along.
            preexec_fn=die_with_parent(signal.SIGINT),  # noqa: PLW1509  See there.
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        wait_until(
            lambda: f"ready {self.url}" in self.lines or process.poll() is not None,
            seconds=180,
            what="ready",
        )
        assert f"ready {self.url}" in self.lines, "\n".join(self.lines)

    def _read(self) -> None:
        assert self._process is not None
        assert self._process.stdout is not None
        with self._process.stdout as output:
            for line in output:
                self.lines.append(line.rstrip("\n"))

    @property
    def is_running(self) -> bool:
        """Whether it is there to start again what dies."""
        return self._process is not None and self._process.poll() is None

    def stop(self) -> int:
        """End it as Ctrl-C does and return its exit status."""
        assert self._process is not None
        self._process.send_signal(signal.SIGINT)
        status = self._process.wait(60)
        self._reader.join(10)
        return status

    def close(self) -> None:
        """Leave nothing behind."""
        if self.is_running:
            self.stop()
        if self._server is not None:
            with psycopg.connect(self._server, autocommit=True) as admin:
                admin.execute(f"DROP DATABASE {self._database} WITH (FORCE)")

    def manage(self, *arguments: str) -> str:
        """Run a management command on its database and return what it prints."""
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env=self.env,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def processes(self, role: str) -> list[int]:
        """The process ids of a role, each the leader of a session of its own."""
        assert self._process is not None
        mark = {
            "worker": "benchmark_site.celery worker --loglevel=WARNING --concurrency",
            "runner": "benchmark_site.celery worker --loglevel=WARNING --queues=generate",
            "broker": "valkey-server",
            "beat": "benchmark_site.celery beat",
            "web": "gunicorn benchmark_site.wsgi",
        }[role]
        listed = subprocess.run(
            ["ps", "-ewwo", "pid=,ppid=,args="], capture_output=True, text=True, check=True
        ).stdout
        rows = [line.split(maxsplit=2) for line in listed.splitlines()]
        parent = str(self._process.pid)
        return [int(row[0]) for row in rows if row[1] == parent and mark in row[2]]

    def broker_url(self) -> str:
        """Where its broker listens, for one more process of the portal."""
        if url := self.env.get("REDIS_URL"):
            return url
        # The server writes where it listens in the place of its command.
        title = Path(f"/proc/{self.processes('broker')[0]}/cmdline").read_text()
        [port] = re.findall(r"127\.0\.0\.1:(\d+)", title)
        return f"redis://127.0.0.1:{port}/0"

    def query(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        """Read from its database; each `?` stands for a value."""
        if self._server is not None:
            with psycopg.connect(self.env["DATABASE_URL"], autocommit=True) as connection:
                return connection.execute(sql.replace("?", "%s"), values or None).fetchall()
        with contextlib.closing(sqlite3.connect(self.sqlite, timeout=30)) as connection:
            return connection.execute(sql, values).fetchall()

    def token(self, email: str = "script@example.org", *, may_manage: bool = False) -> str:
        """A user's new token."""
        code = (
            "from accounts.models import *;"
            f"u=User.objects.filter(email='{email}').first()"
            f" or User.objects.create_user('{email}');"
            f"print('TOKEN', ApiToken.objects.create(u, name='test', may_manage={may_manage})[1])"
        )
        printed = self.manage("shell", "-v", "0", "-c", code)
        return printed.split("TOKEN ")[1].split()[0]

    def upload(self, token: str, name: str, data: bytes, **fields: str) -> requests.Response:
        """Submit one file over the API."""
        return requests.post(
            f"{self.url}/api/v1/submissions/",
            headers={"Authorization": f"Token {token}"},
            files={"files": (name, data)},
            data=fields,
            timeout=120,
        )

    def read(self, token: str, public_id: str) -> dict[str, Any]:
        """A submission as the API gives it."""
        answer = requests.get(
            f"{self.url}/api/v1/submissions/{public_id}/",
            headers={"Authorization": f"Token {token}"},
            timeout=60,
        )
        answer.raise_for_status()
        body: dict[str, Any] = answer.json()
        return body

    def wait_scored(self, token: str, public_id: str, seconds: float = 120) -> dict[str, Any]:
        """A submission once its evaluation has ended."""
        return wait_until(
            lambda: (
                one
                if (one := self.read(token, public_id))["status"] in ("done", "failed")
                else None
            ),
            seconds=seconds,
            what=f"the end of {public_id}",
        )


@contextmanager
def running_portal(state: Path, fresh: bool = False, /, **settings: str) -> Iterator[Portal]:
    """A portal from its first start to its last trace; a fresh one prepares everything itself."""
    portal = Portal(state, fresh, **settings)
    try:
        portal.start()
        yield portal
    finally:
        portal.close()


def sign_up(page: Page, url: str, email: str) -> None:
    """Make an account as a person does."""
    page.goto(f"{url}/accounts/signup/")
    page.get_by_label("E-mail").fill(email)
    page.locator("input[name=password1]").fill("correct horse battery")
    page.locator("input[name=password2]").fill("correct horse battery")
    page.locator("main button[type=submit]").click()
    page.wait_for_load_state()


def wait_ranked(portal: Portal) -> None:
    """Return when the board's intervals are those of its rows."""
    stale = "SELECT count(*) FROM submissions_boardstate WHERE computed < wanted"
    wait_until(lambda: portal.query(stale) == [(0,)], seconds=300, what="intervals")
