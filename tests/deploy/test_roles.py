"""The roles of the Procfile as processes that share no folder: only database, broker and bucket.

Each has a state folder of its own, as on a machine of its own, with one web process, two workers
and a clock.  What a role needs of another's files must come out of the bucket, so a walk that ends
with a score shows that it does.
"""

import subprocess
import sys
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
import requests

from tests import make
from tests.deploy.roles import Roles, is_up, log_of
from tests.portal import ROOT, free_port, wait_until
from tests.redis_server import running_redis
from tests.s3_server import running_s3


@contextmanager
def running_roles(folder: Path) -> Iterator[Roles]:
    """Broker, bucket, two workers, clock and web, from their start to their end."""
    with ExitStack() as stack:
        redis = stack.enter_context(running_redis(folder))
        server = stack.enter_context(running_s3(folder / "s3"))
        roles = Roles(folder / "roles", redis_url=redis.url, server=server)
        stack.callback(roles.close)
        stack.callback(roles.end)
        roles.manage("prepare", "--skip-static")
        for name in ("worker-1", "worker-2"):
            roles.run("worker", name, WORKER_PROCESSES="1")
        roles.run("beat", "beat")
        static = folder / "roles" / "operator" / "static"
        roles.manage("prepare", "--only-static")
        roles.run("web", "web", STATIC_ROOT=str(static))
        wait_until(lambda: is_up(roles.url), seconds=90, what=log_of(folder / "roles" / "web"))
        yield roles


@pytest.fixture(scope="module")
def roles(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Roles]:
    """One set of roles for these tests."""
    with running_roles(tmp_path_factory.mktemp("roles")) as running:
        yield running


@pytest.mark.slow
def test_the_walk_ends_on_the_board_with_nothing_shared_but_the_bucket(roles: Roles) -> None:
    make.write_labels(roles.folder / "labels")
    roles.manage("import_release", str(roles.folder / "labels"), "--name", "small", "--labels-only")
    token = roles.token()
    ids = []
    for number in range(6):
        data = make.zipped(make.files(right=number % 3))
        answer = roles.upload(token, "all.zip", data, model=f"Walker {number}", visibility="public")
        assert answer.status_code == 201, answer.text
        ids.append(answer.json()["id"])
    assert {roles.wait_scored(token, one)["status"] for one in ids} == {"done"}

    board = requests.get(f"{roles.url}/leaderboard/", timeout=60)
    assert all(f"Walker {number}" in board.text for number in range(6))
    seen = {row[0] for row in roles.query("SELECT DISTINCT worker FROM submissions_evaluation")}
    assert len(seen) == 2
    assert roles.manage("verify").strip().endswith("everything holds")
    assert not list(roles.folder.glob("*/files/*"))


@pytest.mark.slow
def test_contexts_of_another_machine_come_out_of_the_bucket(roles: Roles) -> None:
    page = requests.get(f"{roles.url}/releases/offline-mini/files/passkey.jsonl", timeout=60)

    assert page.status_code == 200
    made = roles.folder / "operator" / "releases" / "offline-mini" / "passkey.jsonl"
    assert page.content == made.read_bytes()


@pytest.mark.slow
def test_each_role_says_that_it_is_well_and_the_dead_one_does_not(roles: Roles) -> None:
    def is_well(role: str, **settings: str) -> bool:
        return not subprocess.run(
            [sys.executable, "-m", "benchmark_site.roles", role, "--check"],
            cwd=ROOT,
            env={**roles.env, **settings},
            capture_output=True,
            timeout=120,
            check=False,
        ).returncode

    assert is_well("web")
    wait_until(lambda: is_well("worker"), seconds=60, what="a worker that answers")
    assert is_well("beat", BEAT_SCHEDULE=str(roles.folder / "beat" / "beat"))
    assert not is_well("runner")
    assert not is_well("web", PORT=str(free_port()))
    assert not is_well("beat", BEAT_SCHEDULE=f"/nowhere/{uuid.uuid4()}")
