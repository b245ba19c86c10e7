"""The pages of endpoints and hosted runs: for their owner, and for nobody else."""

import json
import logging
import shlex
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from submissions.limits import TRY_LASTS
from submissions.models import Endpoint, HostedRun, Release
from submissions.run_progress import repeat_command
from submissions.runs import pause_run
from submissions.sealing import unseal
from tests import asking as make_asking
from tests import make
from tests.model_server import KEY, ModelServer, running_server
from tests.pages.make_pages import client_of
from tests.redis_server import Redis
from workers import hosted
from workers.tasks import evaluate

pytestmark = pytest.mark.django_db
URL = "http://127.0.0.1:9/v1"
SAID: dict[str, Any] = {
    "name": "Mine",
    "base_url": URL,
    "model_name": "tiny",
    "key": KEY,
    "style": "openai",
    "mode": "chat",
    "context_tokens": "32K",
    "tokenizer": "estimate-1",
    "concurrency": "4",
    "price_in": "1.5",
    "price_out": "2",
}


@pytest.fixture(autouse=True)
def _ours_may_be_asked(settings: Settings) -> None:
    settings.OUTBOUND_HTTP_ALLOWED, settings.OUTBOUND_NETWORKS = True, ["127.0.0.0/8"]


@pytest.fixture
def owner() -> Client:
    return client_of(make.user())


@pytest.fixture
def stranger() -> Client:
    return client_of(make.user("stranger@example.org"))


def post(client: Client, address: str, **fields: Any) -> Any:
    return client.post(address, {name: value for name, value in fields.items() if value})


def registered(owner: Client, **changed: Any) -> Endpoint:
    answer = post(owner, "/endpoints/new/", **(SAID | changed))
    assert answer.status_code == 302, answer.content.decode()
    return Endpoint.objects.latest("pk")


def started(owner: Client, endpoint: Endpoint, **changed: Any) -> HostedRun:
    fields: dict[str, Any] = {
        "release": (Release.objects.first() or make_asking.release()).name,
        "prompt_set": "portal-chat-1",
        "policy": "middle",
        "name": "Tiny",
        "visibility": "public",
        "action": "start",
    }
    answer = post(owner, f"/endpoints/{endpoint.public_id}/run/", **(fields | changed))
    assert answer.status_code == 302, answer.content.decode()
    return HostedRun.objects.latest("pk")


def test_a_registered_endpoint_keeps_its_key_sealed_and_shows_it_nowhere(owner: Client) -> None:
    endpoint = registered(owner)

    assert unseal(endpoint.sealed_key).reveal() == KEY
    assert KEY not in endpoint.sealed_key
    for address in ("", "change/", "run/"):
        page = owner.get(f"/endpoints/{endpoint.public_id}/{address}").content.decode()
        assert KEY not in page
        assert endpoint.sealed_key not in page


@pytest.mark.parametrize(
    "url",
    [
        "ftp://models.example.org",
        "http://10.0.0.1/v1",
        "http://169.254.169.254/v1",
        "http://2130706433/v1",
        "http://user:pass@127.0.0.1/v1",
        "http://[::ffff:10.0.0.1]/v1",
        "http://127.0.0.1/v1?api=1",
    ],
)
def test_a_hostile_address_is_refused_at_its_field(owner: Client, url: str) -> None:
    answer = post(owner, "/endpoints/new/", **(SAID | {"base_url": url}))

    assert answer.status_code == 422
    assert "base_url" in answer.context["form"].errors
    assert not Endpoint.objects.exists()
    assert KEY not in answer.content.decode()


@pytest.mark.parametrize("name", ["x estimate-1", "estimate-1 x", f"../../x/y@{'0' * 40}"])
def test_a_tokenizer_is_named_and_nothing_else(owner: Client, name: str) -> None:
    answer = post(owner, "/endpoints/new/", **(SAID | {"tokenizer": name}))

    assert "tokenizer" in answer.context["form"].errors


def test_prices_are_shown_as_they_were_written(owner: Client) -> None:
    endpoint = registered(owner, price_in="2.5", price_out="10")

    shown = owner.get(f"/endpoints/{endpoint.public_id}/change/").content.decode()

    assert 'name="price_in" value="2.5"' in shown
    assert 'name="price_out" value="10"' in shown


def test_one_endpoint_is_tried_once_at_a_time(owner: Client) -> None:
    endpoint = registered(owner)
    first = Endpoint.objects.get().tried_at

    owner.post(f"/endpoints/{endpoint.public_id}/try/")
    assert Endpoint.objects.get().tried_at == first

    Endpoint.objects.update(tried_at=timezone.now() - TRY_LASTS)
    owner.post(f"/endpoints/{endpoint.public_id}/try/")
    again = Endpoint.objects.get().tried_at
    assert first is not None
    assert again is not None
    assert again > first


def test_a_key_goes_nowhere_but_where_its_owner_sent_it(owner: Client) -> None:
    endpoint = registered(owner)
    address = f"/endpoints/{endpoint.public_id}/change/"
    elsewhere = SAID | {"base_url": "http://127.0.0.1:10/v1", "key": ""}

    refused = post(owner, address, **elsewhere)
    kept = post(owner, address, **(SAID | {"key": "", "name": "Renamed"}))

    assert "key" in refused.context["form"].errors
    assert kept.status_code == 302
    endpoint.refresh_from_db()
    assert (endpoint.name, endpoint.base_url) == ("Renamed", URL)
    assert unseal(endpoint.sealed_key).reveal() == KEY


def test_an_endpoint_and_its_runs_are_their_owners_alone(owner: Client, stranger: Client) -> None:
    endpoint = registered(owner)
    run = started(owner, endpoint)
    at = f"/endpoints/{endpoint.public_id}/"

    for address in (at, f"{at}change/", f"{at}run/", f"/runs/{run.public_id}/"):
        assert owner.get(address).status_code == 200
        assert stranger.get(address).status_code == 404
        assert Client().get(address).status_code == 302
    for address in (f"{at}try/", f"{at}retire/", f"/runs/{run.public_id}/cancel/"):
        assert stranger.post(address).status_code == 404
        assert Client().post(address).status_code == 302
    run.refresh_from_db()
    assert run.status == "queued"
    assert endpoint.public_id not in stranger.get("/endpoints/").content.decode()
    assert Client().get("/endpoints/").status_code == 302


def test_staff_see_a_run_and_change_nothing(owner: Client) -> None:
    run = started(owner, registered(owner))
    staff = client_of(make.user("staff@example.org", is_staff=True))

    assert staff.get(f"/runs/{run.public_id}/").status_code == 200
    assert staff.post(f"/runs/{run.public_id}/cancel/").status_code == 404


def test_an_estimate_says_what_a_run_takes_and_starts_nothing(owner: Client) -> None:
    endpoint = registered(owner)
    make_asking.release()
    fields = {"release": "asked", "prompt_set": "portal-chat-1", "policy": "middle"}

    answer = post(
        owner,
        f"/endpoints/{endpoint.public_id}/run/",
        **fields,
        name="Tiny",
        visibility="public",
        action="estimate",
    )

    estimate = answer.context["estimate"]
    assert (answer.status_code, estimate.n) == (200, 36)
    assert 10_000 < estimate.tokens_in < 100_000
    assert estimate.cost > 0
    assert not HostedRun.objects.exists()


def test_a_run_is_paused_resumed_and_cancelled_by_its_buttons(owner: Client) -> None:
    run = started(owner, registered(owner))
    states = []

    for action in ("pause", "resume", "cancel", "resume"):
        assert owner.post(f"/runs/{run.public_id}/{action}/").status_code == 302
        run.refresh_from_db()
        states.append(run.status)

    assert states == ["paused", "queued", "cancelled", "cancelled"]


def test_a_release_without_contexts_cannot_be_asked_about(owner: Client) -> None:
    endpoint = registered(owner)
    labels = make.release()
    choice = {"release": labels.name, "prompt_set": "portal-chat-1", "policy": "middle"}

    answer = post(
        owner,
        f"/endpoints/{endpoint.public_id}/run/",
        **choice,
        name="Tiny",
        visibility="public",
        action="start",
    )

    assert answer.status_code == 422
    assert "release" in answer.context["form"].errors


def test_a_finished_runs_submission_says_how_to_do_it_again(
    owner: Client, settings: Settings, redis: Redis
) -> None:
    settings.REDIS_URL, settings.REDIS_PREFIX = redis.url, redis.prefix
    with running_server(ModelServer()) as server:
        run = started(owner, registered(owner, base_url=server.url))
        hosted.work_on_run(run.pk, worker="w", is_stopping=lambda: False)
    run.refresh_from_db()
    assert run.submission is not None
    evaluate(evaluation_id=run.submission.evaluations.get().pk)
    at = f"/s/{run.submission.public_id}/"

    page = Client().get(at).content.decode()
    hashes = [
        json.loads(line)
        for line in b"".join(Client().get(f"{at}prompts/").streaming_content).splitlines()  # type: ignore[attr-defined]
    ]
    texts = [
        json.loads(line)
        for line in b"".join(Client().get(f"{at}prompts/?texts=1").streaming_content).splitlines()  # type: ignore[attr-defined]
    ]

    assert run.sha256[:16] in page
    assert "manage.py repeat_run" in page
    assert f"--prompt-set {run.prompt_set}" in page.replace("&#x27;", "'")
    assert server.url not in page
    assert run.public_id not in page
    assert len(hashes) == len(texts) == 36
    by_place = {(one["task"], one["position"]): one["prompt_sha256"] for one in texts}
    assert all(by_place[one["task"], one["position"]] == one["prompt_sha256"] for one in hashes)
    assert owner.get(f"/runs/{run.public_id}/").status_code == 200


def test_the_command_on_a_submissions_page_repeats_the_run(
    owner: Client, settings: Settings, redis: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.REDIS_URL, settings.REDIS_PREFIX = redis.url, redis.prefix
    make_asking.release()
    monkeypatch.setenv("IBENCH_ENDPOINT_KEY", KEY)
    with running_server(ModelServer()) as server:
        first = started(owner, registered(owner, base_url=server.url), tasks=["passkey"])
        hosted.work_on_run(first.pk, worker="w", is_stopping=lambda: False)
        first.refresh_from_db()
        shown = repeat_command(first).replace("\\\n", " ")
        shown = shown.replace("https://…", server.url).replace("YOU@…", "builder@example.org")
        with pytest.raises(CommandError, match="queued"):
            call_command(*shlex.split(shown)[2:], "--wait-seconds", "0")
        again = HostedRun.objects.latest("pk")
        hosted.work_on_run(again.pk, worker="w", is_stopping=lambda: False)
    again.refresh_from_db()

    assert again.sha256 == first.sha256
    # The same answers are the same submission, not another one.
    assert first.submission is not None
    assert again.submission == first.submission


def test_prompts_of_a_release_that_is_not_public_are_hashes_only(
    owner: Client, settings: Settings, redis: Redis
) -> None:
    settings.REDIS_URL, settings.REDIS_PREFIX = redis.url, redis.prefix
    make_asking.release()
    Release.objects.update(are_answers_public=False)
    with running_server(ModelServer()) as server:
        run = started(owner, registered(owner, base_url=server.url), tasks=["passkey"])
        hosted.work_on_run(run.pk, worker="w", is_stopping=lambda: False)
    run.refresh_from_db()
    assert run.submission is not None
    at = f"/s/{run.submission.public_id}/prompts/"

    assert Client().get(at).status_code == 200
    assert Client().get(f"{at}?texts=1").status_code == 404


def test_what_a_model_says_is_shown_as_text(owner: Client) -> None:
    endpoint = registered(owner)
    shown = {"asked": "x", "answer": "<script>alert(1)</script>", "seconds": 1}
    Endpoint.objects.update(
        tried_at=timezone.now(),
        try_ended_at=timezone.now(),
        try_result={"answers": [shown], "server": {"model": {"id": "<img src=x>"}}},
    )
    run = started(owner, endpoint)
    pause_run(run, reason="The server answered 500: <b>bold</b>")

    tried = owner.get(f"/endpoints/{endpoint.public_id}/").content.decode()
    paused = owner.get(f"/runs/{run.public_id}/").content.decode()

    assert "<script>alert" not in tried
    assert "<img src=x>" not in tried
    assert "<b>bold" not in paused


def test_an_error_page_tells_no_key(
    owner: Client, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_args: Any, **_kwargs: Any) -> None:
        raise RuntimeError("broken on purpose")

    monkeypatch.setattr("submissions.views.endpoints.register_endpoint", broken)
    owner.raise_request_exception = False

    with caplog.at_level(logging.DEBUG):
        answer = post(owner, "/endpoints/new/", **SAID)

    assert answer.status_code == 500
    assert KEY not in answer.content.decode()
    assert KEY not in caplog.text
    assert all(KEY not in str(record.__dict__) for record in caplog.records if not record.exc_info)
