"""Large files in parts, against a running portal: a cut upload goes on and ends byte-equal."""

import hashlib
import random
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from ibench import Portal as Client
from ibench import parts, upload
from ibench.errors import Unreachable
from ibench.http import Connection

from tests import make
from tests.portal import Portal, running_portal

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("client")]


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    """A portal with a small release."""
    folder = tmp_path_factory.mktemp("portal")
    with running_portal(folder / "state") as portal:
        make.write_labels(folder / "labels")
        portal.manage("import_release", str(folder / "labels"), "--name", "small", "--labels-only")
        yield portal


@pytest.fixture(autouse=True)
def _small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parts, "PART_BYTES", 1000)
    monkeypatch.setattr(parts, "_WAIT_SECONDS", 0.01)
    monkeypatch.setattr(upload, "PARTS_FROM_BYTES", 0)


class Cut(Exception):
    """The machine was switched off."""


def predictions(folder: Path) -> Path:
    """A file of predictions of some 50 parts."""
    (_, stream), *_ = make.files(["passkey"])
    noise = random.Random(7)
    rows = stream.getvalue().decode().splitlines()
    longer = [row[:-1] + f', "trace": "{noise.randbytes(8_000).hex()}"}}\n' for row in rows]
    path = folder / "preds_passkey.jsonl"
    path.write_text("".join(longer))
    return path


def test_an_upload_cut_at_sixty_percent_goes_on_and_ends_byte_equal(
    portal: Portal, tmp_path: Path
) -> None:
    file = predictions(tmp_path)
    size, sent = file.stat().st_size, 0

    def _count(count: int) -> None:
        nonlocal sent
        sent += count
        if sent >= 0.6 * size:
            raise Cut

    ticks: list[int] = []
    with Client(portal.url, portal.token("cut@example.org")) as client:
        with pytest.raises(Cut):
            client.submit([file], model="Cut", on_bytes=_count)
        assert not client.submissions()
        one = client.submit([file], model="Cut", on_bytes=ticks.append)
        again = client.submissions()

    assert ticks[0] >= 0.6 * size
    assert sum(ticks) == size
    assert [each["id"] for each in again] == [one["id"]]
    sha256 = upload_sha256(file)
    stored = requests.get(f"{portal.url}/s/{one['id']}/files/{sha256}/", timeout=60)
    assert stored.content == file.read_bytes()


def upload_sha256(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def test_a_connection_that_breaks_in_a_part_is_taken_up(
    portal: Portal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = predictions(tmp_path)
    send, calls = Connection.send, 0

    def _flaky(self: Connection, method: str, path: str, **arguments: object) -> object:
        """Lose every third answer: the server has the part, and we do not know."""
        nonlocal calls
        answer = send(self, method, path, **arguments)  # type: ignore[arg-type]
        calls += method == "PATCH"
        if method == "PATCH" and calls % 3 == 0:
            raise Unreachable("the connection broke")
        return answer

    monkeypatch.setattr(Connection, "send", _flaky)
    with Client(portal.url, portal.token("flaky@example.org")) as client:
        one = client.submit([file], model="Flaky")

    stored = requests.get(f"{portal.url}/s/{one['id']}/files/{upload_sha256(file)}/", timeout=60)
    assert stored.content == file.read_bytes()
