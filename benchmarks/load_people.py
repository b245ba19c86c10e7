"""The people of load.py, as Locust lets them in: browsers and uploaders.  Only of this machine."""

import itertools
import json
import os
import random
import time
import urllib.parse
from pathlib import Path
from typing import Any, ClassVar

from locust import HttpUser, between, events, task

PLAN: dict[str, Any] = json.loads(os.environ["LOAD_PLAN"])
FILES = {Path(path).name: Path(path).read_bytes() for path in PLAN["files"]}
TOKENS = iter(PLAN["tokens"])
NUMBERS = itertools.count(1)
SEEN: dict[str, list[Any]] = {"requests": [], "errors": [], "uploads": []}
# A person looks at a page for this long, in seconds.
READING = between(3.0, 9.0)


class Browser(HttpUser):
    """Somebody who reads: mostly the board, sorted and filtered; sometimes what it leads to."""

    fixed_count = int(os.environ["LOAD_BROWSERS"])
    wait_time = READING
    boards: ClassVar = [
        "/leaderboard/",
        "/leaderboard/?sort=passkey",
        "/leaderboard/?scorer=portal-1",
        "/leaderboard/?columns=summary",
        "/leaderboard/?q=crowd",
    ]

    @task(6)
    def board(self) -> None:
        """A board, whole: what a first visit asks for."""
        self.client.get(random.choice(self.boards), name="board")

    @task(2)
    def model(self) -> None:
        """A model's page."""
        self.client.get(f"/models/{random.choice(PLAN['models'])}/", name="model")

    @task(1)
    def queue(self) -> None:
        """Who waits."""
        self.client.get("/queue/", name="queue")

    @task(1)
    def passkey(self) -> None:
        """A task's page."""
        self.client.get("/tasks/passkey/", name="task")


class Uploader(HttpUser):
    """Somebody who submits, waits for the score, looks at it, and submits again."""

    fixed_count = len(PLAN["tokens"])
    wait_time = between(0.75 * PLAN["pause"], 1.25 * PLAN["pause"])

    def on_start(self) -> None:
        """Each has a token of their own."""
        self.client.headers["Authorization"] = f"Token {next(TOKENS)}"

    @task
    def submit(self) -> None:
        """Twelve files of which one prediction is another each time, so that nothing is known."""
        number = next(NUMBERS)
        mark = f'"prediction": "{number} '.encode()
        files = [
            ("files", (name, data.replace(b'"prediction": "', mark, 1)))
            for name, data in FILES.items()
        ]
        sent_at = time.time()
        with self.client.post(
            "/api/v1/submissions/",
            files=files,
            data={"model": f"Load {number}", "visibility": "public"},
            name="upload",
            catch_response=True,
        ) as answer:
            if answer.status_code != 201:
                answer.failure(f"{answer.status_code}: {answer.text[:200]}")
                return
        public_id = answer.json()["id"]
        SEEN["uploads"].append({"id": public_id, "sent_at": sent_at})
        status = "queued"
        while status not in ("done", "failed"):
            time.sleep(1.0)
            read = self.client.get(f"/api/v1/submissions/{public_id}/", name="status")
            status = read.json()["status"] if read.ok else status


@events.request.add_listener
def _on_request(name: str, response_time: float, exception: object, **_more: object) -> None:
    SEEN["requests"].append([name, response_time])
    if exception is not None:
        SEEN["errors"].append(f"{name}: {exception}")


@events.test_start.add_listener
def _only_here(environment: Any, **_more: object) -> None:
    if urllib.parse.urlsplit(environment.host).hostname != "127.0.0.1":
        raise SystemExit("this load is for 127.0.0.1 only")


@events.quitting.add_listener
def _on_quitting(**_more: object) -> None:
    Path(PLAN["report"]).write_text(json.dumps(SEEN))
