"""Who may see, use and manage what, asked as everybody who may come by."""

import pytest
from django.contrib.auth.models import AnonymousUser

from accounts.models import Membership, Organization, User
from accounts.organizations import MEMBER, found_organization, remove_member
from submissions.access import (
    Access,
    Reader,
    access_to,
    can_manage,
    can_manage_model,
    listed_submissions,
    submittable_models,
    visible_models,
    visible_submissions,
)
from submissions.entries import ModelFacts, enter_model, find_entry
from submissions.models import ModelEntry, Submission
from submissions.receive import UploadOptions, receive_upload
from submissions.sharing import NotShared, share_model
from tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _release(db: None) -> None:
    make.release()


@pytest.fixture
def people() -> dict[str, Reader]:
    """Everybody who may come by: an organization's, a former member, and outsiders."""
    names = ("founder", "submitter", "member", "left", "other")
    people: dict[str, Reader] = {name: make.user(f"{name}@example.org") for name in names}
    people["staff"] = make.user("staff@example.org", is_staff=True)
    people["nobody"] = AnonymousUser()
    return people


@pytest.fixture
def lab(people: dict[str, User]) -> Organization:
    lab = found_organization("The Lab", founder=people["founder"], now=make.NOW)
    for name in ("submitter", "member", "left"):
        Membership.objects.create(
            organization=lab, user=people[name], role=MEMBER, joined_at=make.NOW
        )
    remove_member(lab, people["left"].pk)
    return lab


def of_lab(people: dict[str, User], lab: Organization, visibility: str) -> Submission:
    submission = make.submission(submitter=people["submitter"], visibility=visibility)
    share_model(submission.model, lab, sharer=people["submitter"])
    return submission


@pytest.mark.parametrize(
    ("visibility", "everybody_sees", "everybody_lists"),
    [("public", True, True), ("unlisted", True, False), ("private", False, False)],
)
def test_an_organizations_submissions_are_open_to_its_members(
    people: dict[str, User],
    lab: Organization,
    visibility: str,
    everybody_sees: bool,
    everybody_lists: bool,
) -> None:
    submission = of_lab(people, lab, visibility)
    insiders = {"founder", "submitter", "member", "staff"}

    for name, reader in people.items():
        sees = name in insiders or everybody_sees
        assert (access_to(submission, reader) is Access.FULL) == sees, name
        assert visible_submissions(reader).filter(pk=submission.pk).exists() == sees, name
        lists = name in insiders or everybody_lists
        assert listed_submissions(reader).filter(pk=submission.pk).exists() == lists, name
        assert visible_models(reader).filter(pk=submission.model_id).exists() == lists, name


def test_submitter_and_owners_manage(people: dict[str, User], lab: Organization) -> None:
    submission = of_lab(people, lab, "public")

    managers = {name for name, reader in people.items() if can_manage(submission, reader)}
    of_model = {name for name, who in people.items() if can_manage_model(submission.model, who)}
    users = {name for name, reader in people.items() if submittable_models(reader).exists()}

    assert managers == {"founder", "submitter"}
    assert of_model == {"founder"}
    assert users == {"founder", "submitter", "member"}


def test_a_submitter_who_left_keeps_the_own_submission_only(
    people: dict[str, User], lab: Organization
) -> None:
    own, submitter = of_lab(people, lab, "private"), people["submitter"]
    others = make.submission(
        submitter=people["member"], model="Another", visibility="private", right=1
    )
    share_model(others.model, lab, sharer=people["member"])
    remove_member(lab, submitter.pk)

    assert access_to(own, submitter) is Access.FULL
    assert can_manage(own, submitter)
    assert access_to(others, submitter) is Access.NONE
    assert not submittable_models(submitter).exists()
    assert list(visible_models(submitter)) == [own.model]


def test_a_personal_model_is_its_owners(people: dict[str, User]) -> None:
    submission = make.submission(submitter=people["submitter"])

    managers = {name for name, reader in people.items() if can_manage(submission, reader)}

    assert managers == {"submitter"}


def test_a_model_is_shared_by_whoever_manages_it(
    people: dict[str, User], lab: Organization
) -> None:
    submission = make.submission(submitter=people["submitter"])
    model = submission.model

    with pytest.raises(NotShared, match="not yours"):
        share_model(model, lab, sharer=people["founder"])
    share_model(model, lab, sharer=people["submitter"])
    with pytest.raises(NotShared, match="not yours"):
        share_model(model, None, sharer=people["submitter"])
    share_model(model, None, sharer=people["founder"])

    assert ModelEntry.objects.get(pk=model.pk).shared_with is None


def test_nobody_shares_with_strangers(people: dict[str, User], lab: Organization) -> None:
    submission = make.submission(submitter=people["other"])

    with pytest.raises(NotShared, match="no member"):
        share_model(submission.model, lab, sharer=people["other"])


def test_a_name_stands_once_in_an_organization(people: dict[str, User], lab: Organization) -> None:
    shared = ModelFacts(name="Twice", shared_with=lab)
    first = enter_model(people["submitter"], shared, now=make.NOW)
    again = enter_model(people["member"], ModelFacts("TWICE", shared_with=lab), now=make.NOW)
    own = enter_model(people["member"], ModelFacts("Twice"), now=make.NOW)

    assert first == again
    assert own != first
    assert find_entry(people["submitter"], "twice") is None
    with pytest.raises(NotShared, match="of that name"):
        share_model(own, lab, sharer=people["member"])


def test_members_submit_to_their_organizations_model(
    people: dict[str, User], lab: Organization
) -> None:
    facts = ModelFacts(name="Ours", shared_with=lab)
    model = enter_model(people["founder"], facts, now=make.NOW)

    submission = receive_upload(
        make.files(),
        model=model,
        submitter=people["member"],
        options=UploadOptions(suite=make.SUITE.slug),
        now=make.NOW,
    )

    assert can_manage(submission, people["founder"])
