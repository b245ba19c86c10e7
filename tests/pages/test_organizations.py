"""The pages of organizations, as owner, member, other user and nobody."""

import re
from collections.abc import Callable

import pytest
from django.core import mail
from django.core.cache import cache

from accounts.models import Membership, Organization, User
from accounts.organizations import MEMBER, OWNER, found_organization, role_in
from submissions.models import ModelEntry
from submissions.sharing import share_model
from tests import make
from tests.pages.make_pages import client_of, scored

pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> dict[str, User]:
    return {name: make.user(f"{name}@example.org") for name in ("owner", "member", "other")}


@pytest.fixture
def lab(people: dict[str, User]) -> Organization:
    lab = found_organization("The Lab", founder=people["owner"], now=make.NOW)
    Membership.objects.create(
        organization=lab, user=people["member"], role=MEMBER, joined_at=make.NOW
    )
    return lab


def test_founding_leads_to_the_organizations_page() -> None:
    client = client_of(make.user())

    answer = client.post("/account/organizations/", {"name": "New <Lab>"})

    assert answer.headers["Location"] == "/account/organizations/new-lab/"
    assert "New &lt;Lab&gt;" in client.get("/account/organizations/new-lab/").content.decode()
    again = client.post("/account/organizations/", {"name": "new <lab>"})
    assert again.status_code == 422
    assert "of that name" in again.content.decode()


def test_members_see_it_and_strangers_find_nothing(
    people: dict[str, User], lab: Organization
) -> None:
    for path in (
        f"/account/organizations/{lab.slug}/",
        f"/account/organizations/{lab.slug}/models/",
    ):
        got = {name: client_of(who).get(path).status_code for name, who in people.items()}
        assert got == {"owner": 200, "member": 200, "other": 404}
        assert client_of(None).get(path).status_code == 302


def test_addresses_are_shown_to_owners_only(people: dict[str, User], lab: Organization) -> None:
    path = f"/account/organizations/{lab.slug}/"

    assert "owner@example.org" in client_of(people["owner"]).get(path).content.decode()
    assert "owner@example.org" not in client_of(people["member"]).get(path).content.decode()


def test_the_link_in_the_mail_makes_a_member(people: dict[str, User], lab: Organization) -> None:
    answer = client_of(people["owner"]).post(
        f"/account/organizations/{lab.slug}/invite/",
        {"email": "other@example.org", "role": "member"},
    )
    assert answer.status_code == 302
    (sent,) = mail.outbox
    assert sent.to == ["other@example.org"]
    assert "The Lab" in sent.subject
    link = re.search(r"http://testserver(/account/invitations/\S+)", str(sent.body))
    assert link is not None

    guest = client_of(people["other"])
    assert "Join The Lab" in guest.get(link[1]).content.decode()
    assert role_in(lab, people["other"]) is None
    guest.post(link[1])

    assert role_in(lab, people["other"]) == MEMBER
    assert guest.get(link[1]).status_code == 404


def test_nobody_is_sent_invitations_without_an_end(
    people: dict[str, User], lab: Organization
) -> None:
    owner, path = client_of(people["owner"]), f"/account/organizations/{lab.slug}/invite/"
    cache.clear()

    answers = [
        owner.post(path, {"email": "x@example.org", "role": "member"}).status_code
        for _ in range(31)
    ]

    assert answers == [*[302] * 30, 429]
    assert len(mail.outbox) == 30
    cache.clear()


OWNERS_DOORS: dict[str, Callable[[str, dict[str, User]], tuple[str, dict[str, str]]]] = {
    "invite": lambda lab, _: (f"{lab}invite/", {"email": "x@example.org", "role": "member"}),
    "promote": lambda lab, who: (f"{lab}members/{who['member'].pk}/role/", {"role": "owner"}),
    "remove": lambda lab, who: (f"{lab}members/{who['owner'].pk}/remove/", {}),
}


@pytest.mark.parametrize("door", OWNERS_DOORS)
def test_only_owners_change_it(people: dict[str, User], lab: Organization, door: str) -> None:
    path, fields = OWNERS_DOORS[door](f"/account/organizations/{lab.slug}/", people)

    assert client_of(people["member"]).post(path, fields).status_code == 404
    assert client_of(people["other"]).post(path, fields).status_code == 404
    assert client_of(None).post(path, fields).headers["Location"].startswith("/accounts/login/")
    assert client_of(people["owner"]).get(path).status_code == 405
    assert role_in(lab, people["member"]) == MEMBER
    assert not lab.invitations.exists()
    assert client_of(people["owner"]).post(path, fields).status_code == 302
    assert role_in(lab, people["owner"]) == OWNER


def test_a_member_leaves(people: dict[str, User], lab: Organization) -> None:
    path = f"/account/organizations/{lab.slug}/members/{people['member'].pk}/remove/"

    client_of(people["member"]).post(path)

    assert role_in(lab, people["member"]) is None


@pytest.mark.usefixtures("release")
def test_a_shared_model_and_its_private_submission_are_listed_to_members(
    people: dict[str, User], lab: Organization
) -> None:
    submission = scored(submitter=people["member"], visibility="private")
    path = f"/account/organizations/{lab.slug}/"
    stranger = client_of(people["other"])

    assert stranger.post(f"{path}share/", {"model": submission.model.slug}).status_code == 404
    client_of(people["owner"]).post(f"{path}share/", {"model": submission.model.slug})
    assert ModelEntry.objects.get().shared_with is None
    client_of(people["member"]).post(f"{path}share/", {"model": submission.model.slug})

    assert ModelEntry.objects.get().shared_with == lab
    assert submission.public_id in client_of(people["owner"]).get(f"{path}models/").content.decode()
    assert client_of(people["owner"]).get(f"/s/{submission.public_id}/").status_code == 200
    assert stranger.get(f"/s/{submission.public_id}/").status_code == 404


@pytest.mark.usefixtures("release")
def test_only_an_owner_gives_a_model_back(people: dict[str, User], lab: Organization) -> None:
    model = scored(submitter=people["member"]).model
    share_model(model, lab, sharer=people["member"])
    path = f"/account/organizations/{lab.slug}/models/{model.slug}/unshare/"

    for name in ("member", "other"):
        assert client_of(people[name]).post(path).status_code == 404
    client_of(people["owner"]).post(path)

    assert ModelEntry.objects.get().shared_with is None


@pytest.mark.usefixtures("release")
def test_an_owner_withdraws_a_members_submission(
    people: dict[str, User], lab: Organization
) -> None:
    submission = scored(submitter=people["member"])
    share_model(submission.model, lab, sharer=people["member"])

    client_of(people["owner"]).post(f"/s/{submission.public_id}/withdraw/")

    submission.refresh_from_db()
    assert submission.withdrawn_at is not None


def test_a_member_of_no_possible_number_is_not_found(
    people: dict[str, User], lab: Organization
) -> None:
    for action in ("role", "remove"):
        address = f"/account/organizations/{lab.slug}/members/{10**30}/{action}/"
        answer = client_of(people["owner"]).post(address, {"role": "member"})
        assert answer.status_code == 404
