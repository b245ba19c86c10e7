"""A Hub that is away is asked again by itself, for a while; its no pauses a run at once."""

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.utils import timezone
from huggingface_hub import constants
from pytest_django import Settings

from submissions import runs
from submissions.hub_models import HubModelFacts, register_hub_model
from submissions.limits import HUB_PATIENCE
from submissions.models import HostedRun
from tests import asking as make_asking
from tests import hub, make
from tests.model_server import ModelServer
from tests.pages.make_pages import client_of
from tests.portal import free_port, wait_until
from workers import hosted, machine
from workers.tokenizers import find_tokenizer

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("asking")]
NOW = make.NOW
TOKENIZER = f"org/name@{hub.COMMIT}"
NO_HUB = (0, "")


@pytest.fixture(autouse=True)
def _hub(monkeypatch: pytest.MonkeyPatch, settings: Settings, tmp_path: Path) -> None:
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
    monkeypatch.setattr(constants, "HF_HUB_DISABLE_XET", True)
    settings.TOKENIZERS_DIR, settings.WEIGHTS_DIR = tmp_path / "tokenizers", tmp_path / "weights"
    settings.STATIC_ROOT = tmp_path
    static = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = settings.STORAGES | {"staticfiles": static}


@pytest.fixture
def run(server: ModelServer) -> HostedRun:
    """A run that needs a tokenizer of the Hub."""
    return make_asking.run(make_asking.endpoint(server.url, tokenizer=TOKENIZER))


def worked(run: HostedRun) -> HostedRun:
    """What a worker makes of a message."""
    hosted.work_on_run(run.pk, worker="w", is_stopping=lambda: False)
    return HostedRun.objects.get(pk=run.pk)


def test_a_run_goes_on_by_itself_when_the_hub_is_back(run: HostedRun, settings: Settings) -> None:
    port = free_port()
    settings.HUB_URL = f"http://127.0.0.1:{port}"

    waits = worked(run)

    assert waits.status == "running"
    assert "cannot be reached" in waits.reason
    again = waits.retry_at
    assert again is not None
    with hub.running_hub(hub.FILES, port=port):
        wait_until(lambda: timezone.now() > again, seconds=10, what="the next try")
        ended = worked(run)
    assert (ended.status, ended.reason, ended.retry_at, ended.away_since) == (
        *("finished", ""),
        *(None, None),
    )


@pytest.mark.parametrize("fault", [hub.DOWN, hub.TOO_OFTEN])
def test_trouble_of_the_hub_is_waited_for_as_long_as_it_asks(
    run: HostedRun, settings: Settings, fault: tuple[int, str]
) -> None:
    with hub.running_hub(hub.FILES, fault=fault, retry_after=40) as settings.HUB_URL:
        before = timezone.now()
        waits = worked(run)

    assert waits.status == "running"
    assert waits.retry_at is not None
    assert waits.retry_at - before >= timedelta(seconds=40)


@pytest.mark.parametrize("fault", [hub.GATED, hub.NO_REPOSITORY])
def test_a_no_of_the_hub_pauses_at_once(
    run: HostedRun, settings: Settings, fault: tuple[int, str]
) -> None:
    with hub.running_hub(hub.FILES, fault=fault) as settings.HUB_URL:
        paused = worked(run)

    assert (paused.status, paused.retry_at) == ("paused", None)
    assert TOKENIZER in paused.reason


@pytest.fixture
def small_machine(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A worker that runs models on its processor, as its probe would say."""
    device = {"name": "cpu", "memory_bytes": 1 << 34, "free_bytes": 1 << 34}
    here = machine.Machine({"kind": "cpu", "devices": [device]})
    monkeypatch.setattr(machine, "_here", [here])
    yield
    here.close()


@pytest.mark.usefixtures("small_machine")
def test_weights_that_cannot_be_fetched_just_now_are_waited_for(settings: Settings) -> None:
    with ExitStack() as stack:
        settings.HUB_URL = stack.enter_context(hub.running_hub(hub.FILES))
        port = urlsplit(settings.HUB_URL).port
        facts = HubModelFacts(repository="org/name")
        model = register_hub_model(make.user("own@example.org"), facts, now=timezone.now())
        find_tokenizer(model.tokenizer)
    run = make_asking.run(model)
    assert port

    with hub.running_hub(hub.FILES, port=port, fault=hub.TOO_OFTEN, retry_after=1):
        waits = worked(run)

    assert waits.status == "running", waits.reason
    assert "org/name cannot be fetched: the Hub says that it is asked too often" in waits.reason
    assert waits.retry_at is not None
    assert not waits.answers.exists()
    assert not waits.shards.exclude(lease_expires_at=None).exists()


@pytest.fixture
def waiting(run: HostedRun) -> HostedRun:
    """One that waits since NOW."""
    HostedRun.objects.update(created_at=NOW - timedelta(hours=1))
    assert runs.wait_for_hub(run, reason="the Hub is away", wait_seconds=0.0, now=NOW)
    return HostedRun.objects.get(pk=run.pk)


def test_a_run_that_waits_is_announced_when_its_time_has_come(waiting: HostedRun) -> None:
    assert waiting.retry_at is not None
    before, after = (waiting.retry_at + timedelta(seconds=one) for one in (-0.1, 0.1))

    assert not runs.is_due(waiting, now=before)
    assert runs.sweep_runs(now=before) == 0
    assert runs.is_due(waiting, now=after)
    assert runs.sweep_runs(now=after) == 1


def test_after_a_while_it_pauses_and_says_why(waiting: HostedRun) -> None:
    tries, now = 0, NOW
    while waiting.retry_at is not None:
        now = waiting.retry_at
        runs.wait_for_hub(waiting, reason="the Hub is still away", wait_seconds=0.0, now=now)
        waiting.refresh_from_db()
        tries += 1

    assert (waiting.status, waiting.reason) == ("paused", "the Hub is still away")
    assert timedelta(minutes=45) < now - NOW <= HUB_PATIENCE
    assert 5 < tries < 40
    assert runs.resume_run(waiting)
    assert runs.is_due(waiting, now=now)


def test_a_run_that_waits_takes_no_turn_from_another(waiting: HostedRun, run: HostedRun) -> None:
    assert waiting.endpoint is not None
    assert waiting.retry_at is not None
    other = make_asking.run(waiting.endpoint)

    assert not runs.others_wait(other, now=NOW)
    assert runs.others_wait(other, now=waiting.retry_at)


def test_its_owner_may_pause_it_meanwhile(waiting: HostedRun) -> None:
    assert runs.pause_run(waiting, reason="by its owner")

    waiting.refresh_from_db()
    assert (waiting.status, waiting.retry_at) == ("paused", None)
    assert not runs.wait_for_hub(waiting, reason="away", wait_seconds=0.0, now=NOW)


def test_the_page_and_the_api_say_what_it_waits_for(waiting: HostedRun) -> None:
    browser = client_of(waiting.owner)

    page = browser.get(waiting.get_absolute_url()).content.decode()
    told = browser.get(f"/api/v1/runs/{waiting.public_id}/").json()

    assert "Waiting for the Hugging Face Hub:" in page
    assert "the Hub is away" in page
    assert told["retry_at"]
    assert told["reason"] == "the Hub is away"
