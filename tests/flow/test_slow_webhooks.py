"""Receivers that never answer: what they are told waits, and nobody's scores do."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import make
from tests.portal import Portal, running_portal, wait_until

# Each call gives up after ten seconds, one after another in a worker.
RECEIVERS = 4


@pytest.fixture
def silent() -> Iterator[socket.socket]:
    """A port that takes connections and says nothing."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(20)
        yield listener


@pytest.fixture
def portal(tmp_path: Path) -> Iterator[Portal]:
    """A portal with one worker process, that may call this machine."""
    with running_portal(
        tmp_path / "state",
        OUTBOUND_NETWORKS="127.0.0.0/8",
        OUTBOUND_HTTP_ALLOWED="true",
        SWEEP_SECONDS="1",
    ) as portal:
        make.write_labels(tmp_path / "labels", n=5)
        portal.manage(
            "import_release", str(tmp_path / "labels"), "--name", "hooks", "--labels-only"
        )
        yield portal


@pytest.mark.slow
def test_receivers_that_do_not_answer_hold_no_score_back(
    portal: Portal, silent: socket.socket
) -> None:
    token = portal.token()
    url = f"http://127.0.0.1:{silent.getsockname()[1]}"
    code = (
        "from django.utils import timezone; from accounts.models import User;"
        "from notices.models.webhook import Kind; from notices.tell import add_delivery;"
        "from notices.webhooks import add_webhook;"
        "u = User.objects.get(email='script@example.org');"
        f"hooks = [add_webhook(u, f'{url}/{{n}}', [], now=timezone.now())"
        f" for n in range({RECEIVERS})];"
        "[add_delivery(h, Kind.TEST, {}, now=timezone.now()) for h in hooks]"
    )
    portal.manage("shell", "-v", "0", "-c", code)
    silent.settimeout(60)
    first, _ = silent.accept()

    answer = portal.upload(token, "all.zip", make.zipped(make.files(n=5)), model="Quick")
    end = portal.wait_scored(token, answer.json()["id"])

    told = portal.query("SELECT count(*) FROM notices_delivery WHERE error <> ''")[0][0]
    first.close()
    assert end["status"] == "done"
    assert told < RECEIVERS
    wait_until(
        lambda: portal.query("SELECT id FROM notices_delivery WHERE error <> ''"),
        seconds=60,
        what="a call that is given up",
    )
