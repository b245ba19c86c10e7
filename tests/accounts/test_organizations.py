"""What may happen to an organization: founding, invitations, roles, leaving."""

from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress

from accounts.closing import empty_account
from accounts.models import Invitation, Membership, Organization
from accounts.organizations import (
    INVITATION_LIFE,
    MEMBER,
    OWNER,
    NotDone,
    accept_invitation,
    change_role,
    find_invitation,
    found_organization,
    invite,
    remove_member,
    role_in,
)
from tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def lab() -> Organization:
    return found_organization("The Lab", founder=make.user("owner@example.org"), now=make.NOW)


def test_its_founder_owns_it(lab: Organization) -> None:
    assert role_in(lab, lab.members.get()) == OWNER


def test_a_name_is_taken_in_any_case(lab: Organization) -> None:
    with pytest.raises(NotDone, match="of that name"):
        found_organization("the lab", founder=lab.members.get(), now=make.NOW)


@pytest.mark.parametrize("name", ["实验室", "---", "The  Lab!"])
def test_any_name_has_an_address(lab: Organization, name: str) -> None:
    made = found_organization(name, founder=lab.members.get(), now=make.NOW)

    assert made.slug not in ("", lab.slug)


def test_an_invitation_works_once(lab: Organization) -> None:
    guest = make.user("guest@example.org")
    invitation, secret = invite(
        lab, "guest@example.org", role=MEMBER, inviter=lab.members.get(), now=make.NOW
    )

    found = find_invitation(secret, now=make.NOW)
    assert found == invitation
    accept_invitation(invitation, guest, now=make.NOW)

    assert role_in(lab, guest) == MEMBER
    assert find_invitation(secret, now=make.NOW) is None
    with pytest.raises(NotDone, match="used or withdrawn"):
        accept_invitation(invitation, guest, now=make.NOW)


def test_an_invitation_is_for_the_address_that_it_was_sent_to(lab: Organization) -> None:
    stranger = make.user("third@example.org")
    owner = lab.members.get()
    invitation, _ = invite(lab, "Guest@example.org", role=MEMBER, inviter=owner, now=make.NOW)

    with pytest.raises(NotDone, match="Add that address"):
        accept_invitation(invitation, stranger, now=make.NOW)
    assert role_in(lab, stranger) is None

    EmailAddress.objects.create(user=stranger, email="guest@example.org")
    accept_invitation(invitation, stranger, now=make.NOW)
    assert role_in(lab, stranger) == MEMBER


def test_who_leaves_takes_nobody_elses_invitation_along(lab: Organization) -> None:
    """An address that was never confirmed may be anybody's."""
    owner = lab.members.get()
    invite(lab, "victim@example.org", role=MEMBER, inviter=owner, now=make.NOW)
    invite(lab, "mine@example.org", role=MEMBER, inviter=owner, now=make.NOW)
    leaving = make.user("victim@example.org")
    EmailAddress.objects.create(user=leaving, email="victim@example.org", verified=False)
    EmailAddress.objects.create(user=leaving, email="mine@example.org", verified=True)

    empty_account(leaving, now=make.NOW)

    assert [one.email for one in lab.invitations.all()] == ["victim@example.org"]


def test_an_invitation_grows_old(lab: Organization) -> None:
    _, secret = invite(lab, "g@example.org", role=MEMBER, inviter=lab.members.get(), now=make.NOW)

    last = make.NOW + INVITATION_LIFE
    assert find_invitation(secret, now=last - timedelta(seconds=1)) is not None
    assert find_invitation(secret, now=last) is None


def test_a_second_invitation_replaces_the_first(lab: Organization) -> None:
    owner = lab.members.get()
    _, first = invite(lab, "g@example.org", role=MEMBER, inviter=owner, now=make.NOW)
    _, second = invite(lab, "G@example.org", role=OWNER, inviter=owner, now=make.NOW)

    assert find_invitation(first, now=make.NOW) is None
    assert find_invitation(second, now=make.NOW) is not None


def test_an_invitations_secret_is_not_stored(lab: Organization) -> None:
    _, secret = invite(lab, "g@example.org", role=MEMBER, inviter=lab.members.get(), now=make.NOW)

    assert secret not in repr(list(Invitation.objects.values()))


def test_a_member_is_not_invited_again(lab: Organization) -> None:
    with pytest.raises(NotDone, match="member already"):
        invite(lab, "OWNER@example.org", role=MEMBER, inviter=lab.members.get(), now=make.NOW)


def test_the_last_owner_stays(lab: Organization) -> None:
    owner, other = lab.members.get(), make.user("other@example.org")
    Membership.objects.create(organization=lab, user=other, role=MEMBER, joined_at=make.NOW)

    with pytest.raises(NotDone, match="last owner"):
        remove_member(lab, owner.pk)
    with pytest.raises(NotDone, match="last owner"):
        change_role(lab, owner.pk, MEMBER)
    change_role(lab, other.pk, OWNER)
    remove_member(lab, owner.pk)

    assert role_in(lab, owner) is None
    assert role_in(lab, other) == OWNER


def test_outsiders_have_no_role_to_change(lab: Organization) -> None:
    with pytest.raises(NotDone, match="no such member"):
        change_role(lab, make.user("other@example.org").pk, OWNER)
