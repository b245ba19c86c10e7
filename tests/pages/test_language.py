"""English and Simplified Chinese: who gets which, and how it is changed."""

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db
CHINESE = {"Accept-Language": "zh-CN,zh;q=0.9"}


def test_a_page_is_in_the_language_that_the_browser_asks_for(client: Client) -> None:
    page = client.get("/accounts/login/", headers=CHINESE)

    assert '<html lang="zh-hans">' in page.text
    assert page.headers["Content-Language"] == "zh-hans"
    assert '<html lang="en">' in client.get("/accounts/login/").text
    assert (
        '<html lang="en">' in client.get("/accounts/login/", headers={"Accept-Language": "fr"}).text
    )


def test_no_cache_gives_one_language_to_readers_of_another(client: Client) -> None:
    for path in ("/", "/leaderboard/", "/queue/", "/docs/scoring/", "/nowhere/"):
        vary = client.get(path).headers["Vary"]
        assert {"Accept-Language", "Cookie"} <= {one.strip() for one in vary.split(",")}, path


def test_a_choice_is_kept_and_leads_back(client: Client) -> None:
    answer = client.get("/language/zh-hans/?next=/queue/%3Fmine%3D1")

    assert answer.headers["Location"] == "/queue/?mine=1"
    assert '<html lang="zh-hans">' in client.get("/queue/").text
    client.get("/language/en/?next=/queue/")
    assert '<html lang="en">' in client.get("/queue/", headers=CHINESE).text


def test_the_way_back_is_the_page_that_the_browser_names(client: Client) -> None:
    came_from = {"Referer": "http://testserver/leaderboard/?sort=name"}

    answer = client.get("/language/en/?next=/leaderboard/", headers=came_from)

    assert answer.headers["Location"] == "/leaderboard/?sort=name"


@pytest.mark.parametrize("back", ["https://evil.example/", "//evil.example/", "javascript:x", ""])
def test_the_way_back_never_leaves_the_site(client: Client, back: str) -> None:
    answer = client.get("/language/en/", {"next": back}, headers={"Referer": back})

    assert answer.headers["Location"] == "/"


def test_only_languages_of_the_site_can_be_chosen(client: Client) -> None:
    assert client.get("/language/fr/").status_code == 404
    assert client.post("/language/en/").status_code == 405


def test_a_text_with_a_percent_sign_is_translated_where_it_is_shown(client: Client) -> None:
    """Django asks for such a text with its sign doubled: so it must stand in the catalogue."""
    told = client.get("/", headers=CHINESE).text

    assert "平均分的 95 % 区间（图示）" in told
    assert "95 % interval" not in told


def test_the_board_tells_of_its_scorer_in_the_readers_language(client: Client) -> None:
    told = client.get("/leaderboard/", headers=CHINESE).text

    assert "官方，2024 年 6 月</strong>。作者在 2024 年 6 月 13 日的评分器" in told


def test_a_comparison_that_cannot_be_is_told_in_the_readers_language(client: Client) -> None:
    told = client.get("/compare/", headers=CHINESE)

    assert "对比需要 2 到 6 个提交；此网址给出了 0 个。" in told.text


def test_the_pages_own_language_is_marked_and_no_link(client: Client) -> None:
    foot = client.get("/docs/scoring/").content.decode().split("<footer")[1]

    assert '<strong lang="en" aria-current="true">English</strong>' in foot
    assert 'href="/language/en/' not in foot
    assert 'href="/language/zh-hans/' in foot
