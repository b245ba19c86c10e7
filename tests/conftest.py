"""What many tests share: a browser, and a portal that holds what the authors published."""

import os
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from django.db.backends.base.operations import BaseDatabaseOperations
from django.utils import translation
from playwright.sync_api import Browser, sync_playwright

from audit import guard
from tests import needs
from tests.portal import Portal, running_portal
from tests.prepared import begin_run, forget_prepared
from tests.redis_server import Redis, running_redis

CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
# Keys of nobody's, so that its pages offer to sign in with another site.
SIGN_IN_WITH = {"GITHUB_CLIENT_ID": "none", "GITHUB_CLIENT_SECRET": "none"}


def pytest_configure() -> None:
    if "PYTEST_XDIST_WORKER" not in os.environ:
        begin_run()


def pytest_unconfigure() -> None:
    if "PYTEST_XDIST_WORKER" not in os.environ:
        forget_prepared()


@pytest.fixture(autouse=True)
def _no_language_is_left() -> Iterator[None]:
    """A request in Chinese leaves its language to its thread, which goes on to the next test."""
    yield
    translation.deactivate()


@pytest.fixture(scope="session", autouse=True)
def _emptied_with_the_rest() -> Iterator[None]:
    """Let the audit log be emptied between tests that commit: its guards forbid it to all else."""
    flush = BaseDatabaseOperations.execute_sql_flush

    def lifted_flush(self: BaseDatabaseOperations, sql_list: Iterable[str]) -> None:
        with guard.lifted(self.connection):
            flush(self, sql_list)

    BaseDatabaseOperations.execute_sql_flush = lifted_flush  # type: ignore[method-assign]
    yield
    BaseDatabaseOperations.execute_sql_flush = flush  # type: ignore[method-assign]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium without a screen."""
    path = needs.chromium()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=CHROMIUM_FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def published_portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    """A portal whose board holds the authors' published predictions."""
    published = needs.shared_data() / "published"
    state: Path = tmp_path_factory.mktemp("portal") / "state"
    with running_portal(state, **SIGN_IN_WITH) as portal:
        portal.manage("import_published", str(published))
        yield portal


@pytest.fixture(scope="session")
def redis_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Redis]:
    """A Redis-protocol server."""
    with running_redis(tmp_path_factory.mktemp("redis")) as running:
        yield running


@pytest.fixture
def redis(redis_server: Redis) -> Redis:
    """That server, with keys of the test's own."""
    return replace(redis_server, prefix=f"{redis_server.prefix}{uuid.uuid4().hex[:8]}:")
