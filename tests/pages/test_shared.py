"""What others show of the board: feed, badge, picture; and pages that have not changed."""

import io
from xml.etree import ElementTree as ET

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from PIL import Image

from submissions.models import Standing
from submissions.withdraw import withdraw_submission
from tests import make
from tests.pages.make_pages import failed, scored

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("release")]
ATOM = "{http://www.w3.org/2005/Atom}"


def titles(client: Client) -> list[str]:
    feed = ET.fromstring(client.get("/leaderboard.atom").content)  # noqa: S314  Our own.
    return [str(entry.findtext(f"{ATOM}title")) for entry in feed.iter(f"{ATOM}entry")]


def test_the_feed_tells_what_happened_newest_first(client: Client) -> None:
    one = scored(model="One")
    scored(model="Two")
    withdraw_submission(one, now=make.NOW)

    assert titles(client) == [
        "One was withdrawn from test",
        "Two was scored on test",
        "One was scored on test",
    ]


def test_the_feed_tells_nothing_that_is_not_public(client: Client) -> None:
    scored(model="Private", visibility="private")
    scored(model="Unlisted", visibility="unlisted")
    failed(model="Failed")

    assert titles(client) == []


def test_a_badge_shows_average_interval_and_rank(client: Client) -> None:
    one = scored(right=1)
    Standing.objects.update(low=0.3, high=0.36667, se=0.02, rank_low=1, rank_high=1)

    badge = client.get(f"/models/{one.model.slug}/badge.svg")

    assert badge["Content-Type"] == "image/svg+xml"
    assert "±3.3" in badge.content.decode()
    assert "#1" in badge.content.decode()
    assert ET.fromstring(badge.content).tag.endswith("svg")  # noqa: S314  Our own.


@pytest.mark.parametrize("visibility", ["private", "unlisted"])
def test_what_does_not_rank_has_no_badge(client: Client, visibility: str) -> None:
    one = scored(visibility=visibility)

    assert client.get(f"/models/{one.model.slug}/badge.svg").status_code == 404


def test_a_name_cannot_break_out_of_its_badge(client: Client) -> None:
    one = scored(model='"><script>x</script>')

    assert b"<script" not in client.get(f"/models/{one.model.slug}/badge.svg").content


def test_a_name_that_xml_cannot_hold_ends_no_feed_and_no_badge(client: Client) -> None:
    one = scored(model="A\x01B\x1b[0m\uffff")

    assert titles(client) == ["AB[0m was scored on test"]
    badge = client.get(f"/models/{one.model.slug}/badge.svg")
    assert ET.fromstring(badge.content).tag.endswith("svg")  # noqa: S314  Our own.


@pytest.mark.parametrize("name", ["Plain", "长长的名字" * 20, "W" * 120])
def test_the_picture_is_made_here_at_its_usual_size(client: Client, name: str) -> None:
    scored(model=name)

    picture = Image.open(io.BytesIO(client.get("/leaderboard.png").content))

    assert picture.size == (1200, 630)
    page = client.get("/").content.decode()
    assert 'property="og:image" content="http://testserver/leaderboard.png"' in page


@pytest.mark.parametrize(
    "path", ["/", "/leaderboard/", "/leaderboard/?q=x", "/leaderboard.atom", "/leaderboard.png"]
)
def test_an_unchanged_page_reads_versions_and_no_row(client: Client, path: str) -> None:
    scored()
    tag = client.get(path)["ETag"]

    with CaptureQueriesContext(
        connection,
    ) as queries:
        again = client.get(path, headers={"If-None-Match": tag})

    assert (again.status_code, again.content) == (304, b"")
    assert len(queries) <= 2
    assert not any("boardline" in one["sql"] or "standing" in one["sql"] for one in queries)


def test_a_page_that_changed_is_made_again(client: Client) -> None:
    tag = client.get("/leaderboard/")["ETag"]
    scored()

    changed = client.get("/leaderboard/", headers={"If-None-Match": tag})

    assert changed.status_code == 200
    assert changed["ETag"] != tag


def test_another_view_is_another_page(client: Client) -> None:
    tags = {
        client.get("/leaderboard/")["ETag"],
        client.get("/leaderboard/?sort=name")["ETag"],
        client.get("/leaderboard/", headers={"HX-Request": "true"})["ETag"],
        client.get("/leaderboard/", headers={"Accept-Language": "zh-hans"})["ETag"],
    }

    assert len(tags) == 4


def test_who_is_signed_in_has_a_page_of_their_own(client: Client) -> None:
    client.force_login(make.user(), backend="django.contrib.auth.backends.ModelBackend")

    assert "ETag" not in client.get("/leaderboard/").headers
