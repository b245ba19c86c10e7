"""Limits of what one person may have: requests that meet pass none of them."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import transaction
from pytest_django import Settings

from accounts import organizations, tokens
from accounts.models import Scope, User
from notices import webhooks
from submissions import drafts, hub_models, trial_quota, uploads
from submissions.hub_models import HubModelFacts
from tests import asking, make
from tests.at_once import at_the_same_time
from tests.hub import write_model

pytestmark = pytest.mark.django_db(transaction=True)
MOST = 2


def make_token(person: User, number: int) -> None:
    tokens.create_token(person, name=f"{number}", scopes=[Scope.READ], lifetime=None)


def make_endpoint(person: User, number: int) -> None:
    asking.endpoint("http://127.0.0.1:9/v1", owner=person, name=f"Tiny {number}")


def make_organization(person: User, number: int) -> None:
    organizations.found_organization(f"Lab {number}", founder=person, now=make.NOW)


def make_webhook(person: User, number: int) -> None:
    webhooks.add_webhook(person, f"http://127.0.0.1:9/{number}", [], now=make.NOW)


def make_draft(person: User, _number: int) -> None:
    drafts.open_draft(person, kind="predictions", suite=make.SUITE.slug, now=make.NOW)


def make_upload(person: User, number: int) -> None:
    uploads.begin_upload(person, name=f"{number}", length_bytes=1, metadata="", now=make.NOW)


def make_trial(person: User, _number: int) -> None:
    with transaction.atomic():
        trial_quota.take_trial(person, now=make.NOW)


def make_hub_model(person: User, _number: int) -> None:
    hub_models.register_hub_model(
        person, HubModelFacts(repository="local/tiny", revision="main"), now=make.NOW
    )


@pytest.fixture(autouse=True)
def _allowed(settings: Settings, tmp_path: Path) -> None:
    """What the two that are called or read need; a limit of the settings."""
    settings.OUTBOUND_HTTP_ALLOWED, settings.OUTBOUND_NETWORKS = True, ["127.0.0.0/8"]
    settings.TOKENIZERS_DIR, settings.MODELS_DIR = tmp_path / "tokenizers", tmp_path
    write_model(tmp_path)


@pytest.mark.parametrize(
    ("limit", "make_one", "refusal"),
    [
        ("accounts.tokens.TOKENS_MAX", make_token, "TooManyTokens"),
        ("accounts.organizations.ORGANIZATIONS_MAX", make_organization, "NotDone"),
        ("notices.webhooks.WEBHOOKS_MAX", make_webhook, "NotTaken"),
        ("submissions.endpoints.ENDPOINTS_PER_OWNER", make_endpoint, "EndpointRefused"),
        ("submissions.hub_models.HUB_MODELS_PER_OWNER", make_hub_model, "RepositoryRefused"),
        ("submissions.drafts.DRAFTS_OPEN", make_draft, "TooManyDrafts"),
        ("submissions.uploads.OPEN_UPLOADS", make_upload, "TooManyUploads"),
        ("django.conf.settings.TRIALS_PER_DAY", make_trial, "TooManyTrials"),
    ],
)
def test_of_eight_at_once_exactly_as_many_are_made_as_may(
    monkeypatch: pytest.MonkeyPatch,
    limit: str,
    make_one: Callable[[User, int], None],
    refusal: str,
) -> None:
    monkeypatch.setattr(limit, MOST)
    person = make.user()

    def try_one(number: int) -> str:
        try:
            make_one(person, number)
        except Exception as error:  # noqa: BLE001  The test compares it.
            return type(error).__name__
        return "made"

    assert sorted(at_the_same_time(8, try_one)) == sorted(["made"] * MOST + [refusal] * 6)
