"""The README's script against a running portal, and the portal's own start and stop."""

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from benchmark_site.serve import STOP_SECONDS
from tests import make
from tests.portal import ROOT, Portal, running_portal


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    """A portal with a small release."""
    folder = tmp_path_factory.mktemp("portal")
    with running_portal(folder / "state") as portal:
        make.write_labels(folder / "labels")
        portal.manage("import_release", str(folder / "labels"), "--name", "small", "--labels-only")
        yield portal


def readme_script() -> str:
    """The script that the README shows."""
    readme = (ROOT / "README.md").read_text()
    found = re.search(r"<!-- readme-script -->\n```python\n(.*?)```", readme, re.DOTALL)
    assert found is not None
    return found[1]


def run_readme_script(portal: Portal, archive: Path) -> subprocess.CompletedProcess[str]:
    """Run it as a person would, with a token of their own."""
    return subprocess.run(
        [sys.executable, "-c", readme_script(), str(archive)],
        env={**os.environ, "IBENCH_SITE": portal.url, "IBENCH_TOKEN": portal.token()},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_the_readmes_script_has_ten_lines() -> None:
    assert len([line for line in readme_script().splitlines() if line]) <= 10


def test_the_readmes_script_submits_and_reads_its_scores(portal: Portal, tmp_path: Path) -> None:
    archive = tmp_path / "mine.zip"
    archive.write_bytes(make.zipped(make.files()))

    done = run_readme_script(portal, archive)

    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("done ")
    assert "'average': 1.0" in done.stdout


def test_a_refused_upload_names_file_line_and_fix(portal: Portal) -> None:
    answer = portal.upload(
        portal.token(), "preds_passkey.jsonl", b'{"id": 0, "output": "1"}\n', model="Broken"
    )

    assert answer.status_code == 422
    assert answer.headers["Content-Type"] == "application/problem+json"
    problem = answer.json()["problems"][0]
    assert (problem["file"], problem["line"]) == ("preds_passkey.jsonl", 1)
    assert problem["fix"]


def test_without_a_token_an_upload_is_turned_away(portal: Portal) -> None:
    answer = requests.post(f"{portal.url}/api/v1/submissions/", data={"model": "x"}, timeout=30)

    assert answer.status_code == 401
    assert answer.json()["code"] == "not-authenticated"


def test_a_portal_stops_cleanly_and_finds_its_submissions_again(tmp_path: Path) -> None:
    make.write_labels(tmp_path / "labels")
    with running_portal(tmp_path / "state", True, SWEEP_SECONDS="1") as portal:
        portal.manage(
            "import_release", str(tmp_path / "labels"), "--name", "small", "--labels-only"
        )
        token = portal.token()
        submitted = portal.upload(
            token, "all.zip", make.zipped(make.files()), model="Before"
        ).json()
        assert portal.wait_scored(token, submitted["id"])["status"] == "done"

        began = time.monotonic()
        assert portal.stop() == 0
        assert time.monotonic() - began < STOP_SECONDS
        assert portal.lines[-1] == "stopped"
        assert not [line for line in portal.lines if "does not stop" in line]
        portal.start()

        assert portal.read(token, submitted["id"])["status"] == "done"
