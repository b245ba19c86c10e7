"""Tokenizers from a hub: a local server that speaks the Hugging Face Hub's protocol."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from huggingface_hub import constants
from pytest_django import Settings
from tokenizers import Tokenizer, models, pre_tokenizers

from submissions.limits import TOKENIZER_BYTES
from workers.runners.hub import HubAway
from workers.tokenizers import NoTokenizer, find_tokenizer

COMMIT = "0123456789abcdef0123456789abcdef01234567"


def words() -> bytes:
    """A tokenizer of three words."""
    made = Tokenizer(models.WordLevel({"a": 0, "long": 1, "way": 2}, unk_token="a"))
    made.pre_tokenizer = pre_tokenizers.Whitespace()
    return made.to_str().encode()


class Hub(BaseHTTPRequestHandler):
    """Two repositories: an honest one, and one whose file says that it is as large as it likes."""

    protocol_version = "HTTP/1.1"
    asked: list[str]

    def log_message(self, *_args: Any) -> None:
        """Keep the test's output clean."""

    def do_HEAD(self) -> None:
        """Tell of a file, and send it where it is asked for."""
        self.asked.append(f"{self.command} {self.path.split('/')[2]}")
        body = words()
        size = TOKENIZER_BYTES + 1 if "huge" in self.path else len(body)
        self.send_response(200)
        self.send_header("Content-Length", str(size))
        self.send_header("ETag", f'"{len(body):040x}"')
        self.send_header("X-Repo-Commit", COMMIT)
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(body.ljust(size) if "huge" not in self.path else body)

    do_GET = do_HEAD  # noqa: N815


@pytest.fixture
def asked(
    monkeypatch: pytest.MonkeyPatch, settings: Settings, tmp_path: Path
) -> Iterator[list[str]]:
    """What is asked of a hub on this machine."""
    Hub.asked = []
    server = ThreadingHTTPServer(("127.0.0.1", 0), Hub)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_address[1]}"
    template = constants.HUGGINGFACE_CO_URL_TEMPLATE.replace(constants.ENDPOINT, url)
    monkeypatch.setattr(constants, "HUGGINGFACE_CO_URL_TEMPLATE", template)
    monkeypatch.setattr(constants, "ENDPOINT", url)
    monkeypatch.setattr(constants, "HF_HUB_DISABLE_XET", True)
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
    settings.TOKENIZERS_DIR = tmp_path / "tokenizers"
    yield Hub.asked
    server.shutdown()
    server.server_close()


def test_a_tokenizer_is_fetched_once(asked: list[str]) -> None:
    name = f"org/words@{COMMIT}"

    found = find_tokenizer(name)
    asked.append("again")
    again = find_tokenizer(name)

    assert found.name == again.name == name
    assert list(found.encode("a long way")) == [0, 1, 2]
    assert "GET words" in asked
    assert asked[-1] == "again"


def test_a_tokenizer_that_is_too_large_is_refused_before_it_is_fetched(asked: list[str]) -> None:
    with pytest.raises(NoTokenizer, match="has 67,108,865 bytes; at most 64 MiB"):
        find_tokenizer(f"org/huge@{COMMIT}")

    assert asked == ["HEAD huge"]


def test_a_tokenizer_on_disk_is_measured_before_it_is_read(asked: list[str]) -> None:
    from django.conf import settings  # noqa: PLC0415  As the fixture set them.

    path = settings.TOKENIZERS_DIR / f"org--disk@{COMMIT}" / "tokenizer.json"
    path.parent.mkdir(parents=True)
    with path.open("wb") as file:
        file.truncate(TOKENIZER_BYTES + 1)

    with pytest.raises(NoTokenizer, match="at most 64 MiB"):
        find_tokenizer(f"org/disk@{COMMIT}")
    assert asked == []


def test_a_hub_that_is_away_is_a_reason_and_no_crash(
    asked: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    template = "http://127.0.0.1:9/{repo_id}/resolve/{revision}/{filename}"
    monkeypatch.setattr(constants, "HUGGINGFACE_CO_URL_TEMPLATE", template)

    with pytest.raises(HubAway, match="cannot be reached"):
        find_tokenizer(f"org/away@{COMMIT}")
    assert asked == []
