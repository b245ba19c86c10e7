"""A whole release on the processor: web form, GPU worker, board; stopped, killed, and resumed."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests import needs

needs.models()

from tests.models.real import NAME, models_dir  # noqa: E402  Only where there are models.
from tests.portal import ROOT, Portal, sign_up, wait_until  # noqa: E402
from tests.redis_server import Redis  # noqa: E402

# Contexts of 256 tokens, in which this model is known to find a pass key; prompts that are longer
# by its own count, such as books, are cut, and answers have at most half of the room.
CONTEXT = "512"
RELEASE = ("--name", "offline", "--tokens", "256", "--per-task", "1", "--seed", "3", "-v", "0")
TASKS = 12
SETTINGS = {
    "LEASE_SECONDS": "4",
    "SWEEP_SECONDS": "1",
    "ANNOUNCE_AGAIN_SECONDS": "3",
    "OFFLINE_RELEASE": "false",
    # Side by side, the last bits of a number depend on who is beside.
    "GPU_AT_ONCE": "1",
    # A small model is slower on several threads where the machine has other work.
    "CPU_THREADS": "1",
}
SECONDS = 400
OPEN = ("queued", "running")


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory, redis_server: Redis) -> Iterator[Portal]:
    """A whole portal with a folder of models and a small release."""
    place = tmp_path_factory.mktemp("whole")
    site = Portal(
        place / "state",
        **SETTINGS,
        MODELS_DIR=str(models_dir(place / "models")),
        REDIS_URL=redis_server.url,
    )
    try:
        site.start()
        site.manage("generate_release", *RELEASE)
        yield site
    finally:
        site.close()


@contextmanager
def gpu_worker(site: Portal, log: Path) -> Iterator["subprocess.Popen[bytes]"]:
    """A worker as the README starts it."""
    command = [sys.executable, "-m", "celery", "-A", "benchmark_site", "worker", "-Q", "gpu"]
    with log.open("ab") as output:
        process = subprocess.Popen(
            [*command, "--loglevel=INFO"],
            cwd=ROOT,
            env=site.env,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    try:
        yield process
    finally:
        process.kill()
        process.wait(60)


def children_of(site: Portal) -> list[str]:
    """Processes that compute for a site's models."""
    listed = subprocess.run(["ps", "-ewwo", "args"], capture_output=True, text=True, check=True)
    mark = site.env["MODELS_DIR"]
    return [
        one
        for one in listed.stdout.splitlines()
        if "transformers_local.child" in one and mark in one
    ]


def register(page: Page, site: Portal) -> None:
    """By the wizard's third way."""
    page.goto(f"{site.url}/submit/")
    page.get_by_role("button", name="Begin").nth(2).click()
    page.get_by_role("link", name="Register a model").first.click()
    page.locator("#id_repository").fill(NAME)
    page.locator("#id_context_tokens").fill(CONTEXT)
    page.get_by_role("button", name="Look at it and register").click()
    expect(page.get_by_text("LlamaForCausalLM")).to_be_visible()


def start_run(page: Page, site: Portal, *, model: str) -> int:
    """By the form; which run."""
    page.get_by_role("link", name="Start a run").click()
    [(name,)] = site.query("SELECT name FROM submissions_release WHERE series = 'offline'")
    page.get_by_label("Release of the data").select_option(name)
    page.get_by_label("Name of a new model").fill(model)
    page.get_by_label("Visibility").select_option("public")
    page.get_by_role("button", name="Start the run").click()
    expect(page.get_by_role("heading", name="Progress")).to_be_visible()
    return int(site.query("SELECT max(id) FROM submissions_hostedrun")[0][0])


def answered(site: Portal, run: int) -> list[tuple[str, str, str]]:
    """Task, state and text of each answer so far."""
    return [
        (str(task), str(state), str(text))
        for task, state, text in site.query(
            "SELECT task, state, text FROM submissions_answer "  # noqa: S608  A number of ours.
            f"WHERE run_id = {run} ORDER BY task, position"
        )
    ]


def status_of(site: Portal, run: int) -> str:
    return str(site.query(f"SELECT status FROM submissions_hostedrun WHERE id = {run}")[0][0])  # noqa: S608


def wait_answers(site: Portal, run: int, count: int) -> None:
    wait_until(
        lambda: len(answered(site, run)) >= count or status_of(site, run) not in OPEN or None,
        seconds=SECONDS,
        what=f"{count} answers of run {run}",
    )


@pytest.mark.slow
def test_a_whole_release_goes_from_the_form_to_the_board_through_every_stop(
    portal: Portal, browser: Browser, tmp_path: Path
) -> None:
    page, log = browser.new_page(), tmp_path / "worker.log"
    page.set_default_timeout(60_000)
    sign_up(page, portal.url, "runner@example.org")
    register(page, portal)
    address = page.url
    first = start_run(page, portal, model="SmolLM2")
    with gpu_worker(portal, log) as worker:
        wait_until(
            lambda: status_of(portal, first) not in OPEN or None,
            seconds=SECONDS,
            what="the end of the undisturbed run",
        )
        assert status_of(portal, first) == "finished", log.read_text()
        page.goto(f"{portal.url}/queue/")
        expect(page.get_by_text("torch ")).to_be_visible()

        page.goto(address)
        second = start_run(page, portal, model="SmolLM2 again")
        wait_answers(portal, second, 2)
        began = time.monotonic()
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(120) == 0, log.read_text()
        drained = time.monotonic() - began
    kept = answered(portal, second)
    assert 2 <= len(kept) < TASKS, f"drained in {drained:.0f} s"
    assert children_of(portal) == []
    with gpu_worker(portal, log) as worker:
        wait_answers(portal, second, len(kept) + 2)
        os.kill(worker.pid, signal.SIGKILL)
        worker.wait(60)
    wait_until(lambda: not children_of(portal) or None, seconds=30, what="the child's end")
    assert status_of(portal, second) == "running"
    with gpu_worker(portal, log):
        wait_until(
            lambda: status_of(portal, second) not in OPEN or None,
            seconds=SECONDS,
            what="the end of the disturbed run",
        )

    undisturbed, disturbed = answered(portal, first), answered(portal, second)
    assert len(undisturbed) == TASKS
    assert {state for _, state, _ in undisturbed} == {"ok"}
    assert disturbed == undisturbed
    # A submission each, of the same bytes.
    ends = portal.query("SELECT DISTINCT sha256 FROM submissions_submission")
    assert len(ends) == 1
    scores = wait_scores(portal)
    assert scores["passkey"] == 1.0
    assert min(scores.values()) < 1.0
    see_on_pages(page, portal)
    page.close()


def wait_scores(site: Portal) -> dict[str, float]:
    """One scorer's score of each task, the same for both submissions."""
    rows = wait_until(
        lambda: (
            found
            if len(
                found := site.query(
                    "SELECT task, mean FROM submissions_taskresult WHERE scorer = 'portal-1'"
                )
            )
            == 2 * TASKS
            else None
        ),
        seconds=60,
        what="scores",
    )
    assert len(set(rows)) == TASKS
    return {str(task): float(mean) for task, mean in rows}


def see_on_pages(page: Page, site: Portal) -> None:
    """The submission's page says what it took; the board ranks it."""
    [(public_id,), _again] = site.query("SELECT public_id FROM submissions_submission ORDER BY id")
    page.goto(f"{site.url}/s/{public_id}/")
    for text in ("What it took", "Processor hours", "tokens a second", "Run it again"):
        expect(page.get_by_text(text).first).to_be_visible()
    # Equal averages share a rank.
    ranks = "SELECT DISTINCT rank FROM submissions_standing WHERE scorer = 'portal-1'"
    wait_until(lambda: site.query(ranks) == [(1,)] or None, seconds=60, what="both on the board")
