"""Signing in with an account elsewhere: offered where set up, and led to the right place."""

import pytest
from django.test import Client
from environs import Env
from pytest_django import Settings

from benchmark_site.providers import sign_in_providers

pytestmark = pytest.mark.django_db


@pytest.fixture
def _github(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_CLIENT_ID", "our-id")
    monkeypatch.setenv("GITHUB_CLIENT_SECRET", "our-secret")
    found = sign_in_providers(Env())
    settings.SOCIALACCOUNT_PROVIDERS = {one.family: one.settings() for one in found}


def test_nothing_is_offered_that_is_not_set_up(client: Client) -> None:
    assert "With an account elsewhere" not in client.get("/accounts/login/").content.decode()


@pytest.mark.usefixtures("_github")
def test_github_is_offered_and_asked(client: Client) -> None:
    assert "GitHub" in client.get("/accounts/login/").content.decode()

    assert "Go on to GitHub" in client.get("/accounts/github/login/").content.decode()
    answer = client.post("/accounts/github/login/")

    place = answer.headers["Location"]
    assert place.startswith("https://github.com/login/oauth/authorize?")
    assert "client_id=our-id" in place
    assert "our-secret" not in place


@pytest.mark.usefixtures("_github")
def test_an_answer_that_we_did_not_ask_for_signs_nobody_in(client: Client) -> None:
    client.get("/accounts/github/login/callback/?code=x&state=forged")

    assert client.get("/mine/").status_code == 302


def test_hugging_face_is_asked_over_openid_connect(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUGGINGFACE_CLIENT_ID", "id")
    monkeypatch.setenv("HUGGINGFACE_CLIENT_SECRET", "secret")

    (provider,) = sign_in_providers(Env())

    assert provider.family == "openid_connect"
    assert provider.origin == "https://huggingface.co"
    assert provider.app["provider_id"] == "huggingface"
