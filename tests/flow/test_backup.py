"""A site that is lost comes back from its backup: every row, every file, the same board."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from tests import make
from tests.portal import ROOT, Portal, running_portal

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def backup(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Portal, Path]]:
    """A portal with scores on its board, an upload in parts, and its backup."""
    folder = tmp_path_factory.mktemp("backup")
    with running_portal(folder / "state", SWEEP_SECONDS="1") as portal:
        make.write_labels(folder / "labels")
        portal.manage("import_release", str(folder / "labels"), "--name", "small", "--labels-only")
        token = portal.token()
        for number in range(3):
            data = make.zipped(make.files(right=number))
            sent = portal.upload(
                token, "all.zip", data, model=f"Saved {number}", visibility="public"
            )
            assert portal.wait_scored(token, sent.json()["id"])["status"] == "done"
        portal.stop()
        portal.manage("backup", str(folder / "saved"))
        yield portal, folder / "saved"


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Portal]:
    """A site with tables and nobody in it."""
    (tmp_path / "empty").mkdir()
    portal = Portal(tmp_path / "empty")
    try:
        portal.manage("prepare", "--skip-static")
        yield portal
    finally:
        portal.close()


def restore(portal: Portal, folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """Run the command and return what it says, also where it refuses."""
    return subprocess.run(
        [sys.executable, "manage.py", "restore", str(folder), *options],
        cwd=ROOT,
        env=portal.env,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def board_of(portal: Portal) -> list[dict[str, object]]:
    """The board as the API gives it."""
    answer = requests.get(f"{portal.url}/api/v1/board/?release=small", timeout=60)
    answer.raise_for_status()
    rows: list[dict[str, object]] = answer.json()["rows"]
    return rows


def test_all_comes_back_and_the_board_is_the_same(
    backup: tuple[Portal, Path], empty: Portal, tmp_path: Path
) -> None:
    lost, saved = backup

    done = restore(empty, saved)

    assert done.returncode == 0, done.stdout + done.stderr
    assert "everything holds" in done.stdout
    assert "everything holds" in empty.manage("verify")
    # To the last bit: what the restored site would save is what was saved.
    empty.manage("backup", str(tmp_path / "again"))
    first, second = (
        json.loads((folder / "manifest.json").read_text()) for folder in (saved, tmp_path / "again")
    )
    del first["made_at"], second["made_at"]
    assert second == first
    assert len(first["files"]) > 3
    assert first["missing"] == []
    lost.start()
    empty.start()
    assert board_of(empty) == board_of(lost)
    assert len(board_of(empty)) == 3
    # New rows get ids of their own.
    assert (
        empty.upload(
            empty.token("new@example.org"), "all.zip", make.zipped(make.files()), model="After"
        ).status_code
        == 201
    )
    lost.stop()


def test_a_site_with_people_is_refused_but_for_who_says_so(
    backup: tuple[Portal, Path], empty: Portal
) -> None:
    _, saved = backup
    empty.token("somebody@example.org")
    before = empty.query("SELECT email FROM accounts_user")

    refused = restore(empty, saved)

    assert refused.returncode == 1
    assert "not empty: accounts.User" in refused.stderr
    assert empty.query("SELECT email FROM accounts_user") == before
    assert restore(empty, saved, "--replace").returncode == 0
    assert empty.query("SELECT email FROM accounts_user") == [("script@example.org",)]


def test_a_backup_that_is_not_whole_changes_nothing(
    backup: tuple[Portal, Path], empty: Portal, tmp_path: Path
) -> None:
    _, saved = backup
    for number, name in enumerate(("rows.jsonl.gz", "files", "manifest.json")):
        broken = tmp_path / f"broken-{number}"
        shutil.copytree(saved, broken)
        path = broken / name
        if path.is_dir():
            path = next(one for one in path.rglob("*") if one.is_file())
        path.write_bytes(path.read_bytes()[:-1])

        refused = restore(empty, broken)

        assert refused.returncode == 1, name
        assert "damaged or missing" in refused.stderr or "no backup" in refused.stderr
    assert empty.query("SELECT count(*) FROM accounts_user") == [(0,)]


def test_a_backup_of_another_version_is_refused(
    backup: tuple[Portal, Path], empty: Portal, tmp_path: Path
) -> None:
    _, saved = backup
    shutil.copytree(saved, tmp_path / "older")
    manifest = json.loads((saved / "manifest.json").read_text())
    manifest["migrations"]["submissions"] = "0001_initial"
    (tmp_path / "older" / "manifest.json").write_text(json.dumps(manifest))

    refused = restore(empty, tmp_path / "older")

    assert refused.returncode == 1
    assert "another version's (submissions)" in refused.stderr


def test_nobody_else_reads_a_backup_and_no_secret_is_in_it(backup: tuple[Portal, Path]) -> None:
    portal, saved = backup
    state = Path(portal.env["STATE_DIR"])

    assert saved.stat().st_mode & 0o077 == 0
    everything = b"".join(path.read_bytes() for path in saved.rglob("*") if path.is_file())
    for name in ("secret_key", "sealing_keys"):
        if (state / name).exists():
            assert (state / name).read_bytes().strip() not in everything


@pytest.mark.skipif("DATABASE_URL" not in os.environ, reason="needs PostgreSQL beside SQLite")
def test_a_backup_moves_a_site_from_postgresql_to_sqlite(
    backup: tuple[Portal, Path], tmp_path: Path
) -> None:
    _, saved = backup
    (tmp_path / "moved").mkdir()
    moved = Portal(tmp_path / "moved")
    try:
        moved.env["DATABASE_URL"] = f"sqlite:///{tmp_path / 'moved' / 'portal.sqlite3'}"
        moved.manage("prepare", "--skip-static")

        done = restore(moved, saved)

        assert done.returncode == 0, done.stdout + done.stderr
        moved.manage("backup", str(tmp_path / "again"))
        sums = [
            json.loads((folder / "manifest.json").read_text())["rows_sha256"]
            for folder in (saved, tmp_path / "again")
        ]
        assert sums[0] == sums[1]
    finally:
        moved.close()
