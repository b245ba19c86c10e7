"""What a test needs beyond Python: named when it is skipped, an error where it is required.

PORTAL_REQUIRE lists what must be there: data, browser, models, servers.  CI sets it.
"""

import os
import pwd
import shutil
from importlib.util import find_spec
from pathlib import Path

import pytest

from benchmark_site.embedded import server_program

SHARED_DATA = Path(__file__).resolve().parent.parent.parent / "shared" / "data" / "infinitebench"
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome")


def absent(what: str, reason: str) -> None:
    """Skip a test for want of something, or fail it where that is required."""
    _skip_or_fail(what, reason)


def _skip_or_fail(what: str, reason: str) -> None:
    if what in os.environ.get("PORTAL_REQUIRE", "").split(","):
        pytest.fail(f"required and absent: {reason}")
    pytest.skip(reason)


def shared_data() -> Path:
    """The folder of the authors' published predictions."""
    if not SHARED_DATA.is_dir():
        _skip_or_fail("data", "the authors' predictions are not at ../shared/data")
    return SHARED_DATA


def chromium() -> str:
    """The path of a Chromium to drive."""
    for name in CHROMIUM_NAMES:
        if path := shutil.which(name):
            return path
    _skip_or_fail("browser", f"no Chromium on this machine: {', '.join(CHROMIUM_NAMES)}")
    raise AssertionError


def postgres() -> tuple[Path, str | None]:
    """PostgreSQL's binaries, and the user to run them as: None for one's own."""
    places = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    if found := shutil.which("initdb"):
        places.append(Path(found).parent)
    for place in places:
        if (place / "initdb").exists() and (place / "postgres").exists():
            return place, _not_root()
    _skip_or_fail("servers", "no PostgreSQL on this machine: initdb, postgres")
    raise AssertionError


def _not_root() -> str | None:
    if os.geteuid():
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"


def redis_server() -> str:
    """A server that speaks Redis' protocol: the machine's own, else the one in a package."""
    if found := shutil.which("redis-server"):
        return found
    return str(server_program())


def compiler() -> str:
    """A C compiler, for the library that shifts a process's clock."""
    if found := shutil.which("cc"):
        return found
    _skip_or_fail("servers", "no C compiler on this machine: cc")
    raise AssertionError


def models() -> None:
    """The libraries that run models.  Skips the whole module that asks while it is imported."""
    missing = [name for name in ("torch", "transformers") if find_spec(name) is None]
    if missing and "models" in os.environ.get("PORTAL_REQUIRE", "").split(","):
        pytest.fail(f"required and absent: {', '.join(missing)}")
    if missing:
        pytest.skip(
            f"{' and '.join(missing)} not installed: `make test-models` brings them",
            allow_module_level=True,
        )
