"""Two workers that run models know a broker, a database and a bucket, and share one run.

The model comes from a server that speaks as the Hub does, the contexts out of the bucket: nothing
that the site keeps in a folder is within their reach.
"""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests import hub, make, needs

needs.models()

from tests.deploy.roles import Roles  # noqa: E402  Only where there are models.
from tests.models.make_models import random_model  # noqa: E402
from tests.portal import ROOT, wait_until  # noqa: E402
from tests.redis_server import running_redis  # noqa: E402
from tests.s3_server import running_s3  # noqa: E402

BOOKS, QUESTIONS = 12, 8
SECONDS = 240
# All that a worker is told: where broker, database and bucket are, and here where the Hub is.
TOLD = ("PATH", "HOME", "DATABASE_URL", "REDIS_URL", "REDIS_PREFIX", "HUB_URL")
START = """
from django.utils import timezone
from accounts.models import User
from submissions.entries import ModelFacts, enter_model
from submissions.hub_models import HubModelFacts, register_hub_model
from submissions.models import Release
from submissions.prompt_sets import find_prompt_set
from submissions.run_plans import RunPlan, start_run
now = timezone.now()
owner = User.objects.create_user('runner@example.org')
asked = register_hub_model(owner, HubModelFacts(repository='org/name'), now=now)
release = Release.objects.get(name='books')
entry = enter_model(owner, ModelFacts(name='Tiny'), now=now)
prompts = find_prompt_set(release.suite, 'portal-chat-1')
plan = RunPlan(model=entry, release=release, prompt_set=prompts, policy='middle',
    visibility='public', hub_model=asked)
start_run(owner, plan, now=now)
"""


def books() -> bytes:
    """Questions on a few books of about 2,600 characters."""
    return make.jsonl(
        [
            {
                "id": book * QUESTIONS + question,
                "context": f"Book {book}. " + f"The hero of book {book} slept. " * 100,
                "input": f"What about {question}?",
                "answer": ["nothing"],
                "options": [],
            }
            for book in range(BOOKS)
            for question in range(QUESTIONS)
        ]
    )


@pytest.fixture
def roles(tmp_path: Path) -> Iterator[Roles]:
    """A site with a release of books in its bucket, and a Hub with one model."""
    folder = random_model(tmp_path / "model", inner=2048, layers=4)
    files = {one.name: one.read_bytes() for one in folder.iterdir()}
    with ExitStack() as stack:
        redis = stack.enter_context(running_redis(tmp_path))
        server = stack.enter_context(running_s3(tmp_path / "s3"))
        url = stack.enter_context(hub.running_hub(files))
        made = Roles(tmp_path / "roles", redis_url=redis.url, server=server)
        stack.callback(made.close)
        stack.callback(made.end)
        made.env["HUB_URL"] = url
        made.manage("prepare", "--skip-static")
        imported = tmp_path / "books"
        imported.mkdir()
        (imported / "longbook_qa_eng.jsonl").write_bytes(books())
        made.manage("import_release", str(imported), "--name", "books")
        shutil.rmtree(imported)
        yield made


def start_worker(roles: Roles, name: str) -> Path:
    """A worker as the README starts it, with a state folder of its own, where its log is."""
    state = roles.folder / name
    state.mkdir()
    told = {key: roles.env[key] for key in TOLD if key in roles.env}
    told |= {key: value for key, value in roles.env.items() if key.startswith("S3_")}
    command = (sys.executable, "-m", "celery", "-A", "benchmark_site", "worker", "-Q", "gpu")
    with (state / "log").open("wb") as log:
        process = subprocess.Popen(
            [*command, "-n", f"{name}@%h", "--loglevel=INFO"],
            cwd=ROOT,
            env={**told, "STATE_DIR": str(state), "CPU_THREADS": "1"},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    roles.running.append(process)
    return state


@pytest.mark.slow
def test_two_workers_with_broker_database_and_bucket_alone_share_a_run(roles: Roles) -> None:
    states = [start_worker(roles, name) for name in ("gpu-1", "gpu-2")]
    wait_until(
        lambda: roles.query("SELECT count(*) FROM submissions_workerseen") == [(2,)],
        seconds=90,
        what="two workers",
    )
    roles.manage("shell", "-v", "0", "-c", START)
    [(status, reason)] = wait_until(
        lambda: roles.query(
            "SELECT status, reason FROM submissions_hostedrun "
            "WHERE status NOT IN ('queued', 'running')"
        ),
        seconds=SECONDS,
        what="the end of the run",
    )

    logs = "\n".join((state / "log").read_text()[-3000:] for state in states)
    assert (status, reason) == ("finished", ""), logs
    # Every question once, and each book with one of the two.
    answers = "SELECT state, count(*), sum(reused_tokens) FROM submissions_answer GROUP BY state"
    [(state, count, reused)] = roles.query(answers)
    assert (state, count) == ("ok", BOOKS * QUESTIONS)
    assert reused > BOOKS * (QUESTIONS - 1) * 2000
    workers = roles.query("SELECT worker, count(*) FROM submissions_runshard GROUP BY worker")
    assert len(workers) == 2, workers
    assert sum(shards for _, shards in workers) == BOOKS
    for state_dir in states:
        assert len(list(state_dir.glob("weights/*/model.safetensors"))) == 1
        assert len(list(state_dir.glob("sources/*"))) == 1
        assert not list(state_dir.glob("files/*"))
    assert roles.query("SELECT count(*) FROM submissions_submission") == [(1,)]
