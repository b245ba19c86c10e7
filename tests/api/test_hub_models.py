"""Models that our workers run, for scripts: registered, run and retired, in the page's words."""

import html
import json
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from submissions.limits import HUB_MODELS_PER_OWNER
from submissions.models import HostedRun, HubModel, ModelEntry
from tests import asking, make
from tests.api.make_api import ROOT, ask, script_of
from tests.hub import COMMIT, CONFIG, FILES, running_hub, write_model
from tests.pages.make_pages import client_of

pytestmark = pytest.mark.django_db
TINY = {"repository": "local/tiny"}


@pytest.fixture(autouse=True)
def folder(settings: Settings, tmp_path: Path) -> Path:
    """One model of this site's own: local/tiny."""
    settings.MODELS_DIR = tmp_path / "models"
    return write_model(settings.MODELS_DIR)


def registered(client: Client, **changed: Any) -> dict[str, Any]:
    answer = ask(client, "POST", "/hub-models/", TINY | changed)
    assert answer.status_code == 201, answer.json()
    assert answer["Location"] == answer.json()["url"]
    return dict(answer.json())


def wish(asked: dict[str, Any], **changed: Any) -> dict[str, Any]:
    return {"hub_model": asked["id"], "release": "asked", "model": "Tiny"} | changed


def test_a_model_is_registered_listed_and_read() -> None:
    client = script_of(make.user())

    made = registered(client, context_tokens=600)

    assert (made["revision"], made["mode"], made["is_local"]) == ("main", "chat", True)
    assert (made["context_tokens"], made["weight_bytes"]) == (600, 2000)
    assert made["facts"]["architecture"] == "LlamaForCausalLM"
    assert made["facts"]["max_positions"] == 4096
    assert client.get(f"{ROOT}/hub-models/").json()["results"] == [made]
    assert client.get(made["url"]).json() == made
    assert client.get(f"{made['url']}?fields=id,commit").json().keys() == {"id", "commit"}
    assert client_of(make.user("x@example.org")).get(made["page"]).status_code == 404


def test_a_repository_of_the_hub_is_resolved_to_a_commit(settings: Settings) -> None:
    with running_hub(FILES, cardData={"license": "apache-2.0"}) as url:
        settings.HUB_URL = url
        made = registered(script_of(make.user()), repository="org/name")

    assert (made["commit"], made["is_local"]) == (COMMIT, False)
    assert made["facts"]["licence"] == "apache-2.0"


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"repository": "none"}, "repository"),
        ({"repository": "local/tiny", "revision": "v2"}, "revision"),
        ({"context_tokens": 8192}, "context_tokens"),
    ],
)
def test_what_is_refused_is_refused_in_the_words_of_the_page(
    changed: dict[str, Any], field: str
) -> None:
    owner = make.user()
    said = TINY | {"revision": "main", "mode": "chat"} | changed

    answer = ask(script_of(owner), "POST", "/hub-models/", said)
    page = client_of(owner).post("/hub-models/new/", said)

    (problem,) = answer.json()["problems"]
    assert (answer.status_code, answer.json()["code"]) == (422, "unfit")
    assert problem["field"] == field
    assert problem["message"] in html.unescape(page.content.decode())
    assert not HubModel.objects.exists()


def test_what_its_files_forbid_is_refused(folder: Path) -> None:
    client = script_of(make.user())
    (folder / "chat_template.jinja").unlink()
    mode = ask(client, "POST", "/hub-models/", TINY)
    (folder / "config.json").write_text(json.dumps(CONFIG | {"auto_map": {"AutoModel": "x.py"}}))
    code = ask(client, "POST", "/hub-models/", TINY)

    assert mode.json()["problems"][0]["field"] == "mode"
    assert "code of its own" in code.json()["problems"][0]["message"]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("repository", "x" * 194),
        ("revision", "../x y"),
        ("mode", "shout"),
        ("context_tokens", 0),
        ("context_tokens", 2**31),
        ("owner", 1),
        ("commit", COMMIT),
        ("is_local", True),
        ("needed_bytes", 1),
    ],
)
def test_a_field_that_is_none_or_not_so_is_refused(field: str, value: Any) -> None:
    answer = ask(script_of(make.user()), "POST", "/hub-models/", TINY | {field: value})

    assert (answer.status_code, answer.json()["problems"][0]["field"]) == (400, field)
    assert not HubModel.objects.exists()


def test_a_hub_that_is_away_is_asked_again_under_the_same_key(settings: Settings) -> None:
    client, key = script_of(make.user()), {"Idempotency-Key": "one"}
    said = {"repository": "org/name"}
    settings.HUB_URL = "http://127.0.0.1:9"

    away = ask(client, "POST", "/hub-models/", said, **key)
    with running_hub(FILES) as url:
        settings.HUB_URL = url
        made = ask(client, "POST", "/hub-models/", said, **key)
    again = ask(client, "POST", "/hub-models/", said, **key)

    assert (away.status_code, away.json()["code"]) == (503, "hub-away")
    assert away["Retry-After"] == "60"
    assert (made.status_code, again.json()) == (201, made.json())
    assert HubModel.objects.count() == 1


def test_one_person_has_so_many(folder: Path) -> None:
    client = script_of(make.user())
    registered(client)
    one = HubModel.objects.get()
    for number in range(HUB_MODELS_PER_OWNER - 1):
        one.pk, one.public_id = None, f"another-{number}"
        one.save()

    answer = ask(client, "POST", "/hub-models/", TINY)

    assert answer.json()["problems"][0]["message"] == "You have 50 models; retire one."


def test_a_token_that_may_not_manage_registers_and_retires_none() -> None:
    owner = make.user()
    made = registered(script_of(owner))
    client = script_of(owner, may_manage=False)

    refused = ask(client, "POST", "/hub-models/", TINY)
    kept = ask(client, "DELETE", f"/hub-models/{made['id']}/")

    assert [one.json()["code"] for one in (refused, kept)] == ["insufficient-scope"] * 2
    assert HubModel.objects.get().retired_at is None


def test_a_retired_model_is_gone_and_starts_no_run() -> None:
    client = script_of(make.user())
    made = registered(client)
    asking.release()

    assert ask(client, "DELETE", f"/hub-models/{made['id']}/").status_code == 204

    assert client.get(made["url"]).status_code == 404
    refused = ask(client, "POST", "/runs/", wish(made))
    assert (refused.status_code, refused.json()["code"]) == (422, "not-there")


def test_a_run_of_it_is_estimated_and_started() -> None:
    client = script_of(make.user())
    made = registered(client, context_tokens=600)
    asking.release()

    estimate = ask(client, "POST", "/runs/", wish(made, dry_run=True)).json()
    assert estimate["examples"] == 36
    assert estimate["cut"] > 0
    assert not ModelEntry.objects.exists()

    started = ask(client, "POST", "/runs/", wish(made, tasks=["passkey"]))
    run = HostedRun.objects.get()
    assert (started.status_code, started.json()["hub_model"]) == (201, made["id"])
    assert started.json()["endpoint"] is None
    assert (run.is_auto_fit, run.prompt_set.split("@")[0]) == (False, "portal-chat-1")
    assert run.facts["hub_model"]["commit"] == made["commit"]
    assert client.get(started.json()["url"]).json()["progress"]["speed"]["device_hours"] == 0


def test_runs_are_listed_by_what_is_asked() -> None:
    client = script_of(make.user())
    made, other = registered(client), registered(client, mode="raw")
    asking.release()
    run = ask(client, "POST", "/runs/", wish(made)).json()

    found = [
        [one["id"] for one in client.get(f"{ROOT}/runs/?hub_model={id_}").json()["results"]]
        for id_ in (made["id"], other["id"], "nobodys")
    ]

    assert found == [[run["id"]], [], []]
    assert client.get(f"{ROOT}/runs/?endpoint={made['id']}").json()["results"] == []


@pytest.mark.parametrize(
    ("changed", "status", "field"),
    [
        ({"endpoint": "another"}, 400, "endpoint"),
        ({"spending_cap": 2}, 422, "spending_cap"),
        ({"is_auto_fit": True}, 422, "is_auto_fit"),
        ({"prompt_set": "none"}, 422, "prompt_set"),
    ],
)
def test_a_run_of_it_takes_what_makes_sense_for_it(
    changed: dict[str, Any], status: int, field: str
) -> None:
    client = script_of(make.user())
    made = registered(client)
    asking.release()

    answer = ask(client, "POST", "/runs/", wish(made, **changed))

    assert (answer.status_code, answer.json()["problems"][0]["field"]) == (status, field)
    assert not HostedRun.objects.exists()


def test_nobody_reads_retires_or_runs_anothers() -> None:
    made = registered(script_of(make.user()))
    asking.release()
    stranger = script_of(make.user("x@example.org"))

    assert stranger.get(made["url"]).status_code == 404
    assert ask(stranger, "DELETE", f"/hub-models/{made['id']}/").status_code == 404
    assert ask(stranger, "POST", "/runs/", wish(made)).json()["code"] == "not-there"
    assert stranger.get(f"{ROOT}/hub-models/").json()["results"] == []
