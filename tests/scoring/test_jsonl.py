"""What is wrong with a file is named by line, and the rest of it is used."""

import gzip
import io
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.jsonl import UnreadableFile, parse_rows, read_rows
from tests.scoring.strategies import JSON

GOOD = b'{"id": 1}'


@pytest.mark.parametrize(
    ("content", "lines", "problems"),
    [
        (GOOD, [1], []),
        (b"", [], []),
        (GOOD + b"\r" + GOOD + b"\r\n" + GOOD + b"\n", [1, 2, 3], []),
        (b"\n \t\n\x1c\n" + GOOD, [4], []),
        (b'{"p": "\xe2\x80\xa8"}', [1], []),
        (b"\xef\xbb\xbf" + GOOD, [1], [(1, "bom")]),
        (GOOD + b"gi", [1], [(1, "text_after_object")]),
        (GOOD + b"\n" + GOOD + b"}", [1, 2], [(2, "text_after_object")]),
        (GOOD + b"\n\xff{}", [1], [(2, "bad_utf8")]),
        (b'{"p": "a\x00b"}', [], [(1, "nul")]),
        (b"\x00\n" + GOOD, [2], [(1, "nul")]),
        (b'{"p": "a\tb"}', [], [(1, "bad_json")]),
        (b'{"p": 1', [], [(1, "bad_json")]),
        (b"[1]", [], [(1, "not_an_object")]),
        (b"[" * 100_000, [], [(1, "too_deep")]),
        (b'{"n": ' + b"9" * 5000 + b"}", [], [(1, "bad_json")]),
    ],
)
def test_each_line_is_used_or_named(
    content: bytes, lines: list[int], problems: list[tuple[int, str]]
) -> None:
    rows, found = parse_rows(content, "preds.jsonl")

    assert [row.line for row in rows] == lines
    assert [(each.line, each.code) for each in found] == problems
    assert all(each.message and each.fix for each in found)


def test_a_message_names_file_and_line() -> None:
    _, (problem,) = parse_rows(b"\n{} x", "preds_passkey.jsonl")

    assert problem.message.startswith("preds_passkey.jsonl, line 2: text after the object")


@pytest.mark.parametrize(
    "line",
    [
        '{"x": NaN}',
        '{"x": 1e999}',
        '{"x": "\\ud800"}',
        '{"x": 18446744073709551616}',
        '{"x": [1, 18446744073709551616]}',
        '{"x": [["a", -9223372036854775809]]}',
        '{"x": {"y": [0.5, 123456789012345678901234567890]}}',
        '{"x": [1, 2.5, true, null, "a"]}',
    ],
)
def test_values_are_read_as_json_reads_them(line: str) -> None:
    (row,), _ = parse_rows(line.encode(), "x")

    assert repr(row.value) == repr(json.loads(line))


@given(st.text(alphabet='{}"a1:, \n\r\x0b\x1c\x85\u2028', max_size=40))
def test_lines_end_where_text_mode_ends_them(text: str) -> None:
    rows, _ = parse_rows(text.encode(), "x")
    lines = list(io.TextIOWrapper(io.BytesIO(text.encode()), encoding="utf-8"))

    def loads(line: str) -> object:
        try:
            return json.loads(line)
        except ValueError:
            return None

    objects = [number for number, line in enumerate(lines, 1) if isinstance(loads(line), dict)]
    assert set(objects) <= {row.line for row in rows}


@given(st.binary(max_size=60))
def test_any_bytes_are_read(content: bytes) -> None:
    parse_rows(content, "x")


def test_gzip_is_read(tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl.gz"
    path.write_bytes(gzip.compress(GOOD))

    assert read_rows(path)[0][0].value == {"id": 1}


@pytest.mark.parametrize("content", [b"no gzip", gzip.compress(GOOD, mtime=0)[:-9], b""])
def test_broken_gzip_is_unreadable(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "x.jsonl.gz"
    path.write_bytes(content)

    if content:
        with pytest.raises(UnreadableFile, match=r"x\.jsonl\.gz"):
            read_rows(path)


@pytest.mark.parametrize("name", ["absent.jsonl", "."])
def test_what_is_no_file_is_unreadable(tmp_path: Path, name: str) -> None:
    with pytest.raises(UnreadableFile):
        read_rows(tmp_path / name)


@given(st.dictionaries(st.text(max_size=3), JSON, max_size=4))
def test_the_quick_way_gives_what_json_gives(value: dict[str, object]) -> None:
    line = json.dumps(value)

    (row,), problems = parse_rows(line.encode(), "x")

    assert not problems
    assert repr(row.value) == repr(json.loads(line))
