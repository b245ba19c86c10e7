"""A portal to measure: database, broker and files of its own, with gpt4's predictions in it."""

import io
import os
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.parse
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.measured import PUBLISHED, ROOT

MODEL = "gpt4"


@dataclass(slots=True)
class Scratch:
    """The portal's environment, for processes that are started beside this one."""

    env: dict[str, str]
    database: str
    made: int = 0
    started: list["subprocess.Popen[bytes]"] = field(default_factory=list)

    def files(self) -> list[tuple[str, io.BytesIO]]:
        """A model's twelve files, of which the first prediction is another one each time.

        What has been stored before is not stored again, and that would flatter.
        """
        self.made += 1
        mark = f'"prediction": "{self.made} '.encode()
        return [
            (path.name, io.BytesIO(path.read_bytes().replace(b'"prediction": "', mark, 1)))
            for path in sorted(published_files())
        ]

    def upload(self, files: list[tuple[str, io.BytesIO]] | None = None) -> Any:
        """Receive the twelve files as another model's."""
        # Late, as all that needs Django: the environment comes first.
        from django.utils import timezone  # noqa: PLC0415

        from accounts.models import User  # noqa: PLC0415
        from submissions.entries import ModelFacts  # noqa: PLC0415
        from submissions.receive import UploadOptions, receive_upload  # noqa: PLC0415

        user, _ = User.objects.get_or_create(email="benchmark@example.org")
        return receive_upload(
            files or self.files(),
            model=ModelFacts(name=f"Model {self.made}"),
            submitter=user,
            options=UploadOptions(suite="infinitebench"),
            now=timezone.now(),
        )

    def start(self, *arguments: str, **changes: str) -> "subprocess.Popen[bytes]":
        """Start a process of this portal; it ends with the portal at the latest."""
        process = subprocess.Popen(
            [sys.executable, "-m", *arguments],
            cwd=ROOT,
            env={**self.env, **changes},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=None if "PORTAL_BENCHMARK_ERRORS" in os.environ else subprocess.DEVNULL,
            start_new_session=True,
        )
        self.started.append(process)
        return process


def published_files() -> list[Path]:
    """The twelve files that are uploaded."""
    return list((PUBLISHED / MODEL).glob("*.jsonl"))


@contextmanager
def scratch_portal() -> Iterator[Scratch]:
    """Set up Django on a portal of its own, and leave nothing behind.

    With DATABASE_URL naming a PostgreSQL server it has a database of its own there; else SQLite.
    The broker is the embedded one.
    """
    if not PUBLISHED.is_dir():
        raise SystemExit(f"the authors' published predictions are not at {PUBLISHED}")
    folder = Path(tempfile.mkdtemp(prefix="portal-benchmark-"))
    broker_port, stop_broker = _start_broker(folder)
    os.environ |= {
        "STATE_DIR": str(folder),
        "REDIS_URL": f"redis://127.0.0.1:{broker_port}/0",
        "LOG_LEVEL": "ERROR",
        "SUBMISSIONS_PER_DAY": "1000000",
        "SUBMISSIONS_AT_ONCE": "1000000",
        "DJANGO_SETTINGS_MODULE": "benchmark_site.settings",
    }
    scratch = Scratch({}, "SQLite")
    try:
        with own_database() as address:
            if address:
                os.environ["DATABASE_URL"] = address
                scratch.database = "PostgreSQL"
            scratch.env = dict(os.environ)
            try:
                _prepare(folder)
                yield scratch
            finally:
                for process in scratch.started:
                    _end(process)
    finally:
        stop_broker()
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def own_database() -> Iterator[str]:
    """The address of an empty database on the server of DATABASE_URL; empty without one."""
    given = os.environ.get("DATABASE_URL", "")
    if not given:
        yield ""
        return
    name = f"portal_{uuid.uuid4().hex[:12]}"
    _administer(given, f"CREATE DATABASE {name}")
    try:
        yield urllib.parse.urlsplit(given)._replace(path=name).geturl()
    finally:
        _administer(given, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def _prepare(folder: Path) -> None:
    import django  # noqa: PLC0415
    from django.core.management import call_command  # noqa: PLC0415

    django.setup()
    call_command("migrate", verbosity=0)
    published = folder / "published"
    published.mkdir()
    (published / MODEL).symlink_to(PUBLISHED / MODEL, target_is_directory=True)
    with Path(os.devnull).open("w") as nowhere:
        call_command("import_published", str(published), stdout=nowhere)


def _start_broker(folder: Path) -> tuple[int, Callable[[], None]]:
    """The port of a broker, and how to stop it."""
    from benchmark_site.serve import (  # noqa: PLC0415
        Running,
        broker,
        free_port,
        start,
        stop,
        wait_for_broker,
    )

    port = free_port()
    role = broker(port, folder)
    running = Running(role, start(role))
    wait_for_broker(port, running)
    return port, lambda: stop(running)


def _administer(url: str, statement: str) -> None:
    import psycopg  # noqa: PLC0415

    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(statement.encode())


def _end(process: "subprocess.Popen[bytes]") -> None:
    process.terminate()
    with suppress(subprocess.TimeoutExpired):
        process.wait(20)
    process.kill()
    process.wait()


def wait_for(is_done: Any, *, seconds: float, what: str) -> None:
    """Return when `is_done()` is true, asked two hundred times a second."""
    deadline = time.monotonic() + seconds
    while not is_done():
        if time.monotonic() > deadline:
            raise SystemExit(f"not within {seconds} seconds: {what}")
        time.sleep(0.005)
