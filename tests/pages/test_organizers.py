"""Organizers verify, hide, withdraw and re-score, each with its entry in the audit log."""

import pytest
from django.test import Client

from accounts.models import User
from audit.read import follow_entries
from submissions.models import (
    Evaluation,
    RescoreJob,
    RescoreReport,
    Standing,
    Submission,
)
from submissions.verify import find_breaks
from tests import make
from tests.pages.make_pages import client_of, scored
from workers.tasks import report_rescore

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("release")]
LIST = "/admin/submissions/submission/"


@pytest.fixture
def organizer() -> User:
    return make.user("organizer@example.org", is_staff=True, is_superuser=True)


def act(client: Client, action: str, *chosen: Submission, reason: str = "") -> str:
    form = {"action": action, "_selected_action": [one.pk for one in chosen], "reason": reason}
    return client.post(LIST, form, follow=True).content.decode()


def entries(kind: str) -> list[tuple[str, str]]:
    return [(one["subject"], one["actor"]) for one in follow_entries() if one["kind"] == kind]


def test_a_submission_is_verified_once(organizer: User) -> None:
    one, hidden = scored(), scored(model="B", right=1, visibility="private")

    said = act(client_of(organizer), "verify", one, hidden)
    act(client_of(organizer), "verify", one)

    assert "Done for 1 of 2" in said
    one.refresh_from_db()
    assert one.verified_at
    assert entries("submission.verified") == [
        (f"submission {one.public_id}", f"organizer {organizer.pk}")
    ]
    assert "by an organizer" in Client().get(one.get_absolute_url()).content.decode()


def test_what_is_hidden_is_off_the_board_and_the_chain_holds(organizer: User) -> None:
    one, other = scored(right=2), scored(model="B")

    act(client_of(organizer), "hide", one)

    assert not Standing.objects.filter(submission=one, is_on_board=True).exists()
    assert Standing.objects.filter(submission=other, is_on_board=True).exists()
    assert len(entries("submission.hidden")) == 1
    assert not list(find_breaks())


def test_a_withdrawal_needs_a_reason_that_everybody_reads(organizer: User) -> None:
    one = scored()

    act(client_of(organizer), "withdraw", one)
    one.refresh_from_db()
    assert one.withdrawn_at is None

    act(client_of(organizer), "withdraw", one, reason="Trained on the answers.")
    one.refresh_from_db()
    assert one.withdrawn_reason == "Trained on the answers."
    assert entries("submission.withdrawn")


@pytest.mark.parametrize("is_staff", [True, False])
def test_nobody_without_the_right_acts(is_staff: bool) -> None:
    one, nobody = scored(), make.user("nobody@example.org", is_staff=is_staff)

    act(client_of(nobody), "hide", one)

    one.refresh_from_db()
    assert one.visibility == "public"
    assert not entries("submission.hidden")


def asked(client: Client) -> RescoreReport:
    release = scored(model="Asked").release
    client.post(
        "/admin/submissions/release/", {"action": "report", "_selected_action": [release.pk]}
    )
    report = RescoreReport.objects.get()
    report_rescore(report_id=report.pk)
    report.refresh_from_db()
    return report


def test_a_report_of_the_same_scorers_moves_nothing(organizer: User) -> None:
    client = client_of(organizer)
    report = asked(client)

    page = client.get(f"/admin/submissions/rescorereport/{report.pk}/change/").content.decode()

    assert "0 of 3 rows would move" in page
    assert Evaluation.objects.count() == 1


def test_a_report_says_what_moves_before_it_is_applied(organizer: User) -> None:
    """The stored scores are those of an older scorer: other figures than it would give today."""
    client = client_of(organizer)
    best = scored(model="Best")
    Standing.objects.filter(submission=best, scorer="portal-1").update(average=0.25, rank=2)
    report = asked(client)
    page = client.get(f"/admin/submissions/rescorereport/{report.pk}/change/").content.decode()

    assert "1 of 6 rows would move" in page
    (row,) = [one for one in report.rows or [] if one["old_average"] == 0.25]
    assert (row["new_average"], row["old_rank"], row["new_rank"]) == (1.0, 2, 1)
    assert not RescoreJob.objects.exists()

    client.post(f"/admin/submissions/rescorereport/{report.pk}/apply/")
    client.post(f"/admin/submissions/rescorereport/{report.pk}/apply/")

    assert RescoreJob.objects.get().items.count() == 2
    assert len(entries("rescore.applied")) == 1


def test_a_report_of_a_board_that_has_changed_is_not_applied(organizer: User) -> None:
    client = client_of(organizer)
    report = asked(client)
    scored(model="Late", right=1)

    said = client.post(
        f"/admin/submissions/rescorereport/{report.pk}/apply/", follow=True
    ).content.decode()

    assert "The board has changed since" in said
    assert not RescoreJob.objects.exists()


def test_only_who_may_applies_and_only_by_posting(organizer: User) -> None:
    report = asked(client_of(organizer))
    path = f"/admin/submissions/rescorereport/{report.pk}/apply/"
    staff = make.user("staff@example.org", is_staff=True)

    assert client_of(organizer).get(path).status_code == 403
    assert client_of(staff).post(path).status_code == 403
    assert Client().post(path).status_code == 302
    assert not RescoreJob.objects.exists()
