"""What those who manage a submission may do with it, and what nobody else may."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from submissions.actions import undo_publish
from submissions.models import BoardEvent, ModelEntry, Standing, Submission
from submissions.withdraw import withdraw_submission
from tests import make
from tests.pages.make_pages import client_of, scored

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("release")]
ACTIONS = ["publish", "undo-publish", "unlist", "rename", "supersede", "withdraw"]


@pytest.fixture
def owner() -> User:
    return make.user("owner@example.org")


def act(client: Client, submission: Submission, action: str, **fields: str) -> None:
    answer = client.post(f"{submission.get_absolute_url()}{action}/", fields)
    assert answer.status_code == 302, (action, answer.status_code)
    submission.refresh_from_db()


def on_board() -> set[int]:
    rows = Standing.objects.filter(is_on_board=True, scorer="portal-1")
    return set(rows.values_list("submission", flat=True))


def test_publishing_puts_a_submission_on_the_board_and_can_be_undone(owner: User) -> None:
    submission, client = scored(submitter=owner, visibility="private"), client_of(owner)
    assert on_board() == set()

    act(client, submission, "publish")
    assert on_board() == {submission.pk}
    assert "Undo publishing" in client.get(submission.get_absolute_url()).text
    act(client, submission, "undo-publish")

    assert (submission.visibility, submission.published_at, on_board()) == ("private", None, set())
    kinds = list(submission.events.values_list("kind", flat=True))
    assert kinds[:2] == ["unpublished", "published"]


def test_publishing_cannot_be_undone_a_day_later(owner: User) -> None:
    submission = make.submission(submitter=owner, now=timezone.now() - timedelta(hours=25))

    assert not undo_publish(submission, now=timezone.now())
    assert submission.visibility == "public"
    assert "Undo publishing" not in client_of(owner).get(submission.get_absolute_url()).text


def test_an_unlisted_submission_leaves_the_board_and_keeps_its_link(owner: User) -> None:
    submission = scored(submitter=owner)

    act(client_of(owner), submission, "unlist")

    assert on_board() == set()
    assert client_of(None).get(submission.get_absolute_url()).status_code == 200


def test_renaming_changes_the_name_and_no_address(owner: User) -> None:
    submission, client = scored(submitter=owner, model="Old"), client_of(owner)
    slug = submission.model.slug

    act(client, submission, "rename", name="  New \n name ")

    model = ModelEntry.objects.get()
    assert (model.name, model.slug) == ("New name", slug)
    assert "from: Old" in client.get(submission.get_absolute_url()).text
    assert "Old" not in client_of(None).get(submission.get_absolute_url()).text


@pytest.mark.parametrize("name", ["", " ", "x" * 121, "OTHER"])
def test_a_name_that_cannot_be_is_refused(owner: User, name: str) -> None:
    submission = scored(submitter=owner, model="Old")
    make.submission(submitter=owner, model="Other", right=1)

    act(client_of(owner), submission, "rename", name=name)

    assert submission.model.name == "Old"
    assert not BoardEvent.objects.filter(kind="renamed").exists()


def test_a_successor_stands_on_the_board_instead(owner: User) -> None:
    first, client = scored(submitter=owner, right=1), client_of(owner)
    later = scored(submitter=owner, right=3, now=make.NOW + timedelta(hours=1))
    assert on_board() == {first.pk}

    act(client, first, "supersede", by=later.public_id)

    assert on_board() == {later.pk}
    assert later.public_id in client_of(None).get(first.get_absolute_url()).text
    act(client, first, "supersede", by=later.public_id)
    assert BoardEvent.objects.filter(kind="superseded").count() == 1


def test_a_successor_that_is_withdrawn_gives_the_place_back(owner: User) -> None:
    first, client = scored(submitter=owner, right=1), client_of(owner)
    later = scored(submitter=owner, right=3, now=make.NOW + timedelta(hours=1))
    act(client, first, "supersede", by=later.public_id)

    withdraw_submission(later, now=make.NOW)

    assert on_board() == {first.pk}


def test_nothing_can_succeed_that_is_earlier_or_of_another_model(owner: User) -> None:
    first, client = scored(submitter=owner, right=1), client_of(owner)
    later = scored(submitter=owner, right=3, now=make.NOW + timedelta(hours=1))
    other = scored(submitter=owner, right=2, model="Other", now=make.NOW + timedelta(hours=1))

    act(client, later, "supersede", by=first.public_id)
    act(client, first, "supersede", by=other.public_id)

    assert not Submission.objects.exclude(superseded_by=None).exists()


def test_a_tombstone_gives_the_reason(owner: User) -> None:
    submission = scored(submitter=owner)

    act(client_of(owner), submission, "withdraw", reason="The <b>wrong</b> files.")

    page = client_of(None).get(submission.get_absolute_url())
    assert page.status_code == 410
    assert "The &lt;b&gt;wrong&lt;/b&gt; files." in page.text


@pytest.mark.parametrize("action", ACTIONS)
def test_nobody_else_may(owner: User, action: str) -> None:
    submission = scored(submitter=owner)
    path = f"{submission.get_absolute_url()}{action}/"
    fields = {"name": "Stolen", "by": submission.public_id}

    assert client_of(make.user("other@example.org")).post(path, fields).status_code == 404
    assert client_of(None).post(path, fields).status_code == 302
    assert client_of(owner).get(path).status_code == 405
    submission.refresh_from_db()
    assert (submission.visibility, submission.withdrawn_at) == ("public", None)
    assert submission.model.name == "Test Model"
