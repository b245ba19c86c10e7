"""A database that restarts, a disk that is full, a storage that refuses: an end with its reason."""

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from tests import make
from tests.faults.servers import FAST, Broker, Database, csrf, faulty_portal, signed_in, submit
from tests.flow.workers import stop_in_the_middle
from tests.portal import Portal, wait_until

EXAMPLES = 400
# The portal's files have so much room: a few small uploads.
ROOM = "2m"
FIELDS = {"action": "submit", "name": "Refused", "visibility": "public", "weights": "open"}


@pytest.fixture
def portal(tmp_path: Path, database: Database, broker: Broker) -> Iterator[Portal]:
    """A portal on servers of the test's own."""
    with faulty_portal(
        tmp_path,
        database,
        broker,
        "servers",
        EXAMPLES,
        **FAST,
    ) as portal:
        yield portal


def status_of(url: str) -> int:
    return requests.get(url, timeout=60).status_code


@pytest.mark.slow
def test_a_database_that_restarts_in_the_middle_of_scoring_costs_nothing(
    portal: Portal, database: Database
) -> None:
    token = portal.token()
    under_way = submit(portal, token, "Under way", examples=EXAMPLES)
    evaluation = int(portal.query("SELECT max(id) FROM submissions_evaluation")[0][0])
    held = stop_in_the_middle(portal, evaluation)

    database.stop_now()
    held.let_go()
    assert status_of(f"{portal.url}/leaderboard/") == 503
    time.sleep(2)
    database.start()

    wait_until(
        lambda: status_of(f"{portal.url}/leaderboard/") == 200, seconds=60, what="the board again"
    )
    assert portal.wait_scored(token, under_way, seconds=90)["status"] == "done"
    after = submit(portal, token, "After", examples=EXAMPLES)
    assert portal.wait_scored(token, after, seconds=90)["status"] == "done"
    assert portal.query(
        "SELECT count(*), count(DISTINCT submission_id) FROM submissions_boardevent"
        " WHERE kind <> 'submitted'"
    ) == [(2, 2)]
    assert "everything holds" in portal.manage("verify")


@pytest.fixture
def small_disk(portal: Portal) -> Iterator[Path]:
    """The portal's files on a disk of their own, which is soon full."""
    files = Path(portal.env["STATE_DIR"]) / "files"
    files.mkdir(exist_ok=True)
    mount = ["mount", "-t", "tmpfs", "-o", f"size={ROOM}", "tmpfs", str(files)]
    done = subprocess.run(mount, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"no small disk can be had here: {done.stderr.strip()}")
    yield files
    subprocess.run(["umount", str(files)], check=True)


@pytest.mark.slow
def test_a_full_disk_refuses_an_upload_and_keeps_what_is_there(
    portal: Portal, small_disk: Path
) -> None:
    token = portal.token()
    before = submit(portal, token, "Before", examples=EXAMPLES)
    assert portal.wait_scored(token, before)["status"] == "done"
    ballast = small_disk / "ballast"
    with pytest.raises(OSError, match="No space"):
        ballast.write_bytes(bytes(4 * 2**20))

    browser = signed_in(portal, "person@example.org")
    data = make.zipped(make.files(n=399))
    refused = portal.upload(token, "all.zip", data, model="Refused")
    by_form = browser.post(
        f"{portal.url}/submit/one-page/",
        csrf(browser) | FIELDS,
        files={"files": ("all.zip", data)},
        timeout=60,
    )

    assert refused.status_code == 503, refused.text
    assert refused.json()["code"] == "storage-unavailable"
    assert by_form.status_code == 503, by_form.text
    assert "Nothing that was stored before is lost" in by_form.text
    assert portal.query("SELECT count(*) FROM submissions_submission") == [(1,)]
    assert portal.read(token, before)["status"] == "done"
    assert status_of(f"{portal.url}/leaderboard/") == 200
    ballast.unlink()
    assert not [path for path in small_disk.rglob("tmp*") if path.is_file()]
    after = submit(portal, token, "After", examples=EXAMPLES)
    assert portal.wait_scored(token, after)["status"] == "done"
    assert "everything holds" in portal.manage("verify")


@pytest.mark.slow
def test_a_file_that_cannot_be_read_waits_for_its_storage_and_is_then_scored(
    portal: Portal,
) -> None:
    token = portal.token()
    files = Path(portal.env["STATE_DIR"]) / "files"
    workers = portal.processes("worker")
    for pid in workers:
        os.killpg(pid, signal.SIGSTOP)
    lost = submit(portal, token, "Lost", examples=EXAMPLES)
    # What stands where the folders were is no folder: every read is refused, root's too.
    for folder in files.iterdir():
        if len(folder.name) == 2:
            folder.rename(files / f"away-{folder.name}")
            (files / folder.name).write_bytes(b"")
    for pid in workers:
        os.killpg(pid, signal.SIGCONT)

    wait_until(lambda: portal.read(token, lost)["retry_at"], seconds=60, what="its waiting")

    assert portal.read(token, lost)["status"] == "queued"
    for folder in files.glob("away-*"):
        (files / folder.name.removeprefix("away-")).unlink()
        folder.rename(files / folder.name.removeprefix("away-"))
    after = submit(portal, token, "After", examples=EXAMPLES)
    assert portal.wait_scored(token, after)["status"] == "done"
    assert portal.wait_scored(token, lost, seconds=120)["status"] == "done"
