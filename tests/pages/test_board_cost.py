"""What the board costs, counted and not timed: queries, rows read, indexes used, bytes sent."""

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from benchmarks.board_seed import seed_board
from submissions.board_query import SORTS, default_query
from submissions.leaderboard import read_board
from submissions.models import BoardLine
from tests import make

pytestmark = pytest.mark.django_db
ROWS = 240


@pytest.fixture
def _board(db: None) -> None:
    """A board of more than two pages."""
    seed_board(ROWS, seed=5)


@pytest.mark.usefixtures("_board")
def test_no_view_takes_more_than_five_queries_or_reads_more_than_a_page(client: Client) -> None:
    seen = {}
    for sort in (*SORTS, *make.SUITE.slugs):
        for order in ("asc", "desc"):
            with CaptureQueriesContext(connection) as queries:
                board = read_board(default_query(make.SUITE, sort=sort, order=order))
            seen[sort, order] = len(queries)
            assert len(board.rows) <= 140
    for address in ("?q=llama", "?weights=open&tier=rescored", "?part=incomplete&sort=passkey"):
        with CaptureQueriesContext(connection) as queries:
            client.get(f"/leaderboard/{address}")
        seen[address, ""] = len(queries)

    assert max(seen.values()) <= 5, seen


@pytest.mark.usefixtures("_board")
def test_the_page_and_its_parts_keep_their_bytes(client: Client) -> None:
    page = client.get("/leaderboard/?part=ranked").content

    assert page.count(b"<th scope=row>") == 100
    assert len(page) <= 100 * 1024
    assert page.count(b"<") - page.count(b"</") < 3_700


@pytest.mark.usefixtures("_board")
@pytest.mark.skipif(connection.vendor != "postgresql", reason="reads PostgreSQL's plans")
@pytest.mark.parametrize("order", ["asc", "desc"])
@pytest.mark.parametrize("sort", [*SORTS, *make.SUITE.slugs])
def test_a_page_is_read_from_the_index_of_its_order(sort: str, order: str) -> None:
    query = default_query(make.SUITE, sort=sort, order=order, part="ranked")
    first = read_board(query)
    with CaptureQueriesContext(connection) as queries:
        read_board(
            default_query(make.SUITE, sort=sort, order=order, part="ranked", cursor=first.next)
        )
    sql = next(one["sql"] for one in queries if "submissions_boardline" in one["sql"])

    with connection.cursor() as cursor:
        # So few rows are cheaper to sort: what is asked is whether the index would serve.
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("SET LOCAL enable_sort = off")
        cursor.execute("SET LOCAL enable_bitmapscan = off")
        cursor.execute("SET LOCAL enable_hashjoin = off")
        cursor.execute("SET LOCAL enable_mergejoin = off")
        cursor.execute(f"EXPLAIN {sql}")
        plan = "\n".join(line for (line,) in cursor.fetchall())

    used = re.search(r"Index Scan(?: Backward)? using (line_by_\w+)", plan)
    assert used is not None, plan
    assert "Sort" not in plan
    number = make.SUITE.slugs.index(sort) + 1 if sort in make.SUITE.slugs else 0
    column = {"name": "name", "date": "submitted_at"}.get(sort, "average")
    assert used[1] == f"line_by_{f'score_{number}' if number else column}"


@pytest.mark.usefixtures("_board")
def test_seeded_rows_are_as_submissions_leave_them() -> None:
    ranked = read_board(default_query(make.SUITE, part="ranked"))

    assert BoardLine.objects.count() == ROWS * len(make.SUITE.scorers)
    assert [row.average for row in ranked.rows] == sorted(
        (row.average for row in ranked.rows if row.average is not None), reverse=True
    )
    assert ranked.rows[0].rank == 1
