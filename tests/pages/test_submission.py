"""A submission's page, its examples, its files, its end."""

import re

import pytest
from django.test import Client

from submissions.models import BoardEvent, Standing
from submissions.withdraw import withdraw_submission
from tests import make
from tests.pages.make_pages import client_of, failed, scored
from workers.tasks import rank

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("release")]
HTMX = {"HX-Request": "true"}


def test_an_open_submission_is_asked_for_every_second(client: Client) -> None:
    path = make.submission().get_absolute_url()

    page = client.get(path).content.decode()

    assert 'hx-trigger="every 1s"' in page
    assert '<noscript><meta http-equiv="refresh"' in page


def test_nothing_new_is_no_content(client: Client) -> None:
    path = make.submission().get_absolute_url()
    found = re.search(r'hx-get="([^"]+)"', client.get(path).content.decode())
    assert found is not None

    assert client.get(found[1], headers=HTMX).status_code == 204
    assert client.get(f"{path}?seen=other", headers=HTMX).status_code == 200


def test_a_scored_submission_is_asked_for_no_more(client: Client) -> None:
    page = client.get(scored().get_absolute_url()).content.decode()

    assert "hx-trigger" not in page
    assert 'http-equiv="refresh"' not in page
    for scorer in make.SUITE.scorers:
        assert scorer.name in page


def test_a_failure_says_code_reason_and_hint(client: Client) -> None:
    page = client.get(failed().get_absolute_url()).content.decode()

    assert "stored_file" in page
    assert "file abc: missing" in page
    assert "An organizer must restore" in page


def test_examples_stand_beside_their_answers(client: Client) -> None:
    submission = scored(right=1)

    page = client.get(f"/s/{submission.public_id}/examples/passkey/").content.decode()

    assert page.count("<article") == 3
    assert page.count(make.answer_of("passkey", 0)) == 2
    assert page.count(">wrong</span>") == 2


def test_examples_of_one_outcome(client: Client) -> None:
    submission = scored(right=1)

    page = client.get(f"/s/{submission.public_id}/examples/passkey/?outcome=wrong")

    assert page.content.decode().count("<article") == 2


def test_chinese_texts_say_so(client: Client) -> None:
    submission = scored()

    page = client.get(f"/s/{submission.public_id}/examples/longbook_qa_chn/").content.decode()

    assert page.count('lang="zh"') == 6


def test_hidden_answers_are_shown_to_staff_alone(client: Client) -> None:
    submission = scored(right=0)
    submission.release.are_answers_public = False
    submission.release.save()
    path = f"/s/{submission.public_id}/examples/passkey/"
    staff = make.user("staff@example.org", is_staff=True)

    assert make.answer_of("passkey", 0) not in client.get(path).content.decode()
    assert make.answer_of("passkey", 0) in client_of(staff).get(path).content.decode()


@pytest.mark.parametrize("query", ["?scorer=x", "?outcome=x"])
def test_unknown_filters_are_not_found(client: Client, query: str) -> None:
    path = f"/s/{scored().public_id}/examples/passkey/{query}"

    assert client.get(path).status_code == 404


@pytest.mark.parametrize("page", ["0", "99", "x", "9" * 40, "²"])
def test_any_page_number_leads_to_a_page(client: Client, page: str) -> None:
    path = f"/s/{scored().public_id}/examples/passkey/?page={page}"

    assert client.get(path).status_code == 200


def test_a_file_comes_back_as_it_went_in_and_as_a_download(client: Client) -> None:
    submission = scored(tasks=["passkey"])
    stored = submission.files.get()

    answer = client.get(f"/s/{submission.public_id}/files/{stored.sha256}/")

    assert answer.getvalue() == make.files(["passkey"])[0][1].getvalue()
    assert answer.headers["Content-Disposition"] == 'attachment; filename="preds_passkey.jsonl"'
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Type"] == "application/octet-stream"


def test_withdrawing_settles_the_board() -> None:
    first, second = scored(model="First", right=3), scored(model="Second", right=1)

    assert withdraw_submission(first, now=make.NOW)
    assert not withdraw_submission(first, now=make.NOW)

    ranks = dict(Standing.objects.filter(scorer="portal-1").values_list("submission", "rank"))
    assert ranks == {first.pk: None, second.pk: 1}
    assert BoardEvent.objects.filter(kind="withdrawn").count() == 1


def test_hostile_names_are_shown_and_not_run(client: Client) -> None:
    submission = scored(model="<script>alert(1)</script>", note='"><img src=x onerror=alert(1)>')

    for path in (submission.get_absolute_url(), "/leaderboard/"):
        page = client.get(path).content.decode()
        assert "<script>alert" not in page
        assert "<img" not in page


def test_examples_on_which_the_scorers_differ(client: Client) -> None:
    submission = scored(right=1)
    path = f"/s/{submission.public_id}/examples/passkey/"

    page = client.get(f"{path}?outcome=differs").text

    assert "scorers differ (0)" in page
    assert "No example has this outcome" in page


def test_the_first_difference_is_marked(client: Client) -> None:
    page = client.get(f"/s/{scored(right=1).public_id}/examples/passkey/").text

    assert page.count("<mark>qqq</mark>") == 2


def test_intervals_stand_below_scores_on_the_board_or_off_it(client: Client) -> None:
    public, hidden = scored(right=2), scored(right=1, model="Off", visibility="unlisted")
    for scorer in make.SUITE.scorers:
        rank(board="infinitebench", scorer=scorer.name)

    for one in (public, hidden):
        assert client.get(one.get_absolute_url()).text.count('class="interval"') >= 39


def test_outcomes_under_another_scorer(client: Client) -> None:
    path = scored().get_absolute_url()

    assert "Outcomes are those under portal-1." in client.get(f"{path}?scorer=portal-1").text
    assert client.get(f"{path}?scorer=none").status_code == 404
