"""Whatever bytes arrive, the answer is a result or Unreadable, and no file is left behind."""

import io
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from submissions.intake import Unreadable, parse_upload
from tests.intake.make import LITTLE, PASSKEY, gz, lines, row, small, tarred, zipped

ROWS = lines(row(0, "a", ground_truth=["x"]), row("q", "救星"), {"pred": "b", "task": "passkey"})
ARCHIVES = {
    "a.zip": zipped({"kimi/" + PASSKEY: ROWS, "b.jsonl.gz": gz(ROWS)}),
    "stored.zip": zipped({PASSKEY: ROWS}, 0),
    "a.tar": tarred([("é" * 60 + "/" + PASSKEY, ROWS), (PASSKEY, ROWS)], "w:"),
    "a.tar.gz": tarred([(PASSKEY, ROWS)]),
    "passkey.jsonl.gz": gz(ROWS),
    PASSKEY: ROWS,
}
NAMES = st.sampled_from([*ARCHIVES, "upload", "x.tgz"]) | st.text(max_size=12)
TIGHT = small(unpacked_bytes=100_000, members=9, rows=50, line_bytes=5_000)
MANY = settings(
    max_examples=300,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where temporary files would go."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def judge(name: str, data: bytes, folder: Path) -> None:
    refusal = None
    try:
        parse_upload([(name, io.BytesIO(data))], suite=LITTLE, spool=io.BytesIO(), limits=TIGHT)
    except Unreadable as refused:
        refusal = refused
    if refusal is not None:
        assert 0 < len(refusal.problems) <= refusal.total
        assert all(problem.found.isprintable() for problem in refusal.problems)
    assert list(folder.iterdir()) == []


@MANY
@given(name=NAMES, data=st.binary(max_size=2_000))
def test_any_bytes_are_read_or_refused(name: str, data: bytes, folder: Path) -> None:
    judge(name, data, folder)


@MANY
@given(
    name=st.sampled_from(list(ARCHIVES)),
    edits=st.lists(
        st.tuples(st.floats(0, 1), st.binary(min_size=1, max_size=6)), min_size=1, max_size=4
    ),
    end=st.floats(0, 1.2),
)
def test_altered_archives_are_read_or_refused(
    name: str, edits: list[tuple[float, bytes]], end: float, folder: Path
) -> None:
    data = bytearray(ARCHIVES[name])
    for where, value in edits:
        at = int(where * len(data))
        data[at : at + len(value)] = value

    judge(name, bytes(data[: max(1, int(end * len(data)))]), folder)


@MANY
@given(
    at=st.integers(0, 65),
    value=st.integers(0, 0xFFFFFFFF),
    size=st.sampled_from([1, 2, 4]),
    part=st.sampled_from([b"PK\1\2", b"PK\3\4", b"PK\5\6"]),
)
def test_zip_headers_may_say_anything(
    at: int, value: int, size: int, part: bytes, folder: Path
) -> None:
    data = bytearray(ARCHIVES["a.zip"])
    start = data.index(part) + at
    data[start : start + size] = (value & (256**size - 1)).to_bytes(size, "little")

    judge("a.zip", bytes(data), folder)


@MANY
@given(
    value=st.recursive(
        st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=5),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(st.sampled_from(["id", "prediction", "pred", "task", "label"]), inner)
        ),
        max_leaves=12,
    )
)
def test_any_json_is_read_or_refused(value: object, folder: Path) -> None:
    judge(PASSKEY, lines(value), folder)
