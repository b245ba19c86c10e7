"""A prepared portal to copy: what `manage.py prepare` makes, made once for all of a test run.

Preparing takes eight seconds of processor time (migrations, the offline release, static files) and
gives the same each time; a run starts more than a dozen portals in processes of their own.  The
test of a portal's first start takes none of this: it asks for a fresh one.
"""

import fcntl
import os
import shutil
import subprocess
import sys
import tempfile
import urllib.parse
import uuid
from pathlib import Path
from typing import Any

import psycopg

ROOT = Path(__file__).resolve().parent.parent
# The name of a test run, which all of its processes inherit.
RUN = "PORTAL_TEST_RUN"


def copy_prepared(state: Path, env: dict[str, str], database: str | None) -> bool:
    """Fill an empty state folder, and make the PostgreSQL database of that name.

    Returns False where nothing is to be copied: outside a test run.
    """
    if RUN not in os.environ:
        return False
    folder = _folder()
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "ready").exists():
            _prepare(folder / "state", env, _template() if database else None)
            (folder / "ready").touch()
        # Under the lock: PostgreSQL refuses to copy a database that another copy is reading.
        if database:
            with _postgres() as admin:
                admin.execute(f"CREATE DATABASE {database} TEMPLATE {_template()}")
    shutil.copytree(folder / "state", state, dirs_exist_ok=True)
    return True


def begin_run() -> None:
    """Name the test run that this process and its children belong to."""
    os.environ[RUN] = uuid.uuid4().hex[:12]


def forget_prepared() -> None:
    """Remove what was prepared for this test run."""
    if _folder().exists():
        shutil.rmtree(_folder())
        if "DATABASE_URL" in os.environ:
            with _postgres() as admin:
                admin.execute(f"DROP DATABASE IF EXISTS {_template()} WITH (FORCE)")


def _prepare(state: Path, env: dict[str, str], database: str | None) -> None:
    state.mkdir()
    env = {**env, "STATE_DIR": str(state)}
    if database:
        with _postgres() as admin:
            admin.execute(f"CREATE DATABASE {database}")
        base = urllib.parse.urlsplit(os.environ["DATABASE_URL"])
        env["DATABASE_URL"] = base._replace(path=f"/{database}").geturl()
    subprocess.run([sys.executable, "manage.py", "prepare"], cwd=ROOT, env=env, check=True)


def _template() -> str:
    return f"portal_prepared_{os.environ[RUN]}"


def _folder() -> Path:
    return Path(tempfile.gettempdir()) / f"portal-prepared-{os.environ[RUN]}"


def _postgres() -> psycopg.Connection[Any]:
    return psycopg.connect(os.environ["DATABASE_URL"], autocommit=True)
