"""What every test of the client starts from: folders and an environment of its own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.client.answering import Answering, answering


@pytest.fixture(autouse=True)
def _own_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test reads or writes this person's own tokens."""
    for name in ("XDG_CONFIG_HOME", "XDG_STATE_HOME", "HOME"):
        monkeypatch.setenv(name, str(tmp_path / name))
    for name in ("IBENCH_SITE", "IBENCH_TOKEN", "IBENCH_INSECURE"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def server() -> Iterator[Answering]:
    """A server that gives the answers it is told to."""
    with answering() as state:
        yield state
