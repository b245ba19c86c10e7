"""What a person may type that would harm others or be of no use, in every form that takes it."""

from typing import Any

import pytest
from django.test import Client

from accounts.models import Organization, Scope
from accounts.tokens import create_token
from submissions.models import Draft, Endpoint, ModelEntry
from tests import make
from tests.pages.make_pages import client_of

pytestmark = pytest.mark.django_db
# A right-to-left override, a space without width, and a mark of direction.
HIDDEN = ("evil\u202e", "GPT\u200b-4", "\u200fGPT-4")
ENDPOINT = {
    "name": "Mine",
    "base_url": "https://1.1.1.1/v1",
    "model_name": "m",
    "context_tokens": 1000,
}


def api(scope: Scope) -> Client:
    person = make.user(f"{scope}@example.org")
    token = create_token(person, name="t", scopes=[scope], lifetime=None)[1]
    return Client(headers={"Authorization": f"Token {token}"})


@pytest.mark.parametrize("name", HIDDEN)
def test_a_name_with_characters_that_nobody_sees_is_refused(name: str) -> None:
    client = client_of(make.user())
    path = client.post("/submit/", {"kind": "predictions"}).headers["Location"]

    answers = [
        client.post(path, {"name": name}),
        client.post(path, {"name": "M", "organization": name}),
        client.post("/account/organizations/", {"name": name}),
    ]

    assert [one.status_code for one in answers] == [422] * 3
    assert all("characters that nobody sees" in one.text for one in answers)
    assert Draft.objects.get().title == ""
    assert not Organization.objects.exists()


@pytest.mark.parametrize("name", HIDDEN)
def test_the_api_refuses_such_names_too(name: str) -> None:
    sends, manages = api(Scope.SUBMIT), api(Scope.MANAGE)

    answers: list[Any] = [
        sends.post("/api/v1/models/", {"name": name}, content_type="application/json"),
        sends.post(
            "/api/v1/models/",
            {"name": "M", "organization": name},
            content_type="application/json",
        ),
        manages.post("/api/v1/organizations/", {"name": name}, content_type="application/json"),
    ]

    assert [one.status_code for one in answers] == [400] * 3
    assert not ModelEntry.objects.exists()


def test_nobody_renames_a_model_so(release: Any) -> None:
    owner = make.user()
    submission = make.submission(submitter=owner)
    client = client_of(owner)

    client.post(f"{submission.get_absolute_url()}rename/", {"name": HIDDEN[0]})

    assert ModelEntry.objects.get().name == submission.model.name
    page = client.get(submission.get_absolute_url()).text
    assert "characters that nobody sees" in page


@pytest.mark.parametrize("name", ["模型 7B", "Кириллица", "نموذج", "👩‍🔬 model", "می‌خواهم"])
def test_names_in_every_script_are_names(name: str) -> None:
    client = client_of(make.user())
    path = client.post("/submit/", {"kind": "predictions"}).headers["Location"]

    assert client.post(path, {"name": name}).status_code == 302


@pytest.mark.parametrize("key", ["a\r\nX-Admin: 1", "two words", "schlüssel"])
def test_a_key_that_no_header_carries_is_refused_where_it_is_entered(key: str) -> None:
    form = {"style": "openai", "mode": "chat", "tokenizer": "estimate-1", "concurrency": 4}
    prices = {"price_in": 0, "price_out": 0}

    page = client_of(make.user()).post("/endpoints/new/", ENDPOINT | form | prices | {"key": key})
    answer = api(Scope.MANAGE).post(
        "/api/v1/endpoints/", ENDPOINT | {"key": key}, content_type="application/json"
    )

    assert (page.status_code, answer.status_code) == (422, 400)
    assert "A key is ASCII without spaces or line ends." in page.text
    assert [one["field"] for one in answer.json()["problems"]] == ["key"]
    assert not Endpoint.objects.exists()


def test_whoever_signs_up_is_greeted_by_the_address() -> None:
    client = Client()
    words = "Correct horse 9 x"
    said = {"email": "new@example.org", "password1": words, "password2": words}

    page = client.post("/accounts/signup/", said, follow=True)

    assert "new@example.org" in page.text
    assert "user 1" not in page.text.split("<main")[0]
