"""What a board's address says, and what is told about what it cannot say."""

import pytest
from django.http import QueryDict

from submissions.board_query import BoardQuery, Cursor, default_query, parse_query, read_cursor
from submissions.search import read_magnitude, search_condition
from tests import make


def parse(text: str) -> BoardQuery:
    return parse_query(QueryDict(text), make.SUITE)


def test_no_part_of_an_address_brings_a_nul_to_the_database() -> None:
    query = parse("track=%00a&scorer=%00&release=b%00&q=%00c&licence=%00d")

    assert "\0" not in repr(query).encode().decode("unicode_escape")
    assert (query.board, query.release) == ("a", "b")


@pytest.mark.parametrize(
    "address",
    [
        "",
        "scorer=portal-1&release=test",
        "q=llama+8b+%3B+%40org%3Amistral&weights=open",
        "params_min=7000000000&params_max=10000000000&context_min=1000000",
        "licence=mit&licence=apache-2.0&tier=run&tier=rescored&part=ranked",
        "sort=passkey&order=asc",
        "sort=rank&order=desc&columns=families&heat=off&s=abc,def&open=abc",
    ],
)
def test_an_address_is_written_back_as_it_was_read(address: str) -> None:
    query = parse(address)

    assert query.problems == ()
    assert parse(query.address(opened=query.opened)[1:]) == query


@pytest.mark.parametrize("address", ["sort=rank", "order=asc", "columns=all", "weights=", "q=+"])
def test_what_is_usual_is_left_out(address: str) -> None:
    assert parse(address).address() == "?"


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("weights=ajar", "“weights=ajar” was left out: it may be open, closed."),
        ("params_min=many", "“params_min=many” was left out: write a number such as 7B or 128K."),
        ("tier=best", "it may be run, rescored, reported"),
        ("after=nowhere", "it begins anew"),
        ("part=top", "it may be ranked, incomplete, reported, withdrawn"),
    ],
)
def test_what_is_not_understood_is_said(address: str, words: str) -> None:
    query = parse(address)

    assert words in query.problems[0]
    assert query == default_query(make.SUITE)


def test_the_look_is_no_filter() -> None:
    assert not parse("sort=passkey&columns=summary&heat=off&s=abc&open=abc&part=ranked").is_filtered
    assert parse("q=x").is_filtered
    assert parse("tier=run").is_filtered


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("7B", 7_000_000_000),
        ("1.5m", 1_500_000),
        ("128 K", 128_000),
        ("7,000,000", 7_000_000),
        ("9" * 18 + "T", 2**62),
        ("x", None),
        ("-1", None),
        ("1e9", None),
        ("", None),
    ],
)
def test_magnitudes(text: str, number: int | None) -> None:
    assert read_magnitude(text) == number


def test_a_place_in_the_order_is_written_back_as_it_was_read() -> None:
    place = Cursor(0.1 + 0.2, "ünïcode", 17, is_before=True)

    assert read_cursor(place.encode(), is_before=True) == place


@pytest.mark.parametrize("text", ["", "!", "bnVsbA", "W10", "WzEsMiwzXQ", "W05hTiwieCIsMV0", "é"])
def test_what_is_no_place_is_none(text: str) -> None:
    assert read_cursor(text, is_before=False) is None


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("@colour:red", "“@colour:” is no field"),
        ("@params:big", "“big” is no number"),
        ("x" * 300, "too long"),
        ("a " * 40, "too long"),
    ],
)
def test_a_search_that_is_not_understood_is_said(text: str, words: str) -> None:
    assert words in search_condition(text)[1][0]
