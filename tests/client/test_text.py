"""Text on a terminal: nothing that a server says can move its cursor or hide a word."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ibench.text import percent, plain, table, width_of, write


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[2J\x1b]0;owned\x07", r"\x1b[2J\x1b]0;owned\x07"),
        ("a\nb\r\tc", r"a\nb\r\tc"),
        ("\x9b31m", r"\x9b31m"),
        ("abc\u202egnp.exe", r"abc\u202egnp.exe"),
        ("实验室 Ünïcode ∞", "实验室 Ünïcode ∞"),
        ("\ud800", r"\ud800"),
    ],
)
def test_controls_are_written_out(text: str, shown: str) -> None:
    assert plain(text) == shown


@given(st.text())
def test_what_is_printed_is_one_printable_line(text: str) -> None:
    shown = plain(text)

    assert not any(ord(character) < 32 or 127 <= ord(character) < 160 for character in shown)


def test_columns_stand_below_each_other_whatever_the_script() -> None:
    shown = table(["model", "average"], [["实验室", "1.0"], ["ab", "10.0"]])

    lines = shown.splitlines()
    assert {width_of(line) for line in lines} == {len("实验室") * 2 + 2 + len("average")}


def test_a_terminal_without_unicode_still_gets_every_line() -> None:
    stream = io.TextIOWrapper(io.BytesIO(), encoding="ascii")

    write("∞", stream)
    stream.flush()

    assert stream.buffer.getvalue() == b"\\u221e\n"


@pytest.mark.parametrize(
    ("value", "shown"), [(0.5, "50.0"), (1, "100.0"), (None, "–"), (True, "–"), ("x", "–")]
)
def test_percent(value: object, shown: str) -> None:
    assert percent(value) == shown
