"""Fetching a release from a hub: a local server that speaks the Hugging Face Hub's protocol."""

import hashlib
import json
import os
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from tests import make
from tests.portal import ROOT

COMMIT = "0123456789abcdef0123456789abcdef01234567"
REPO = "someone/a-copy"


def dataset_files() -> dict[str, bytes]:
    """Rows as the dataset has them: contexts, questions, options, answers."""
    files = {}
    for task, labels in make.answers().items():
        rows = []
        for i, label in enumerate(labels):
            row: dict[str, Any] = {"id": i, "context": f"{task} {i} " * 50, "input": "What?"}
            if task in ("code_debug", "longbook_choice_eng"):
                options = [f"option {letter}" for letter in "ABCD"]
                options["ABCD".index(label[1])] = label[0]
                row |= {"options": options, "answer": [label[0]]}
            else:
                row |= {"options": [], "answer": label if isinstance(label, list) else [label]}
            rows.append(row)
        files[f"{task}.jsonl"] = make.jsonl(rows)
    return files


class Hub(BaseHTTPRequestHandler):
    """The few addresses that a snapshot of a dataset reads."""

    files = dataset_files()
    protocol_version = "HTTP/1.1"

    def log_message(self, *_args: Any) -> None:
        """Keep the test's output clean."""

    def _send(self, body: bytes, **headers: str) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(body)

    def do_GET(self) -> None:
        """Answer for the repository's listing and its files."""
        path = self.path.split("?")[0]
        if path.startswith(f"/api/datasets/{REPO}/tree/"):
            entries = [
                {
                    "type": "file",
                    "path": name,
                    "size": len(body),
                    "oid": hashlib.sha1(body).hexdigest(),  # noqa: S324  As git names it.
                }
                for name, body in self.files.items()
            ]
            self._send(json.dumps(entries).encode(), Content_Type="application/json")
        elif path.startswith(f"/api/datasets/{REPO}"):
            info = {
                "id": REPO,
                "sha": COMMIT,
                "siblings": [{"rfilename": name} for name in self.files],
            }
            self._send(json.dumps(info).encode(), Content_Type="application/json")
        elif path.startswith(f"/datasets/{REPO}/resolve/{COMMIT}/"):
            body = self.files[path.rsplit("/", 1)[1]]
            etag = hashlib.sha1(body).hexdigest()  # noqa: S324
            self._send(body, ETag=f'"{etag}"', X_Repo_Commit=COMMIT)
        else:
            self.send_error(404)

    do_HEAD = do_GET  # noqa: N815


@pytest.fixture
def hub() -> Iterator[str]:
    """The address of a hub on this machine."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Hub)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


def run(state: Path, hub: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a command on a database of its own; the hub's client reads its address at import."""
    env = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    env |= {"STATE_DIR": str(state), "HF_ENDPOINT": hub, "HF_HUB_DISABLE_XET": "1"}
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_release_is_fetched_at_its_commit_and_again_without_change(
    tmp_path: Path, hub: str
) -> None:
    assert run(tmp_path, hub, "migrate", "-v", "0").returncode == 0
    fetch = ("fetch_release", "--revision", COMMIT, "--repo", REPO)

    first, second = run(tmp_path, hub, *fetch), run(tmp_path, hub, *fetch)

    assert first.returncode == 0, first.stderr
    assert "imported" in first.stdout
    assert "was here already" in second.stdout
    database = sqlite3.connect(tmp_path / "portal.sqlite3")
    rows = database.execute(
        "SELECT count(*), count(NULLIF(context_sha256, '')) FROM submissions_example"
    ).fetchall()
    assert rows == [(36, 36)]
    assert database.execute("SELECT revision FROM submissions_release").fetchall() == [(COMMIT,)]
    path, offset, size = database.execute(
        "SELECT source_path, row_offset, row_bytes FROM submissions_example JOIN"
        " submissions_itemset ON item_set_id = submissions_itemset.id"
        " WHERE position = 2 AND task = 'code_debug'"
    ).fetchone()
    database.close()
    with Path(path).open("rb") as rows_file:
        rows_file.seek(offset)
        assert json.loads(rows_file.read(size))["id"] == 2


def test_a_branch_is_no_revision(tmp_path: Path, hub: str) -> None:
    refused = run(tmp_path, hub, "fetch_release", "--revision", "main", "--repo", REPO)

    assert refused.returncode == 1
    assert "40 hex digits" in refused.stderr
