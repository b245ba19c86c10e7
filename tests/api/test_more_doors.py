"""What only pages could do once: undo, supersede, share, files, endpoints, hosted runs."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from accounts.organizations import found_organization
from submissions.models import BoardEvent, Endpoint, HostedRun, ModelEntry, Submission
from submissions.sealing import unseal
from tests import asking, make
from tests.api.make_api import ROOT, ask, script_of, submit
from tests.pages.make_pages import scored

pytestmark = pytest.mark.django_db
JSON = "application/json"
KEY = "sk-never-shown"
SAID: dict[str, Any] = {
    "name": "Mine",
    "base_url": "http://127.0.0.1:9/v1",
    "model_name": "tiny",
    "key": KEY,
    "context_tokens": 32_768,
    "price_in": 1.5,
}


@pytest.fixture(autouse=True)
def _ours_may_be_asked(settings: Settings) -> None:
    settings.OUTBOUND_HTTP_ALLOWED, settings.OUTBOUND_NETWORKS = True, ["127.0.0.0/8"]


def registered(client: Client, **changed: Any) -> dict[str, Any]:
    answer = ask(client, "POST", "/endpoints/", SAID | changed)
    assert answer.status_code == 201, answer.json()
    return dict(answer.json())


def wish(asked: dict[str, Any], **changed: Any) -> dict[str, Any]:
    return {"endpoint": asked["id"], "release": "asked", "model": "Tiny"} | changed


def test_publishing_is_undone_within_a_day() -> None:
    make.release()
    client = script_of(make.user())
    path = f"/submissions/{submit(client, visibility='unlisted').json()['id']}"

    published = ask(client, "POST", f"{path}/publish/").json()
    undone = ask(client, "POST", f"{path}/undo-publish/").json()
    again = ask(client, "POST", f"{path}/undo-publish/")

    assert (published["visibility"], undone["visibility"]) == ("public", "unlisted")
    assert (again.status_code, again.json()["code"]) == (409, "not-possible")
    ask(client, "POST", f"{path}/publish/")
    Submission.objects.update(published_at=timezone.now() - timedelta(hours=25))
    assert ask(client, "POST", f"{path}/undo-publish/").status_code == 409


def test_a_withdrawal_has_a_reason() -> None:
    make.release()
    client = script_of(make.user())
    path = f"/submissions/{submit(client).json()['id']}/withdraw/"

    answer = ask(client, "POST", path, {"reason": "Wrong\n file"})

    assert answer.json()["withdrawn_reason"] == "Wrong file"
    assert ask(client, "POST", path, {"status": "done"}).status_code == 400
    assert ask(client, "POST", path).status_code == 409


def test_a_later_submission_takes_the_place_of_an_earlier_one() -> None:
    make.release()
    owner = make.user()
    first = scored(submitter=owner, model="One", right=1)
    second = scored(submitter=owner, model="One", right=2, now=make.NOW + timedelta(days=1))
    other = scored(submitter=owner, model="Other", right=0)
    client, path = script_of(owner), f"/submissions/{first.public_id}/supersede/"

    wrong = ask(client, "POST", path, {"by": other.public_id})
    answer = ask(client, "POST", path, {"by": second.public_id})

    assert (wrong.status_code, wrong.json()["code"]) == (409, "not-possible")
    assert answer.json()["superseded_by"] == second.public_id
    assert ask(client, "POST", path, {"by": second.public_id}).status_code == 409


def test_another_display_name_is_an_event_here_as_on_the_page() -> None:
    make.release()
    owner = make.user()
    submission = scored(submitter=owner, model="Before")
    client = script_of(owner)

    ask(client, "PATCH", f"/models/{submission.model.slug}/", {"name": "After"})

    event = BoardEvent.objects.get(kind=BoardEvent.Kind.RENAMED)
    assert (event.submission, event.detail) == (submission, {"from": "Before"})
    named = Client().get(f"{ROOT}/board/").json()["rows"][0]["model_name"]
    assert named == "After"


def test_a_model_is_shared_with_an_organization_and_taken_back() -> None:
    owner, stranger = make.user(), make.user("stranger@example.org")
    lab = found_organization("Lab", founder=owner, now=make.NOW)
    found_organization("Other", founder=stranger, now=make.NOW)
    client = script_of(owner)
    path = f"/models/{ask(client, 'POST', '/models/', {'name': 'M'}).json()['slug']}/"

    shared = ask(client, "PATCH", path, {"shared_with": lab.slug})
    foreign = ask(client, "PATCH", path, {"shared_with": "other"})
    back = ask(client, "PATCH", path, {"shared_with": None})

    assert (shared.json()["shared_with"], back.json()["shared_with"]) == (lab.slug, None)
    assert (foreign.status_code, foreign.json()["code"]) == (422, "not-there")
    assert ModelEntry.objects.get().shared_with is None


def test_declarations_are_kept_and_only_those_that_there_are() -> None:
    make.release()
    client = script_of(make.user())

    made = submit(client, contamination="no", contamination_note="searched", decoding="greedy")

    assert made.json()["declared"] == {
        "contamination": "no",
        "contamination_note": "searched",
        "decoding": "greedy",
    }
    assert submit(client, model="Other", contamination="perhaps").status_code == 400


def test_files_come_back_byte_for_byte_to_who_may_have_them() -> None:
    make.release()
    owner = make.user()
    client, stranger = script_of(owner), script_of(make.user("stranger@example.org"))
    made = submit(client, visibility="private").json()

    (file,) = client.get(f"{made['url']}files/").json()["files"]
    answer = client.get(file["url"])
    content = b"".join(answer.streaming_content)  # type: ignore[attr-defined]

    assert (file["name"], len(content)) == ("all.zip", file["size_bytes"])
    assert answer["Content-Disposition"] == 'attachment; filename="all.zip"'
    assert stranger.get(f"{made['url']}files/").status_code == 404
    assert stranger.get(file["url"]).status_code == 404
    assert (
        client.get(file["url"], headers={"accept": "application/octet-stream"}).status_code == 200
    )


def test_an_endpoints_key_comes_in_and_never_out() -> None:
    client = script_of(make.user())

    made = registered(client)
    renamed = ask(client, "PATCH", f"/endpoints/{made['id']}/", {"name": "Other", "key": "sk-2"})
    listed = client.get(f"{ROOT}/endpoints/")
    read = client.get(f"{ROOT}/endpoints/{made['id']}/")

    assert (made["has_key"], made["price_in"], made["style"]) == (True, 1.5, "openai")
    assert made["tried_at"] is not None
    assert unseal(Endpoint.objects.get().sealed_key).reveal() == "sk-2"
    for answer in (renamed, listed, read):
        text = answer.content.decode()
        assert answer.status_code == 200
        assert KEY not in text
        assert "sk-2" not in text
        assert Endpoint.objects.get().sealed_key not in text
    assert KEY not in json.dumps(made)


def test_a_key_goes_to_another_address_only_if_it_is_given_again() -> None:
    client = script_of(make.user())
    path = f"/endpoints/{registered(client)['id']}/"
    elsewhere = {"base_url": "http://127.0.0.1:10/v1"}

    refused = ask(client, "PATCH", path, elsewhere)
    taken = ask(client, "PATCH", path, elsewhere | {"key": "sk-2"})

    assert (refused.status_code, refused.json()["code"]) == (422, "unfit")
    assert refused.json()["problems"][0]["field"] == "key"
    assert taken.json()["base_url"] == elsewhere["base_url"]


@pytest.mark.parametrize(
    ("field", "value", "status"),
    [
        ("base_url", "http://169.254.169.254/v1", 422),
        ("base_url", "ftp://models.example.org", 422),
        ("tokenizer", f"../../x/y@{'0' * 40}", 400),
        ("context_tokens", 2**31, 400),
        ("concurrency", 0, 400),
        ("price_in", -1, 400),
        ("price_in", "1", 400),
        ("mode", "shout", 400),
        ("owner", 1, 400),
        ("sealed_key", "x", 400),
        ("retired_at", None, 400),
    ],
)
def test_an_endpoint_is_what_the_page_takes_and_nothing_else(
    field: str, value: Any, status: int
) -> None:
    client = script_of(make.user())

    answer = ask(client, "POST", "/endpoints/", SAID | {field: value})

    assert (answer.status_code, answer.json()["problems"][0]["field"]) == (status, field)
    assert not Endpoint.objects.exists()
    assert KEY not in answer.content.decode()


def test_the_same_key_of_a_request_registers_one_endpoint() -> None:
    client = script_of(make.user())
    headers = {"Idempotency-Key": "one"}

    first = ask(client, "POST", "/endpoints/", SAID, **headers)
    again = ask(client, "POST", "/endpoints/", SAID, **headers)
    other = ask(client, "POST", "/endpoints/", SAID)

    assert first.json() == again.json()
    assert (other.status_code, other.json()["code"]) == (422, "unfit")
    assert Endpoint.objects.count() == 1


def test_a_retired_endpoint_is_gone_with_its_key() -> None:
    client = script_of(make.user())
    path = f"/endpoints/{registered(client)['id']}/"

    assert ask(client, "DELETE", path).status_code == 204
    assert ask(client, "GET", path).status_code == 404
    assert Endpoint.objects.get().sealed_key == ""


def test_a_run_is_estimated_started_paused_resumed_and_cancelled() -> None:
    client = script_of(make.user())
    endpoint = registered(client)
    asking.release()

    estimate = ask(client, "POST", "/runs/", wish(endpoint, dry_run=True))
    assert (estimate.status_code, estimate.json()["examples"]) == (200, 36)
    assert not HostedRun.objects.exists()
    assert not ModelEntry.objects.exists()

    started = ask(client, "POST", "/runs/", wish(endpoint, spending_cap=2.5, tasks=["passkey"]))
    assert (started.status_code, started.json()["status"]) == (201, "queued")
    assert started.json()["endpoint"] == endpoint["id"]
    assert (started.json()["visibility"], started.json()["spending_cap"]) == ("private", 2.5)
    path = f"/runs/{started.json()['id']}/"
    states = [ask(client, "POST", f"{path}{one}/") for one in ("pause", "resume", "cancel")]
    assert [one.json()["status"] for one in states] == ["paused", "queued", "cancelled"]
    late = ask(client, "POST", f"{path}resume/")
    assert (late.status_code, late.json()["code"]) == (409, "not-possible")
    assert client.get(f"{ROOT}{path}").json()["progress"]["tasks"][0]["task"] == "passkey"


@pytest.mark.parametrize(
    ("changed", "status", "field"),
    [
        ({"endpoint": "nobodys"}, 422, "endpoint"),
        ({"release": "none"}, 422, "release"),
        ({"release": "\0"}, 422, "release"),
        ({"prompt_set": "none"}, 422, "prompt_set"),
        ({"spending_cap": 0}, 422, "spending_cap"),
        ({"model_slug": "tiny"}, 400, "model"),
        ({"policy": "guess"}, 400, "policy"),
        ({"provenance": "user"}, 400, "provenance"),
        ({"owner": 1}, 400, "owner"),
    ],
)
def test_a_run_that_cannot_be_is_refused_and_enters_nothing(
    changed: dict[str, Any], status: int, field: str
) -> None:
    client = script_of(make.user())
    endpoint = registered(client)
    asking.release()

    answer = ask(client, "POST", "/runs/", wish(endpoint, **changed))

    assert (answer.status_code, answer.json()["problems"][0]["field"]) == (status, field)
    assert not HostedRun.objects.exists()
    assert not ModelEntry.objects.exists()


def test_nobody_runs_on_anothers_endpoint() -> None:
    endpoint = registered(script_of(make.user()))
    asking.release()

    answer = ask(script_of(make.user("x@example.org")), "POST", "/runs/", wish(endpoint))

    assert (answer.status_code, answer.json()["code"]) == (422, "not-there")
    assert not HostedRun.objects.exists()


def test_staff_see_a_run_and_change_nothing() -> None:
    client = script_of(make.user())
    endpoint = registered(client)
    asking.release()
    path = f"/runs/{ask(client, 'POST', '/runs/', wish(endpoint)).json()['id']}/"
    staff = script_of(make.user("staff@example.org", is_staff=True))

    assert ask(staff, "GET", path).status_code == 200
    refused = ask(staff, "POST", f"{path}cancel/")
    assert (refused.status_code, refused.json()["code"]) == (403, "not-yours")
    assert HostedRun.objects.get().status == "queued"
