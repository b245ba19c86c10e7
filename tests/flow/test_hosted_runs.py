"""Hosted runs in a whole portal: by the web form to the board, and through fifty kills."""

import contextlib
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.model_server import KEY, ModelServer, running_server
from tests.portal import ROOT, Portal, running_portal, sign_up
from tests.redis_server import Redis

KILLS = 50
SETTINGS = {
    "OUTBOUND_HTTP_ALLOWED": "true",
    "OUTBOUND_NETWORKS": "127.0.0.0/8",
    "LEASE_SECONDS": "0.8",
    "SWEEP_SECONDS": "1",
    "ANNOUNCE_AGAIN_SECONDS": "2",
    "RUN_WORKERS": "1",
    "LOG_LEVEL": "DEBUG",
}
RELEASE = ("--name", "offline", "--tokens", "1k", "--per-task", "10", "--seed", "3", "-v", "0")
# A process that works on a run as Celery's door does, and that is forked, so that another one
# stands ready a moment after a kill.
FORKS = """
import os, sys, time
os.environ["DJANGO_SETTINGS_MODULE"] = "benchmark_site.settings"
import django
django.setup()
from django.db import connections
from submissions.models import HostedRun
from workers import hosted
from workers.tasks import generate
run = int(sys.argv[1])
connections.close_all()
while True:
    child = os.fork()
    if not child:
        generate(run_id=run)
        os._exit(0)
    print(child, flush=True)
    os.waitpid(child, 0)
    if HostedRun.objects.get(pk=run).status in ("finished", "failed", "paused", "cancelled"):
        break
    connections.close_all()
    time.sleep(0.05)
"""


@pytest.fixture(scope="module")
def server() -> Iterator[ModelServer]:
    with running_server() as server:
        yield server


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory, redis_server: Redis) -> Iterator[Portal]:
    """A portal that may ask this machine, with a small release of its own."""
    state = tmp_path_factory.mktemp("portal") / "state"
    with running_portal(state, **SETTINGS, REDIS_URL=redis_server.url) as portal:
        portal.manage("generate_release", *RELEASE)
        yield portal


@contextlib.contextmanager
def broker_heard(client: Any) -> Iterator[list[str]]:
    """Every command that the broker is given meanwhile: messages with their tasks' arguments."""
    heard: list[str] = []
    mark = "the last one"

    def listen(ready: threading.Event) -> None:
        with client.monitor() as monitor:
            ready.set()
            for command in monitor.listen():
                heard.append(str(command["command"]))
                if mark in heard[-1]:
                    return

    ready = threading.Event()
    listener = threading.Thread(target=listen, args=(ready,), daemon=True)
    listener.start()
    assert ready.wait(30)
    try:
        yield heard
    finally:
        client.echo(mark)
        listener.join(30)


def fill_endpoint(page: Page, portal: Portal, server: ModelServer) -> None:
    """Register the server by the form."""
    page.goto(f"{portal.url}/endpoints/new/")
    said = {
        "name": "Tiny",
        "base_url": server.url,
        "model_name": "tiny",
        "key": KEY,
        "context_tokens": "32K",
        "concurrency": "4",
    }
    for name, value in said.items():
        page.locator(f"#id_{name}").fill(value)
    page.get_by_role("button", name="Register and try it").click()


@pytest.mark.slow
def test_an_endpoint_is_registered_tried_and_run_to_the_board(
    portal: Portal, server: ModelServer, browser: Browser, redis_server: Redis
) -> None:
    with broker_heard(redis_server.client) as heard:
        seen = run_by_the_forms(portal, server, browser)

    places = portal.query("SELECT task, position FROM submissions_answer")
    assert len(places) == len(set(places)) == 120
    ranks = portal.query("SELECT DISTINCT rank FROM submissions_standing")
    assert ranks == [(1,)]
    assert [one for one in found_in(portal, KEY) if one] == []
    assert KEY not in "".join(seen)
    assert not [command for command in heard if KEY in command]
    # The searches themselves find what is there.
    assert found_in(portal, "Tiny model")
    tasks = ("workers.try_endpoint", "workers.generate", "workers.evaluate")
    assert all(any(task in command for command in heard) for task in tasks)


def run_by_the_forms(portal: Portal, server: ModelServer, browser: Browser) -> list[str]:
    """Register, try, run, and wait for the scores; the pages and headers on the way."""
    page = browser.new_page()
    page.set_default_timeout(60_000)
    answers: list[str] = []
    page.on("response", lambda response: answers.append(str(response.headers)))
    sign_up(page, portal.url, "runner@example.org")
    fill_endpoint(page, portal, server)
    expect(page.locator("#tried tbody tr")).to_have_count(3, timeout=60_000)
    pages = [page.content()]
    page.get_by_role("link", name="Start a run").click()
    page.get_by_label("Name of a new model").fill("Tiny model")
    page.get_by_label("Visibility").select_option("public")
    [(name,)] = portal.query("SELECT name FROM submissions_release WHERE series = 'offline'")
    page.get_by_label("Release of the data").select_option(name)
    page.get_by_role("button", name="Estimate cost and time").click()
    expect(page.get_by_text("About what it takes")).to_be_visible()
    page.get_by_role("button", name="Start the run").click()

    link = page.get_by_role("link", name="submission ")
    expect(link).to_be_visible(timeout=120_000)
    link.click()
    expect(page.locator(".badge", has_text="scored").first).to_be_visible(timeout=120_000)
    expect(page.get_by_text("Run it again")).to_be_visible()
    pages.append(page.content())
    page.close()
    return pages + answers


def found_in(portal: Portal, text: str) -> list[str]:
    """Where a text is: in files of the site (database, broker, stored files), tables, logs, and
    the list of processes."""
    places = [
        str(path)
        for path in Path(portal.env["STATE_DIR"]).rglob("*")
        if path.is_file() and text.encode() in path.read_bytes()
    ]
    if "DATABASE_URL" in os.environ:
        names = portal.query("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        for (name,) in names:
            rows = portal.query(f'SELECT "{name}"::text FROM "{name}"')  # noqa: S608
            places += [name for (row,) in rows if text in row]
    places += ["log" for line in portal.lines if text in line]
    listed = subprocess.run(["ps", "-ewwo", "args"], capture_output=True, text=True, check=True)
    return places + ["processes"] * (text in listed.stdout)


@pytest.fixture
def killed_site(tmp_path: Path, redis_server: Redis) -> Iterator[Portal]:
    """A site without its processes: the test starts, and kills, those that work."""
    site = Portal(tmp_path, **SETTINGS, REDIS_URL=redis_server.url)
    try:
        site.manage("migrate", "-v", "0")
        site.manage("generate_release", *RELEASE)
        yield site
    finally:
        site.close()


def start_run(site: Portal, server: ModelServer) -> int:
    """Start a run without a browser; which one."""
    code = (
        "from tests import asking; from submissions.models import Release;"
        f"e = asking.endpoint('{server.url}', concurrency=4);"
        "r = asking.run(e, release=Release.objects.get(series='offline'));"
        "print('RUN', r.pk)"
    )
    return int(site.manage("shell", "-v", "0", "-c", code).split("RUN ")[1].split()[0])


@pytest.mark.slow
def test_fifty_kills_lose_no_answer_and_double_none(
    killed_site: Portal, server: ModelServer
) -> None:
    server.log.clear()
    server.answer_seconds = 0.4
    run = start_run(killed_site, server)
    dice = random.Random(5)
    kills = 0
    with subprocess.Popen(
        [sys.executable, "-c", FORKS, str(run)],
        cwd=ROOT,
        env=killed_site.env,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as parent:
        assert parent.stdout is not None
        # A run that hangs fails the test instead of holding it for ever.
        limit = threading.Timer(400, os.killpg, (parent.pid, signal.SIGKILL))
        limit.start()
        try:
            for line in parent.stdout:
                if kills < KILLS:
                    time.sleep(dice.uniform(0.1, 1.2))
                    os.kill(int(line), signal.SIGKILL)
                    kills += 1
        finally:
            limit.cancel()
            with contextlib.suppress(ProcessLookupError):
                os.killpg(parent.pid, signal.SIGKILL)

    columns = f"FROM submissions_hostedrun WHERE id = {run}"
    assert killed_site.query(f"SELECT status, reason {columns}") == [("finished", "")]
    assert kills == KILLS
    answers = f"FROM submissions_answer WHERE run_id = {run}"
    places = killed_site.query(f"SELECT task, position {answers}")
    assert len(places) == len(set(places)) == 120
    assert killed_site.query(f"SELECT DISTINCT state {answers}") == [("ok",)]
    # The kills did hit work, and cost at most what was in flight: four requests each.
    assert 120 < len(server.log) <= 120 + 4 * KILLS
