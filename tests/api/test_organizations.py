"""Organizations, webhooks and mails over the API: the pages' rules, in JSON."""

import re
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import Invitation, Membership, Organization, User
from accounts.organizations import found_organization
from notices.chosen import mail_kinds
from notices.deliver import carry_deliveries
from notices.models import Delivery, Webhook
from notices.webhooks import secret_of
from tests import make
from tests.api.make_api import ROOT, ask, script_of
from tests.client.answering import Answering
from tests.notices.conftest import receiver as receiver  # noqa: PLC0414  A fixture.
from tests.notices.test_webhooks import is_signed

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner() -> User:
    return make.user()


@pytest.fixture
def guest() -> User:
    return make.user("guest@example.org")


def founded(owner: User, *members: User) -> str:
    lab = found_organization("Lab", founder=owner, now=make.NOW)
    for one in members:
        Membership.objects.create(organization=lab, user=one, role="member", joined_at=make.NOW)
    return f"/organizations/{lab.slug}/"


def test_an_organization_is_founded_once(owner: User) -> None:
    client = script_of(owner)

    made = ask(client, "POST", "/organizations/", {"name": "Lab"}, **{"Idempotency-Key": "k"})
    again = ask(client, "POST", "/organizations/", {"name": "Lab"}, **{"Idempotency-Key": "k"})
    taken = ask(client, "POST", "/organizations/", {"name": "lab"})

    assert (made.status_code, made.json()["role"]) == (201, "owner")
    assert made["Location"].endswith("/organizations/lab/")
    assert made.json() == again.json()
    assert (taken.status_code, taken.json()["code"]) == (409, "not-possible")
    assert Organization.objects.count() == 1


def test_a_guest_is_invited_by_mail_and_joins_once(
    owner: User, guest: User, mailoutbox: list[Any]
) -> None:
    path = founded(owner)
    body = {"email": guest.email, "role": "member"}

    made = ask(script_of(owner), "POST", f"{path}invitations/", body)
    secret = re.search(r"/invitations/([^/\s]+)/", mailoutbox[0].body)
    assert secret is not None
    assert secret[1] not in made.content.decode()
    joined = ask(script_of(guest), "POST", "/invitations/accept/", {"secret": secret[1]})
    twice = ask(script_of(guest), "POST", "/invitations/accept/", {"secret": secret[1]})

    assert (made.status_code, made.json()["email"]) == (201, guest.email)
    assert (joined.status_code, joined.json()["role"]) == (200, "member")
    assert twice.status_code == 404


def test_an_invitation_is_withdrawn_by_its_address(owner: User, guest: User) -> None:
    path = founded(owner)
    made = ask(
        script_of(owner), "POST", f"{path}invitations/", {"email": guest.email, "role": "member"}
    )

    assert script_of(owner).delete(made["Location"]).status_code == 204
    assert not Invitation.objects.exists()
    assert script_of(owner).delete(made["Location"]).status_code == 404


def test_only_owners_see_addresses_and_change_anything(owner: User, guest: User) -> None:
    path = founded(owner, guest)
    member = f"{path}members/{guest.pk}/"
    seen = ask(script_of(guest), "GET", path).json()
    refused = ask(script_of(guest), "PATCH", member, {"role": "owner"})
    invited = ask(script_of(guest), "POST", f"{path}invitations/", {})

    assert {one["email"] for one in seen["members"]} == {None}
    assert [one.json()["code"] for one in (refused, invited)] == ["not-yours"] * 2
    promoted = ask(script_of(owner), "PATCH", member, {"role": "owner"}).json()
    assert {one["email"] for one in promoted["members"]} == {owner.email, guest.email}
    assert {one["role"] for one in promoted["members"]} == {"owner"}


def test_the_last_owner_stays(owner: User, guest: User) -> None:
    path = founded(owner, guest)

    stays = ask(script_of(owner), "DELETE", f"{path}members/{owner.pk}/")
    leaves = ask(script_of(guest), "DELETE", f"{path}members/{guest.pk}/")

    assert (stays.status_code, stays.json()["code"]) == (409, "not-possible")
    assert leaves.status_code == 204
    assert Membership.objects.get().user == owner


def test_an_organization_is_no_outsiders_business(owner: User, guest: User) -> None:
    path = founded(owner)
    client = script_of(guest)

    assert ask(client, "GET", path).status_code == 404
    assert ask(client, "DELETE", f"{path}members/{owner.pk}/").status_code == 404
    body = {"email": "x@example.org", "role": "owner"}
    assert ask(client, "POST", f"{path}invitations/", body).status_code == 404


@pytest.mark.parametrize("field", ["owner", "inviter", "invited_by", "secret", "user", "status"])
def test_an_invitation_takes_nothing_else(owner: User, field: str) -> None:
    body = {"email": "x@example.org", "role": "member", field: 1}

    answer = ask(script_of(owner), "POST", f"{founded(owner)}invitations/", body)

    assert (answer.status_code, answer.json()["problems"][0]["field"]) == (400, field)
    assert not Invitation.objects.exists()


def test_a_webhooks_secret_is_in_the_answer_that_makes_it(owner: User, receiver: Answering) -> None:
    receiver.say(200, b"")
    client, body = script_of(owner), {"url": f"{receiver.url}/hook"}

    made = ask(client, "POST", "/webhooks/", body, **{"Idempotency-Key": "k"})
    again = ask(client, "POST", "/webhooks/", body, **{"Idempotency-Key": "k"})
    path = f"/webhooks/{made.json()['id']}/"
    assert made.status_code == 201
    assert made.json() == again.json()
    assert made.json()["secret"] == secret_of(Webhook.objects.get())
    assert "secret" not in ask(client, "GET", path).json()
    assert "secret" not in client.get(f"{ROOT}/webhooks/").json()["results"][0]

    rotated = ask(client, "POST", f"{path}rotate/").json()
    assert ask(client, "POST", f"{path}test/").status_code == 202
    carry_deliveries(now=timezone.now())
    assert rotated["secret"] != made.json()["secret"]
    assert is_signed(receiver.asked[0], rotated["secret"])
    # Who has the old request's key learns no later secret.
    late = ask(client, "POST", "/webhooks/", body, **{"Idempotency-Key": "k"})
    assert late.json()["secret"] == ""


def test_no_secret_is_kept_with_the_answer_for_a_key(owner: User, receiver: Answering) -> None:
    from submissions.models import IdempotentAnswer  # noqa: PLC0415

    body = {"url": f"{receiver.url}/hook"}
    made = ask(script_of(owner), "POST", "/webhooks/", body, **{"Idempotency-Key": "k"})

    assert made.json()["secret"] not in IdempotentAnswer.objects.get().body


def test_a_call_that_was_given_up_is_sent_again(owner: User, receiver: Answering) -> None:
    receiver.say(410, b"")
    receiver.say(200, b"")
    client = script_of(owner)
    path = f"/webhooks/{ask(client, 'POST', '/webhooks/', {'url': receiver.url}).json()['id']}/"
    ask(client, "POST", f"{path}test/")
    carry_deliveries(now=timezone.now())

    (gone,) = client.get(f"{ROOT}{path}deliveries/").json()["results"]
    again = ask(client, "POST", f"{path}deliveries/{gone['id']}/again/")
    carry_deliveries(now=timezone.now())
    late = ask(client, "POST", f"{path}deliveries/{gone['id']}/again/")

    assert gone["given_up_at"] is not None
    assert (again.status_code, again.json()["event_id"]) == (202, gone["event_id"])
    assert (late.status_code, late.json()["code"]) == (409, "not-possible")
    assert Delivery.objects.get().delivered_at is not None


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"url": "https://10.0.0.1/"}, 422),
        ({"url": "https://example.org/", "owner": 1}, 400),
        ({"url": "https://example.org/", "secret": "x"}, 400),
        ({"url": "https://example.org/", "kinds": ["test"]}, 400),
        ({"url": "https://example.org/", "kinds": []}, 400),
    ],
)
def test_a_webhook_is_what_the_page_takes(owner: User, body: Any, status: int) -> None:
    assert ask(script_of(owner), "POST", "/webhooks/", body).status_code == status
    assert not Webhook.objects.exists()


def test_a_webhook_is_its_owners_alone(owner: User, guest: User, receiver: Answering) -> None:
    made = ask(script_of(owner), "POST", "/webhooks/", {"url": receiver.url}).json()
    path, client = f"/webhooks/{made['id']}/", script_of(guest)

    assert ask(client, "GET", path).status_code == 404
    assert ask(client, "GET", f"{path}deliveries/").status_code == 404
    assert ask(client, "POST", f"{path}rotate/").status_code == 404
    assert ask(client, "DELETE", path).status_code == 404
    assert ask(script_of(owner), "DELETE", path).status_code == 204


def test_mails_are_chosen(owner: User) -> None:
    client = script_of(owner)

    chosen = ask(client, "PATCH", "/notices/", {"mail": ["run.paused", "run.paused"]})

    assert chosen.json()["mail"] == mail_kinds(owner) == ["run.paused"]
    assert ask(client, "PATCH", "/notices/", {"mail": ["test"]}).status_code == 400
    assert ask(client, "PATCH", "/notices/", {"owner": 1, "mail": []}).status_code == 400
