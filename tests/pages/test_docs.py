"""The guides as pages."""

import pytest
from django.test import Client

from submissions.views.docs import GUIDES

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("name", GUIDES)
def test_a_guide_is_served_with_its_tables(client: Client, name: str) -> None:
    page = client.get(f"/docs/{name}/")

    assert page.status_code == 200
    assert "<table>" in page.text
    assert ".md" not in page.text.split("<main")[1].split("</main>")[0].replace("README.md", "")


def test_the_guides_have_a_first_page(client: Client) -> None:
    assert client.get("/docs/").headers["Location"] == "/docs/board/"


@pytest.mark.parametrize("name", ["architecture", "nowhere", "operations"])
def test_only_guides_for_visitors_are_served(client: Client, name: str) -> None:
    assert client.get(f"/docs/{name}/").status_code == 404


def test_the_board_leads_to_its_statistics(client: Client) -> None:
    assert "/docs/statistics/" in client.get("/leaderboard/").text


@pytest.mark.parametrize("name", GUIDES)
def test_a_guide_is_shown_in_the_readers_language(client: Client, name: str) -> None:
    english = client.get(f"/docs/{name}/").text
    chinese = client.get(f"/docs/{name}/", headers={"Accept-Language": "zh-hans"}).text

    assert '<div lang="en"><h1' in english
    assert '<div lang="zh-hans"><h1' in chinese


def test_a_part_of_a_guide_has_one_address_in_every_language(client: Client) -> None:
    english = client.get("/docs/statistics/").text
    chinese = client.get("/docs/statistics/", headers={"Accept-Language": "zh-hans"}).text

    assert '<h2 id="effective-context-length">Effective context length</h2>' in english
    assert '<h2 id="effective-context-length">有效上下文长度</h2>' in chinese
    assert "/docs/statistics/#effective-context-length" in client.get("/docs/releases/").text


def test_the_reference_says_of_every_field_what_it_takes(client: Client) -> None:
    page = client.get("/docs/api/reference/").text.split("<main")[1].split("</main>")[0]

    assert ">integer or null</td>" in page
    assert "<td></td><td>" not in page
    assert "`" not in page
    assert "<code>try_ended_at</code>" in page
