"""A site that is lost comes back from its backup: every row, every file, the same board."""

import gzip
import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import requests

from tests import make
from tests.portal import ROOT, Portal, running_portal, wait_ranked
from tests.s3_server import running_s3

pytestmark = pytest.mark.slow


@contextmanager
def saved_portal(folder: Path, **settings: str) -> Iterator[Portal]:
    """A portal with three scores on its board, stopped, and its backup in `folder / "saved"`."""
    with running_portal(folder / "state", SWEEP_SECONDS="1", **settings) as portal:
        make.write_labels(folder / "labels")
        portal.manage("import_release", str(folder / "labels"), "--name", "small", "--labels-only")
        token = portal.token()
        for number in range(3):
            data = make.zipped(make.files(right=number))
            sent = portal.upload(
                token, "all.zip", data, model=f"Saved {number}", visibility="public"
            )
            assert portal.wait_scored(token, sent.json()["id"])["status"] == "done"
        # Intervals are computed later than scores, and the two boards are compared with theirs.
        wait_ranked(portal)
        portal.stop()
        portal.manage("backup", str(folder / "saved"))
        yield portal


@contextmanager
def prepared_portal(state: Path, **settings: str) -> Iterator[Portal]:
    """A site with tables and nobody in it, not started."""
    state.mkdir()
    portal = Portal(state, **settings)
    try:
        portal.manage("prepare", "--skip-static")
        yield portal
    finally:
        portal.close()


@pytest.fixture(scope="module")
def backup(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Portal, Path]]:
    """A portal and its backup."""
    folder = tmp_path_factory.mktemp("backup")
    with saved_portal(folder) as portal:
        yield portal, folder / "saved"


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Portal]:
    """A site with nobody in it, on the database of this test run."""
    with prepared_portal(tmp_path / "empty") as portal:
        yield portal


def rows_of(folder: Path) -> list[str]:
    """A backup's rows, each a line."""
    with gzip.open(folder / "rows.jsonl.gz", "rt", encoding="utf-8") as lines:
        return list(lines)


def manifest_of(folder: Path) -> dict[str, Any]:
    """What a backup says of itself, without when it was made."""
    manifest: dict[str, Any] = json.loads((folder / "manifest.json").read_text())
    del manifest["made_at"]
    return manifest


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
    first = manifest_of(saved)
    assert manifest_of(tmp_path / "again") == first
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
    with prepared_portal(tmp_path / "moved", DATABASE_URL="") as moved:
        done = restore(moved, saved)

        assert done.returncode == 0, done.stdout + done.stderr
        assert moved.sqlite.exists()
        moved.manage("backup", str(tmp_path / "again"))
    assert rows_of(tmp_path / "again") == rows_of(saved)


@pytest.mark.skipif("DATABASE_URL" not in os.environ, reason="needs PostgreSQL beside SQLite")
def test_a_backup_moves_a_site_from_sqlite_to_postgresql(empty: Portal, tmp_path: Path) -> None:
    with saved_portal(tmp_path, DATABASE_URL="") as lost:
        assert lost.sqlite.exists()
        saved = tmp_path / "saved"

        done = restore(empty, saved)

        assert done.returncode == 0, done.stdout + done.stderr
        assert "everything holds" in done.stdout
        empty.manage("backup", str(tmp_path / "again"))
        # Row by row, so that a difference is named; then what the manifest says of all of them.
        rows = rows_of(saved)
        assert len(rows) > 100
        assert rows_of(tmp_path / "again") == rows
        assert manifest_of(tmp_path / "again") == manifest_of(saved)
        assert [count for (count,) in empty.query("SELECT count(*) FROM audit_auditentry")] == [
            manifest_of(saved)["rows"]["audit.AuditEntry"]
        ]
        lost.start()
        empty.start()
        assert board_of(empty) == board_of(lost)
        assert len(board_of(empty)) == 3
        again = empty.upload(
            empty.token("new@example.org"), "all.zip", make.zipped(make.files()), model="After"
        )
        assert again.status_code == 201


def test_files_come_back_into_a_bucket(backup: tuple[Portal, Path], tmp_path: Path) -> None:
    lost, saved = backup
    with (
        running_s3(tmp_path / "s3") as server,
        prepared_portal(tmp_path / "moved", **server.environment) as moved,
    ):
        done = restore(moved, saved)

        assert done.returncode == 0, done.stdout + done.stderr
        assert "everything holds" in done.stdout
        kept = {
            str(path.relative_to(server.bucket)): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in server.bucket.rglob("*")
            if path.is_file()
        }
        assert kept == manifest_of(saved)["files"]
        # Nothing is read beside the bucket.
        assert not list((tmp_path / "moved" / "files").glob("*"))
        moved.start()
        lost.start()
        assert board_of(moved) == board_of(lost)
        lost.stop()
        token = moved.token()
        sent = moved.upload(token, "all.zip", make.zipped(make.files()), model="After")
        assert moved.wait_scored(token, sent.json()["id"])["status"] == "done"
