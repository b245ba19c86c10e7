"""What a model says is stored, whatever it is."""

from pathlib import Path

import pytest
from django.utils import timezone
from pytest_django import Settings

from submissions import runs, shards
from submissions.hub_models import HubModelFacts, register_hub_model
from tests import asking as make_asking
from tests import make
from tests.hub import write_model

pytestmark = pytest.mark.django_db
NOW = timezone.now()


def test_an_answer_with_a_character_that_no_database_keeps_is_stored(
    settings: Settings, tmp_path: Path
) -> None:
    settings.MODELS_DIR = tmp_path
    write_model(tmp_path)
    model = register_hub_model(make.user(), HubModelFacts(repository="local/tiny"), now=NOW)
    make_asking.release()
    run = make_asking.run(model, tasks=["passkey"])
    plan = [runs.NewShard(task="passkey", groups=[[0]], tokens_in_bound=1, tokens_out_bound=1)]
    runs.store_plan(run, plan, now=NOW)
    (shard,) = shards.claim_shards(run, count=1, worker="a:1:1", now=NOW).shards

    said = {"text": "7\x001", "finish_reason": "stop", "fingerprint": "\0"}
    assert shards.put_answer(shard, position=0, state="ok", now=NOW, **said)

    answer = run.answers.get()
    assert (answer.text, answer.fingerprint) == ("7\ufffd1", "\ufffd")
