"""Taking one's data along, and leaving: what goes, what stays, and for whom."""

import io
import json
import zipfile
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.test import Client
from django.utils import timezone

from accounts.models import ApiToken, Membership, User
from accounts.organizations import MEMBER, found_organization
from notices.models import Letter, Webhook
from submissions.closing import NotClosed, close_account
from submissions.files import DamagedFile, read_stored
from submissions.models import Answer, HostedRun, ModelEntry, Submission
from submissions.sharing import share_model
from submissions.withdraw import withdraw_submission
from tests import make
from tests.pages.make_pages import client_of, scored

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("release")]
CLOSE = "/account/data/close/"


@pytest.fixture
def leaver() -> User:
    return make.user("leaver@example.org", name="Lea Ver")


def signed_in(person: User) -> Client:
    """A browser in which the person has just shown a password."""
    client = client_of(person)
    client.post("/accounts/reauthenticate/", {"password": make.PASSWORD})
    return client


def archive_of(person: User) -> zipfile.ZipFile:
    answer = signed_in(person).post("/account/data/archive/")
    assert answer.headers["Content-Type"] == "application/zip"
    return zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content)))  # type: ignore[attr-defined]


def test_the_archive_has_everything_of_one_person_and_no_secret(leaver: User) -> None:
    own = scored(submitter=leaver, visibility="private")
    other = scored(submitter=make.user("other@example.org"), right=1)
    _, secret = ApiToken.objects.create(leaver, name="laptop")

    archive = archive_of(leaver)

    told: dict[str, Any] = json.loads(archive.read("account.json"))
    assert told["account"]["email"] == "leaver@example.org"
    assert [one["id"] for one in told["submissions"]] == [own.public_id]
    assert told["submissions"][0]["scores"]["portal-1"]["average"] == 1.0
    assert told["tokens"][0]["name"] == "laptop"
    names = [name for name in archive.namelist() if name.startswith("files/")]
    assert len(names) == own.files.count()
    stored = own.files.all()[0]
    assert archive.read(f"files/{own.public_id}/{stored.pk}-{stored.name}") == read_stored(
        stored.sha256
    )
    everything = b"".join(archive.read(name) for name in archive.namelist()).decode()
    assert secret not in everything
    assert leaver.password not in everything
    assert other.public_id not in everything


def test_a_name_of_an_upload_cannot_climb_out_of_the_archive(leaver: User) -> None:
    submission = scored(submitter=leaver)
    submission.files.update(name="..\\../../etc/passwd")

    names = archive_of(leaver).namelist()

    assert not any(".." in name for name in names)


def test_both_doors_ask_again_who_it_is(leaver: User) -> None:
    client = client_of(leaver)
    for path in (CLOSE, "/account/data/archive/"):
        answer = client.post(path, {"public": "keep", "email": leaver.email})
        assert answer.headers["Location"].startswith("/accounts/reauthenticate/")
        assert client_of(None).post(path).headers["Location"].startswith("/accounts/login/")

    assert User.objects.get().is_active


def test_closing_needs_the_accounts_address(leaver: User) -> None:
    answer = signed_in(leaver).post(CLOSE, {"public": "keep", "email": "else@example.org"})

    assert answer.status_code == 422
    assert User.objects.get().is_active


def test_who_leaves_is_gone_and_public_submissions_stay_nameless(leaver: User) -> None:
    public = scored(submitter=leaver, model="Public")
    private = scored(submitter=leaver, model="Secret", visibility="private", right=1)
    sha256s = set(private.files.values_list("sha256", flat=True))
    EmailAddress.objects.create(user=leaver, email=leaver.email, verified=True, primary=True)
    ApiToken.objects.create(leaver, name="laptop")
    Webhook.objects.create(owner=leaver, url="https://x.example.org/", created_at=make.NOW)
    Letter.objects.create(
        subject="x",
        sender="y",
        recipients=[leaver.email],
        created_at=make.NOW,
        due_at=make.NOW,
    )
    client = signed_in(leaver)

    answer = client.post(CLOSE, {"public": "keep", "email": "LEAVER@example.org"})

    assert answer.headers["Location"] == "/"
    assert client.get("/mine/").status_code == 302
    emptied = User.objects.get(pk=leaver.pk)
    assert (emptied.is_active, emptied.name) == (False, "")
    assert str(emptied) == "a closed account"
    assert "leaver" not in emptied.email
    left = (EmailAddress, ApiToken, Webhook, Letter)
    assert [model.objects.count() for model in left] == [0, 0, 0, 0]
    page = client_of(None).get(f"/s/{public.public_id}/")
    assert page.status_code == 200
    assert "Lea Ver" not in page.content.decode()
    assert client_of(None).get(f"/s/{private.public_id}/").status_code == 404
    assert not ModelEntry.objects.filter(name="Secret").exists()
    for sha256 in sha256s:
        with pytest.raises(DamagedFile):
            read_stored(sha256)
    for stored in public.files.all():
        read_stored(stored.sha256)


def test_public_submissions_are_withdrawn_where_that_was_chosen(leaver: User) -> None:
    public = scored(submitter=leaver)

    close_account(leaver, keep_public=False, now=timezone.now())

    public.refresh_from_db()
    assert public.withdrawn_at is not None
    assert not public.files.exists()
    assert not public.standings.exists()
    assert client_of(None).get(f"/s/{public.public_id}/").status_code == 410


@pytest.mark.parametrize("keep_public", [True, False])
def test_what_was_withdrawn_before_goes_as_well(leaver: User, *, keep_public: bool) -> None:
    public = scored(submitter=leaver, note="mine", declared={"decoding": "mine"})
    withdraw_submission(public, now=timezone.now())

    close_account(leaver, keep_public=keep_public, now=timezone.now())

    public.refresh_from_db()
    assert not public.files.exists()
    assert not public.tasks.exists()
    assert (public.note, public.declared) == ("", {})


def test_answers_of_runs_go_with_what_became_of_them(leaver: User) -> None:
    kept, gone = scored(submitter=leaver), scored(submitter=leaver, visibility="private", right=1)
    for submission in (kept, gone, None):
        run = HostedRun.objects.create(
            owner=leaver,
            model=kept.model,
            release=kept.release,
            tasks=["passkey"],
            facts={},
            visibility="private",
            status="finished" if submission else "cancelled",
            reason="" if submission else "no more",
            created_at=make.NOW,
            finished_at=make.NOW,
            submission=submission,
        )
        Answer.objects.create(run=run, task="passkey", position=0, state="refused", at=make.NOW)

    close_account(leaver, keep_public=True, now=timezone.now())

    assert [one.run.submission for one in Answer.objects.all()] == [kept]


def test_equal_bytes_of_somebody_else_stay(leaver: User) -> None:
    scored(submitter=leaver, visibility="private")
    others = scored(submitter=make.user("other@example.org"))

    close_account(leaver, keep_public=True, now=timezone.now())

    for stored in others.files.all():
        read_stored(stored.sha256)


def test_an_organization_keeps_what_was_submitted_to_its_model(leaver: User) -> None:
    lab = found_organization("The Lab", founder=make.user("o@example.org"), now=make.NOW)
    Membership.objects.create(organization=lab, user=leaver, role=MEMBER, joined_at=make.NOW)
    submission = scored(submitter=leaver, visibility="private")
    share_model(submission.model, lab, sharer=leaver)

    close_account(leaver, keep_public=False, now=timezone.now())

    submission.refresh_from_db()
    assert submission.withdrawn_at is None
    assert submission.files.exists()
    assert not lab.memberships.filter(user=leaver).exists()


def test_nobody_leaves_an_organization_without_an_owner(leaver: User) -> None:
    lab = found_organization("The Lab", founder=leaver, now=make.NOW)
    Membership.objects.create(
        organization=lab, user=make.user("m@example.org"), role=MEMBER, joined_at=make.NOW
    )

    with pytest.raises(NotClosed, match="The Lab"):
        close_account(leaver, keep_public=True, now=timezone.now())
    assert User.objects.get(pk=leaver.pk).is_active


def test_a_closed_address_may_sign_up_anew(leaver: User) -> None:
    close_account(leaver, keep_public=True, now=timezone.now())

    assert make.user("leaver@example.org").pk != leaver.pk
    assert not Submission.objects.filter(submitter__email="leaver@example.org").exists()
