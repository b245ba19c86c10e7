"""How sure the board is: rank intervals, strips, bold cells, and what filters leave alone."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

from submissions.board_query import default_query
from submissions.leaderboard import read_board
from submissions.models import BoardState, Standing
from tests import make
from tests.pages.make_pages import PAPER_SCORER, reported, scored
from workers.tasks import rank

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("release")]


def board_page(client: Client, query: str = "") -> str:
    return client.get(f"/leaderboard/{query}").content.decode()


def settle(**fields: object) -> None:
    """Give every complete row on the board an interval, as the ranking job does."""
    Standing.objects.filter(average__isnull=False, is_on_board=True).update(
        **{"rank_low": 1, "rank_high": 3, "se": 0.01, "low": 0.2, "high": 0.4} | fields
    )
    BoardState.objects.update(
        computed=9, wanted=9, computed_at=make.NOW, ranked=3, seed=4711, are_clusters_known=True
    )


def ranks(page: str) -> list[str]:
    cells = re.findall(r"<td class=rank>(.*?)<th", page)
    return [re.sub(r"<[^>]+>", "", cell) for cell in cells if cell]


def test_a_rank_is_an_interval(client: Client) -> None:
    for number in range(3):
        scored(model=f"Model {number}", right=number)
    settle()

    assert ranks(board_page(client)) == ["1–3"] * 3


def test_a_sure_rank_is_one_number(client: Client) -> None:
    scored(right=1)
    settle(rank_low=1, rank_high=1)

    assert ranks(board_page(client)) == ["1"]


def test_a_rank_without_interval_says_that_it_is_being_computed(client: Client) -> None:
    scored(right=1)

    page = board_page(client)

    assert ranks(page) == ["1…"]
    assert "title='interval is being computed'" in page


def test_an_interval_that_is_older_than_its_rank_is_not_shown(client: Client) -> None:
    scored(right=1)
    settle(rank_low=2, rank_high=3)

    assert ranks(board_page(client)) == ["1…"]


def test_the_ranking_job_fills_the_board(client: Client) -> None:
    scored(model="Weak", right=1)
    strong = scored(model="Strong")
    rank(board=make.SUITE.slug, scorer=PAPER_SCORER)

    page = board_page(client, f"?open={strong.public_id}")

    assert "…" not in "".join(ranks(page))
    assert page.count("<svg aria-hidden=true>") == 2
    assert "Best of all with probability" in page
    assert "clusters unknown: contexts were not imported" in page


@pytest.mark.parametrize(
    ("fields", "words", "is_there"),
    [
        ({"are_clusters_known": False}, "clusters unknown: contexts were not imported", True),
        ({"are_clusters_known": True}, "clusters unknown", False),
        ({"is_covariance_full": False}, "independent variances (more than 1,000 rows)", True),
        ({"is_covariance_full": True}, "independent variances", False),
        ({"wanted": 10}, "Rows have changed since", True),
        ({"wanted": 9}, "Rows have changed since", False),
        ({}, "Seed 4711, <time", True),
    ],
)
def test_what_was_assumed_is_said(
    client: Client, fields: dict[str, object], words: str, is_there: bool
) -> None:
    scored(right=1)
    settle()
    BoardState.objects.update(**fields)

    assert (words in board_page(client)) is is_there


def test_what_is_not_separable_is_bold_and_said(client: Client) -> None:
    one = scored(right=1)
    settle(inseparable=["passkey"], intervals={"passkey": [0.1, 0.5]})

    page = board_page(client, f"?open={one.public_id}")

    assert len(re.findall(r"<td class=\"[^\"]* is-best\"", page)) == 1
    assert "[10.0–50.0]" in page
    assert "not apart from the best" in page
    assert "not separable from the best of its column" in page


def test_a_partial_row_has_bounds_and_no_strip(client: Client) -> None:
    one = scored(tasks=make.SUITE.slugs[:11])

    row = read_board(default_query(make.SUITE)).rows[0]
    page = board_page(client, f"?open={one.public_id}")

    assert row.bounds == pytest.approx((11 / 12, 1.0))
    assert "the average would lie between 91.7 and 100.0" in page
    assert "<svg aria-hidden=true>" not in page


@pytest.mark.parametrize("query", ["?release=test", "?sort=passkey", "?sort=name&order=desc"])
def test_filters_and_order_change_no_rank(client: Client, query: str) -> None:
    make.release("other", n=4)
    scored(model="A", right=2)
    scored(model="B", right=1)
    Standing.objects.filter(rank=1).update(rank_low=1, rank_high=2)
    Standing.objects.filter(rank=2).update(rank_low=2, rank_high=5)

    assert sorted(ranks(board_page(client, query))) == ["1–2", "2–5"]


def test_rows_can_be_pinned_but_for_reported_ones(client: Client) -> None:
    one = scored(right=1)
    reported("Printed", passkey=0.5)

    page = board_page(client)

    assert page.count("type=checkbox name=s") == 1
    assert f"value={one.public_id} aria-label" in page
    assert 'id="compare" method="get" action="/compare"' in page


def test_the_front_page_has_no_pins_that_lead_nowhere(client: Client) -> None:
    scored(right=1)

    assert "type=checkbox" not in client.get("/").content.decode()


def test_the_boards_style_sheets_keep_their_budget(client: Client) -> None:
    sheets = re.findall(r'<link rel="stylesheet" href="/static/([^"]+)"', board_page(client))

    assert sheets == ["css/portal.css", "css/board.css"]
    sizes = [(Path(settings.BASE_DIR) / "static" / one).stat().st_size for one in sheets]
    assert sum(sizes) <= 12 * 1024
