"""What failed on one worker of a model of ours is asked on another, if another one lives."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from pytest_django import Settings

from submissions import runs, shards
from submissions.hub_models import HubModelFacts, register_hub_model
from submissions.limits import RUN_ROUNDS
from submissions.models import HostedRun, RunShard
from submissions.presence import GONE_AFTER, forget_worker, see_worker
from tests import asking as make_asking
from tests import make
from tests.hub import write_model

pytestmark = pytest.mark.django_db
NOW = timezone.now()
# As a worker's threads are called: the machine, the process, the thread.
FIRST, SECOND = "a:1:1", "b:2:1"


@pytest.fixture
def run(settings: Settings, tmp_path: Path) -> HostedRun:
    """A run of two shards that two living workers have asked, each one failing."""
    settings.MODELS_DIR = tmp_path
    write_model(tmp_path)
    model = register_hub_model(make.user(), HubModelFacts(repository="local/tiny"), now=NOW)
    make_asking.release()
    made = make_asking.run(model, tasks=["passkey"])
    plan = [
        runs.NewShard(task="passkey", groups=[[at]], tokens_in_bound=1, tokens_out_bound=1)
        for at in range(2)
    ]
    runs.store_plan(made, plan, now=NOW)
    for worker in (FIRST, SECOND):
        see_worker(worker.rpartition(":")[0], processes=1, now=NOW)
        runs.add_machine(made, worker, {})
        (shard,) = claim(made, worker, count=1)
        position = shard.groups[0][0]
        shards.put_answer(shard, position=position, state="error", reason="it died", now=NOW)
        shards.end_shard(shard)
    assert runs.next_round(made, rounds=RUN_ROUNDS)
    made.refresh_from_db()
    return made


def claim(run: HostedRun, worker: str, *, count: int = 9, now: datetime = NOW) -> list[RunShard]:
    return shards.claim_shards(run, count=count, worker=worker, now=now).shards


def test_each_worker_takes_what_failed_with_the_other(run: HostedRun) -> None:
    assert [one.number for one in claim(run, FIRST)] == [1]
    assert [one.number for one in claim(run, SECOND)] == [0]


def test_a_worker_waits_for_the_one_that_is_to_try(run: HostedRun) -> None:
    claim(run, FIRST)

    assert shards.is_for_others(run, worker=FIRST, now=NOW)
    assert not shards.is_for_others(run, worker=SECOND, now=NOW)


def test_another_thread_of_the_same_worker_is_another_card(run: HostedRun) -> None:
    assert [one.number for one in claim(run, "a:1:2")] == [0, 1]


@pytest.mark.parametrize("is_forgotten", [True, False])
def test_a_worker_alone_tries_again_itself(run: HostedRun, is_forgotten: bool) -> None:
    later = NOW + GONE_AFTER + timedelta(seconds=1)
    see_worker("a:1", processes=1, now=later)
    if is_forgotten:
        forget_worker("b:2")

    assert [one.number for one in claim(run, FIRST, now=later)] == [0, 1]
    assert not shards.is_for_others(run, worker=FIRST, now=later)
