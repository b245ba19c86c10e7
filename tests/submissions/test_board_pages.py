"""Pages of the board: every row once, in order, whichever way they are walked."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from submissions.board_query import SORTS, BoardQuery, default_query
from submissions.leaderboard import board_rows, read_board
from submissions.rows import Board
from tests import make
from tests.pages.make_pages import reported, scored

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _rows(db: None) -> None:
    """Five complete rows of which two are equal, two incomplete ones and a reported one."""
    make.release()
    for day, (name, right) in enumerate([("e", 1), ("d", 2), ("C", 2), ("b", 3), ("a", 0)]):
        scored(model=name, right=right, now=make.NOW + timedelta(days=day))
    scored(model="half", tasks=["passkey"])
    scored(model="other half", tasks=["kv_retrieval"])
    reported("printed", passkey=0.5)


def query(**changes: object) -> BoardQuery:
    return default_query(make.SUITE, **changes)


def walk(asked: BoardQuery, limit: int) -> Iterator[Board]:
    board = read_board(asked, limit=limit)
    yield board
    while board.next:
        board = read_board(replace(asked, cursor=board.next), limit=limit)
        yield board


def names(board: Board) -> list[str]:
    return [row.model_name for row in board.rows]


@pytest.mark.parametrize("order", ["asc", "desc"])
@pytest.mark.parametrize("sort", [*SORTS, "passkey", "kv_retrieval"])
@pytest.mark.parametrize(("part", "count"), [("ranked", 5), ("incomplete", 2)])
def test_pages_hold_every_row_once_in_order(sort: str, order: str, part: str, count: int) -> None:
    asked = query(sort=sort, order=order, part=part)
    whole = names(read_board(asked))

    pages = list(walk(asked, 2))

    assert [name for page in pages for name in names(page)] == whole
    assert len(set(whole)) == count
    assert [row.model_name for _, row in board_rows(asked)] == whole


@pytest.mark.parametrize("part", ["ranked", "incomplete"])
@pytest.mark.parametrize("sort", ["rank", "name", "date", "passkey"])
def test_the_way_back_shows_the_same_pages(sort: str, part: str) -> None:
    asked = query(sort=sort, part=part)
    pages = list(walk(asked, 1))

    back = [pages[-1]]
    while before := back[-1].previous:
        back.append(read_board(replace(asked, cursor=before), limit=1))

    assert [names(page) for page in reversed(back)] == [names(page) for page in pages]


def test_a_row_that_comes_while_somebody_reads_moves_nothing_twice() -> None:
    first = read_board(query(part="ranked"), limit=2)
    scored(model="newcomer", right=3)

    second = read_board(query(part="ranked", cursor=first.next), limit=2)

    assert names(first) + names(second) == ["b", "C", "d", "e"]


def test_the_whole_board_counts_each_part_and_shows_short_ones_at_once() -> None:
    board = read_board(query(), limit=2)

    assert board.counts == {"ranked": 5, "incomplete": 2, "reported": 1}
    assert names(board) == ["b", "C", "half", "other half", "printed"]


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({"q": "half"}, ["half", "other half"]),
        ({"q": "other half"}, ["other half"]),
        ({"q": "c ; @model:b"}, ["b", "C"]),
        ({"q": '"other half" ; PRINTED'}, ["other half", "printed"]),
        ({"q": "100%"}, []),
        ({"tiers": ("reported",)}, ["printed"]),
        ({"q": "@tier:rescored half"}, ["half", "other half"]),
        ({"part": "incomplete"}, ["half", "other half"]),
        ({"release": "test", "q": "printed"}, []),
        ({"weights": "open"}, []),
        ({"params_min": 1}, []),
    ],
)
def test_filters_keep_what_they_name(changes: dict[str, object], found: list[str]) -> None:
    board = read_board(query(**changes))

    assert sorted(names(board)) == sorted(found)
    assert board.total == len(found)


def test_a_filter_changes_no_rank() -> None:
    assert [row.rank for row in read_board(query(q="e", part="ranked")).rows] == [4]


def test_a_place_of_another_order_begins_anew() -> None:
    by_name = read_board(query(sort="name", part="ranked"), limit=2)

    board = read_board(query(part="ranked", cursor=by_name.next), limit=2)

    assert names(board) == ["b", "C"]
