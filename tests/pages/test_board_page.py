"""The board as a page."""

import re

import pytest
from django.test import Client

from tests import make
from tests.pages.make_pages import reported, scored

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("release")]


def test_the_page_names_scorer_and_release(client: Client) -> None:
    scored()

    page = client.get("/leaderboard/?scorer=portal-1&release=test").content.decode()

    assert "Portal 1" in page
    assert "on release <strong>test</strong>" in page


@pytest.mark.parametrize("query", ["", "?sort=passkey&order=asc", "?sort=nonsense", "?order=desc"])
def test_exactly_one_column_is_marked_as_sorted(client: Client, query: str) -> None:
    page = client.get(f"/leaderboard/{query}").content.decode()

    assert len(re.findall(r'<th[^>]* aria-sort="(?:ascending|descending)"', page)) == 1


@pytest.mark.parametrize("query", ["?scorer=nobody", "?release=nobody"])
def test_what_does_not_exist_is_not_found(client: Client, query: str) -> None:
    assert client.get(f"/leaderboard/{query}").status_code == 404


def test_sorting_twice_by_a_column_turns_it_round(client: Client) -> None:
    page = client.get("/leaderboard/?sort=passkey&order=desc").content.decode()

    assert 'id="sort-passkey" href="?sort=passkey&amp;order=asc"' in page


def test_a_sort_link_keeps_scorer_and_release(client: Client) -> None:
    page = client.get("/leaderboard/?scorer=portal-1&release=test").content.decode()

    assert 'href="?scorer=portal-1&amp;release=test&amp;sort=name&amp;order=asc"' in page


def test_htmx_gets_the_part_and_caches_know_it(client: Client) -> None:
    part = client.get("/leaderboard/", headers={"HX-Request": "true"})

    assert b"<html" not in part.content
    assert b'class="board board--pins"' in part.content
    assert "HX-Request" in part.headers["Vary"]


def test_below_five_stays_below_five(client: Client) -> None:
    reported("Printed", passkey=0.9271)

    page = client.get("/leaderboard/").content.decode()

    assert 'title="reported only as below 5 %">&lt; 5</span>' in page
    assert ">92.7<td" in page
    assert "not scored here" in page


def test_a_task_that_was_not_submitted_says_so(client: Client) -> None:
    scored(tasks=["passkey"])

    page = client.get("/leaderboard/").content.decode()

    assert page.count("<abbr title='not submitted'>–</abbr>") == 11
    assert "nan" not in re.sub(r"<[^>]+>", " ", page).lower().split()


def test_an_empty_board_invites(client: Client) -> None:
    assert "Submit the first" in client.get("/leaderboard/").content.decode()


def test_the_front_page_counts_and_shows_the_top(client: Client) -> None:
    scored(model="Champion")

    page = client.get("/").content.decode()

    assert "Champion" in page
    assert f"{sum(task.n for task in make.SUITE.tasks):,}" in page
