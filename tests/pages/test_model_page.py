"""A model's page: what stands for it, what it is compared with, what others may see."""

import re

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from submissions.models import SubmissionFile
from submissions.row_details import file_argument
from submissions.views.citation import bibtex
from tests import make
from tests.pages.make_pages import client_of, reported, scored

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("release")]


def page_of(path: str) -> str:
    answer = Client().get(path)
    assert answer.status_code == 200
    return answer.content.decode()


def text_of(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def test_a_model_shows_every_task_with_its_rank_among_all_rows() -> None:
    scored(model="Best", right=3)
    scored(model="Middle", right=2)

    text = text_of(page_of("/models/middle/"))

    assert len(re.findall(r" 66\.7 – 2 / 2 3 / 3 0 0 0 0 ", text)) >= 8
    assert "rank 2" in text


def test_the_radar_has_a_band_where_there_is_a_field() -> None:
    for at in range(2):
        scored(model=f"M{at}", right=at)
    alone = page_of("/models/m1/")
    scored(model="M3", right=3)
    scored(model="M2", right=2)

    with_field = page_of("/models/m1/")

    assert "chart__field" not in alone
    assert "M1 is above the field’s median on 0 of 12 tasks." in with_field
    assert 'data-at="Median|En.QA"' in with_field


def test_a_better_row_on_another_board_does_not_stand_for_a_model() -> None:
    own = scored(model="Twice", right=1)
    scored(model="Twice", right=3, release=make.release("easy", board="easy"))

    page = page_of("/models/twice/")

    assert f"Submission {own.public_id} on test" in page
    assert "badge.svg" in page


def test_a_row_on_another_board_alone_is_ranked_there_and_has_no_badge() -> None:
    scored(model="Main", right=3)
    scored(model="Main too", right=3)
    scored(model="Short", right=1, release=make.release("easy", board="easy"))

    page = page_of("/models/short/")

    assert re.search(r" 1 / 1 3 / 3 ", text_of(page))
    assert "badge.svg" not in page


def test_what_stands_for_a_model_is_its_row_on_the_board() -> None:
    first = scored(model="Twice", right=3)
    later = scored(model="Twice", right=1)

    page = page_of("/models/twice/")

    assert f"Submission {first.public_id} on test" in page
    assert f"Submission {later.public_id} on test" not in page
    assert later.public_id in page


def test_a_model_that_is_not_complete_has_no_average_and_says_so() -> None:
    scored(model="Part", tasks=["passkey", "code_run"])

    text = text_of(page_of("/models/part/"))

    assert "in 2 of 12 tasks" in text
    assert text.count("not submitted") >= 10


def test_a_reported_model_has_its_figures_and_nothing_else() -> None:
    reported("Printed", passkey=0.5)

    page = page_of("/models/printed/")

    assert "As reported by the authors" in page
    assert 'class="chart ' not in page
    assert "Reproduce" not in page


def test_scores_follow_the_scorer_in_the_address() -> None:
    scored(model="M")

    for scorer in make.SUITE.scorers:
        assert f"scored by {scorer.name};" in page_of(f"/models/m/?scorer={scorer.name}")
    assert Client().get("/models/m/?scorer=x").status_code == 404


def test_the_commands_fetch_the_files_and_score_them() -> None:
    one = scored(model="M", drop_first_number=True)

    page = page_of("/models/m/")

    for file in one.files.all():
        assert f"http://testserver/s/{one.public_id}/files/{file.sha256}/" in page
    assert "--scorer official-2024-06 --drop-first-number" in page
    assert f"submission {one.public_id}" in page


def test_a_citation_is_escaped_for_tex() -> None:
    entry = bibtex(
        model="50% {a}\\b_~", public_id="x", release="r", scorer="s", year=2026, address="https://a"
    )

    assert r"title        = {50\% \{a\}\textbackslash{}b\_\textasciitilde{} on" in entry
    assert entry.count("{") - entry.count(r"\{") == entry.count("}") - entry.count(r"\}")


@pytest.mark.parametrize(
    ("name", "argument"),
    [
        ("preds_passkey.jsonl", "preds_passkey.jsonl"),
        ("a b;rm -rf ~.jsonl", "'a b;rm -rf ~.jsonl'"),
        ("$(x)'.jsonl", "'$(x)'\"'\"'.jsonl'"),
        ("../../etc/passwd", "passwd"),
        ("-o.jsonl", "./-o.jsonl"),
        ("", "file"),
    ],
)
def test_a_file_name_is_one_argument_whatever_it_holds(name: str, argument: str) -> None:
    assert file_argument(name) == argument


def test_an_archive_is_unpacked_first() -> None:
    one = scored(model="M")
    SubmissionFile.objects.filter(pk=one.files.all()[0].pk).update(name="all.zip")

    page = page_of("/models/m/")

    assert "unzip -j all.zip" in page


def test_a_private_submission_stands_for_its_model_to_its_owner_alone() -> None:
    owner = make.user("owner@example.org")
    scored(submitter=owner, model="M", right=1)
    secret = scored(submitter=owner, model="M", right=3, visibility="private")

    for reader in (owner, make.user("other@example.org"), None):
        page = client_of(reader).get("/models/m/").content.decode()
        assert (secret.public_id in page) == (reader is owner)
        figure = client_of(reader).get("/models/m/chart/radar.json").content.decode()
        assert "33.3" in figure


@pytest.mark.parametrize("name", ["nothing", "forest"])
def test_there_is_no_other_chart(client: Client, name: str) -> None:
    scored(model="M")

    assert client.get(f"/models/m/chart/{name}.json").status_code == 404
    assert client.get("/models/none/chart/radar.json").status_code == 404


@pytest.mark.parametrize("count", [1, 4])
def test_a_page_takes_as_many_queries_however_many_submissions_there_are(
    django_assert_max_num_queries: DjangoAssertNumQueries, count: int
) -> None:
    for at in range(count):
        scored(model="M", right=at % 4)
        scored(model=f"Other {at}", right=at % 4)

    with django_assert_max_num_queries(10):
        page_of("/models/m/")
