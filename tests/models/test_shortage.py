"""A want of memory that is real: what is given up, in which order, what is said of it."""

import resource
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pytest_django import Settings

from tests import asking as make_asking
from tests import needs
from tests.pages.make_pages import client_of

needs.models()

from tests.models.asking import (  # noqa: E402
    completed,
    config_of,
    own_model,
    prompt_of,
    started,
    until,
)
from tests.models.make_models import random_model  # noqa: E402  Only where there are models.
from workers.hosted import work_on_run  # noqa: E402
from workers.machine import leave_machine, this_machine  # noqa: E402
from workers.own_models import config_of as config_of_model  # noqa: E402
from workers.runners.base import RunnerError, Trouble  # noqa: E402
from workers.runners.transformers_local.runner import LocalModel  # noqa: E402

MIB = 1 << 20
# Reading 8,000 tokens of this model takes about 800 MiB at once, 400 by halves, 200 by quarters.
INNER = 8192
LONG = "The pass key is 71432. Remember it. " * 220
KEPT = "nothing kept from the prompt before"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return random_model(tmp_path_factory.mktemp("wide"), context=16_384, inner=INNER)


@pytest.fixture
def runner(folder: Path) -> Iterator[LocalModel]:
    """A model that reads at most 8,192 tokens at once, loaded."""
    settings: dict[str, Any] = {"context_tokens": 16_384, "chunk_tokens": 8192, "at_once": 4}
    running = LocalModel(config_of(folder, **settings))
    until(lambda: running.is_ready)
    yield running
    running.close()


def leave(runner: LocalModel, spare_bytes: int) -> None:
    """Let the child have so much more memory than it holds now."""
    child = runner._child
    assert child is not None
    status = Path(f"/proc/{child.pid}/status").read_text()
    held = int(status.split("VmSize:")[1].split()[0]) * 1024
    _, hard = resource.prlimit(child.pid, resource.RLIMIT_AS)
    resource.prlimit(child.pid, resource.RLIMIT_AS, (held + spare_bytes, hard))


def test_the_ladder_is_gone_down_and_the_answer_is_the_same(runner: LocalModel) -> None:
    undisturbed = completed(runner, prompt_of(LONG))
    completed(runner, prompt_of("hello"))
    leave(runner, 300 * MIB)

    answer = completed(runner, prompt_of(LONG))

    assert undisturbed.details["steps"] == []
    assert answer.details["steps"] == [KEPT, "chunks of 4096 tokens", "chunks of 2048 tokens"]
    assert answer.text == undisturbed.text
    assert answer.tokens_in == undisturbed.tokens_in


def test_only_what_is_needed_is_given_up_and_nothing_is_said_of_what_was_not_kept(
    runner: LocalModel,
) -> None:
    leave(runner, 550 * MIB)

    first = completed(runner, prompt_of(LONG))

    assert first.details["steps"] == ["chunks of 4096 tokens"]


def test_at_the_end_of_the_ladder_an_example_fails_and_the_next_one_is_answered(
    runner: LocalModel,
) -> None:
    leave(runner, 40 * MIB)

    with pytest.raises(RunnerError) as failed:
        completed(runner, prompt_of(LONG))
    answer = completed(runner, prompt_of("hello"))

    assert failed.value.trouble is Trouble.EXAMPLE
    assert failed.value.reason == (
        "The worker's memory does not suffice, after: chunks of 4096 tokens; chunks of 2048 "
        "tokens; chunks of 1024 tokens."
    )
    assert answer.tokens_out == 12
    # The child that ran short is the child that went on.
    assert runner.describe()["replaced_processes"] == 0


def test_side_by_side_places_are_given_up_first(runner: LocalModel) -> None:
    texts = [f"{LONG}{one}" for one in range(2)]
    leave(runner, 550 * MIB)

    futures = [started(runner, prompt_of(one, max_new_tokens=24)) for one in texts]
    answers = [one.result(120) for one in futures]

    steps = answers[-1].details["steps"]
    assert steps == ["2 side by side", "1 side by side", "chunks of 4096 tokens"]


@pytest.mark.django_db
def test_what_was_given_up_is_recorded_and_shown(
    folder: Path, settings: Settings, tmp_path: Path
) -> None:
    static = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    asked = own_model(folder, settings, tmp_path, context_tokens=16_384)
    settings.STORAGES = settings.STORAGES | {"staticfiles": static}
    settings.STATIC_ROOT, settings.GPU_CHUNK_TOKENS = tmp_path, 8192
    run = make_asking.run(asked, tasks=["passkey"], release=make_asking.release())
    borrowed = this_machine().borrow(
        config_of_model(asked), needed_bytes=asked.needed_bytes, log=tmp_path / "log"
    )
    with borrowed as loaded:
        until(lambda: loaded.is_ready)
        leave(loaded, 300 * MIB)

    work_on_run(run.pk, worker="w", is_stopping=lambda: False)
    leave_machine()

    run.refresh_from_db()
    assert (run.status, run.reason) == ("finished", ""), (tmp_path / "log").read_text()[-2000:]
    step = "chunks of 2048 tokens"
    assert all(step in one.details["steps"] for one in run.answers.all())
    # Nothing was cut for it.
    assert all(one.kept_tokens == one.whole_tokens for one in run.answers.all())
    assert run.submission is not None
    client = client_of(asked.owner)
    for page in (run.get_absolute_url(), run.submission.get_absolute_url()):
        text = client.get(page).content.decode()
        assert "Given up for want of memory" in text
        assert step in text
