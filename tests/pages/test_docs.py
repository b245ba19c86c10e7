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


@pytest.mark.parametrize("name", ["architecture", "nowhere", "operations"])
def test_only_guides_for_visitors_are_served(client: Client, name: str) -> None:
    assert client.get(f"/docs/{name}/").status_code == 404


def test_the_board_leads_to_its_statistics(client: Client) -> None:
    assert "/docs/statistics/" in client.get("/leaderboard/").text


def test_a_translated_guide_is_shown_to_those_who_read_its_language(client: Client) -> None:
    english = client.get("/docs/submission-format/").text
    chinese = client.get("/docs/submission-format/", headers={"Accept-Language": "zh-hans"}).text
    others = client.get("/docs/scoring/", headers={"Accept-Language": "zh-hans"}).text

    assert '<div lang="en"><h1>What to upload</h1>' in english
    assert '<div lang="zh-hans"><h1>上传什么</h1>' in chinese
    assert '<div lang="en">' in others
