"""The pages of notices: choices, webhooks and their log, as owner, other user and nobody."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import User
from notices.chosen import mail_kinds
from notices.deliver import carry_deliveries
from notices.models import Delivery, Webhook
from notices.webhooks import secret_of
from tests import make
from tests.client.answering import Answering
from tests.notices.conftest import receiver  # noqa: F401  a fixture
from tests.pages.make_pages import client_of

pytestmark = pytest.mark.django_db
HOOKS = "/account/notices/webhooks/"


@pytest.fixture
def owner() -> User:
    return make.user()


def test_mail_is_chosen(owner: User) -> None:
    client = client_of(owner)
    assert "submission.scored" in mail_kinds(owner)

    client.post("/account/notices/mail/", {"kinds": ["submission.published"]})

    assert mail_kinds(owner) == ["submission.published"]
    refused = client.post("/account/notices/mail/", {"kinds": ["everything"]})
    assert refused.status_code == 422


def test_a_secret_is_shown_once_and_again_only_when_renewed(
    owner: User,
    receiver: Answering,  # noqa: F811
) -> None:
    client = client_of(owner)

    made = client.post(HOOKS, {"url": f"{receiver.url}/x", "kinds": ["submission.scored"]})

    webhook = Webhook.objects.get()
    assert secret_of(webhook) in made.content.decode()
    assert "whsec_" not in client.get("/account/notices/").content.decode()
    renewed = client.post(f"{HOOKS}{webhook.public_id}/rotate/").content.decode()
    found = re.search(r"whsec_[A-Za-z0-9+/=]+", renewed)
    assert found is not None
    assert found[0] != secret_of(webhook)


def test_an_address_that_is_not_called_says_why(owner: User) -> None:
    page = client_of(owner).post(
        HOOKS, {"url": "https://127.0.0.1/x", "kinds": ["submission.scored"]}
    )

    assert page.status_code == 422
    assert "not on the open internet" in page.content.decode()


def test_a_test_call_reads_in_the_log(
    owner: User,
    receiver: Answering,  # noqa: F811
) -> None:
    receiver.say(500, b"")
    client = client_of(owner)
    client.post(HOOKS, {"url": f"{receiver.url}/x", "kinds": ["submission.scored"]})
    log = client.post(f"{HOOKS}{Webhook.objects.get().public_id}/test/").headers["Location"]
    carry_deliveries(now=timezone.now())

    assert "answered 500" in client.get(log).content.decode()
    Delivery.objects.update(due_at=None, given_up_at=timezone.now())
    client.post(f"{log}{Delivery.objects.get().pk}/again/")
    assert Delivery.objects.get().due_at is not None


def test_a_thousand_tests_are_one_call(
    owner: User,
    receiver: Answering,  # noqa: F811
) -> None:
    receiver.say(500, b"")
    client = client_of(owner)
    client.post(HOOKS, {"url": f"{receiver.url}/x", "kinds": ["submission.scored"]})
    path = f"{HOOKS}{Webhook.objects.get().public_id}/test/"
    for _ in range(3):
        client.post(path)
    assert Delivery.objects.count() == 1

    later = timezone.now() + timedelta(hours=4)
    Delivery.objects.update(due_at=later, attempts=4)
    client.post(path)
    due_at = Delivery.objects.get().due_at
    assert due_at is not None
    assert due_at < later


@pytest.mark.parametrize("door", ["", "rotate/", "delete/", "test/"])
def test_a_webhook_is_its_owners(
    owner: User,
    receiver: Answering,  # noqa: F811
    door: str,
) -> None:
    client_of(owner).post(HOOKS, {"url": f"{receiver.url}/x", "kinds": ["submission.scored"]})
    path = f"{HOOKS}{Webhook.objects.get().public_id}/{door}"
    ask = "post" if door else "get"

    assert getattr(client_of(make.user("o@example.org")), ask)(path).status_code == 404
    assert getattr(client_of(None), ask)(path).status_code == 302
    assert Webhook.objects.get().version == 1
    assert getattr(client_of(owner), ask)(path).status_code in (200, 302)
