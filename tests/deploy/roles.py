"""Processes that share no folder: only database, broker and bucket, as on machines of their own."""

import os
import secrets
import signal
import subprocess
import sys
from pathlib import Path

import requests

from benchmark_site.env import new_sealing_key
from tests.portal import ROOT, Portal
from tests.s3_server import S3Server


class Roles(Portal):
    """A portal whose roles were started one by one, as an operator or a cluster does."""

    def __init__(self, folder: Path, *, redis_url: str, server: S3Server) -> None:
        (folder / "operator").mkdir(parents=True)
        super().__init__(folder / "operator")
        self.folder = folder
        self.running: list[subprocess.Popen[bytes]] = []
        self.env |= server.environment | {
            "REDIS_URL": redis_url,
            "SECRET_KEY": secrets.token_urlsafe(64),
            "SEALING_KEYS": new_sealing_key(),
            "SWEEP_SECONDS": "1",
            "LEASE_SECONDS": "10",
        }
        if "DATABASE_URL" not in os.environ:
            self.env["DATABASE_URL"] = f"sqlite:///{self.sqlite}"

    def run(self, role: str, name: str, **settings: str) -> subprocess.Popen[bytes]:
        """Start a role by its line of the Procfile, with a state folder of its own."""
        state = self.folder / name
        state.mkdir()
        [line] = [
            line for line in (ROOT / "Procfile").read_text().splitlines() if line.startswith(role)
        ]
        own = {"STATE_DIR": str(state), "BEAT_SCHEDULE": str(state / "beat")}
        with (state / "log").open("wb") as log:
            process = subprocess.Popen(
                [sys.executable, *line.split(": ", 1)[1].split()[1:]],
                cwd=ROOT,
                env={**self.env, **own, **settings},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self.running.append(process)
        return process

    def end(self) -> list[int]:
        """Stop every role as a cluster does; their exit statuses."""
        for process in self.running:
            process.send_signal(signal.SIGTERM)
        return [process.wait(60) for process in self.running]


def is_up(url: str) -> bool:
    """Whether the web answers."""
    try:
        return requests.get(f"{url}/healthz", timeout=15).status_code == 200
    except requests.RequestException:
        return False


def log_of(state: Path) -> str:
    """What a role has said, for who looks at a failure."""
    return f"see {state / 'log'}"
