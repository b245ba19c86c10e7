"""The command: its output, its problems and its exit codes."""

import json
from pathlib import Path
from typing import Any

import pytest

from scoring.__main__ import main
from tests.data import gzipped, published_file

RIGHT = {"prediction": "71432", "ground_truth": "71432"}
WRONG = {"prediction": "71433", "ground_truth": "71432"}


def write(path: Path, *rows: Any) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Any:
    def run_json(*arguments: Any) -> tuple[int, list[dict[str, Any]]]:
        code = main(["score", "--json", *map(str, arguments)])
        return code, json.loads(capsys.readouterr().out)["files"]

    return run_json


def codes(file: dict[str, Any]) -> list[str]:
    return [each["code"] for each in file["problems"]]


def scores(file: dict[str, Any]) -> list[float]:
    return list(file["scorers"]["official-2024-06"]["scores"])


def test_scores_stand_in_file_order(tmp_path: Path, run: Any) -> None:
    file = write(tmp_path / "preds_passkey.jsonl", WRONG, RIGHT, RIGHT, WRONG)

    code, (result,) = run(file)

    assert code == 0
    assert (result["file"], result["task"], result["n"]) == (str(file), "passkey", 4)
    assert result["problems"] == []
    assert list(result["scorers"]) == ["official-2024-06", "official-2024-09", "portal-1"]
    assert result["scorers"]["portal-1"] == {"mean": 0.5, "scores": [0.0, 1.0, 1.0, 0.0]}


@pytest.mark.parametrize("name", ["preds_passkey.jsonl", "passkey.jsonl"])
def test_the_name_says_the_task_also_gzipped(tmp_path: Path, run: Any, name: str) -> None:
    file = write(tmp_path / name, RIGHT)

    code, results = run(file, gzipped(file, tmp_path / f"{name}.gz"))

    assert (code, [scores(each) for each in results]) == (0, [[1.0], [1.0]])


def test_only_the_scorers_asked_for(tmp_path: Path, run: Any) -> None:
    file = write(tmp_path / "passkey.jsonl", RIGHT)

    _, (result,) = run(file, "--scorer", "portal-1")

    assert list(result["scorers"]) == ["portal-1"]


@pytest.mark.parametrize("name", ["passkeys.jsonl", "preds_passkey.json", "x"])
def test_a_file_of_no_task_is_a_problem_and_the_others_are_scored(
    tmp_path: Path, run: Any, name: str
) -> None:
    good = write(tmp_path / "passkey.jsonl", RIGHT)

    code, (first, second) = run(write(tmp_path / name, RIGHT), good)

    assert (code, codes(first), first["scorers"], scores(second)) == (
        1,
        ["unknown_task"],
        {},
        [1.0],
    )


@pytest.mark.parametrize(
    ("name", "fix"), [("all.zip", "Unpack it"), ("all.tar.gz", "Unpack it"), ("x.json", "Name it")]
)
def test_an_archive_is_to_be_unpacked_and_not_renamed(
    tmp_path: Path, run: Any, name: str, fix: str
) -> None:
    _, (result,) = run(write(tmp_path / name, RIGHT))

    assert result["problems"][0]["fix"].startswith(fix)


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([], ["empty_file"]),
        ([{"prediction": "1"}], ["no_label"]),
    ],
)
def test_a_file_that_cannot_be_scored_says_why(
    tmp_path: Path, run: Any, rows: list[Any], expected: list[str]
) -> None:
    code, (result,) = run(write(tmp_path / "passkey.jsonl", *rows))

    assert (code, codes(result)) == (1, expected)


def test_an_absent_file_is_a_problem(tmp_path: Path, run: Any) -> None:
    code, (result,) = run(tmp_path / "passkey.jsonl")

    assert (code, codes(result)) == (1, ["unreadable_file"])


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ({"ground_truth": "71432"}, "no_prediction"),
        ({"prediction": None, "pred": "71432", "ground_truth": "71432"}, "not_text"),
        ({"prediction": 71432, "ground_truth": "71432"}, "not_text"),
        ({"prediction": "71432", "label": "71432"}, "no_label"),
    ],
)
def test_a_row_that_lacks_something_counts_and_is_named(
    tmp_path: Path, run: Any, row: Any, code: str
) -> None:
    _, (result,) = run(write(tmp_path / "passkey.jsonl", RIGHT, row))

    assert scores(result) == [1.0, 0.0]
    assert [(each["line"], each["code"]) for each in result["problems"]] == [(2, code)]


def test_the_first_row_decides_where_the_references_are(tmp_path: Path, run: Any) -> None:
    both = {"pred": "71432", "ground_truth": "0", "label": "71432"}
    first = {"pred": "71432", "label": "71432"}

    _, (result,) = run(write(tmp_path / "passkey.jsonl", first, both))

    assert scores(result) == [1.0, 1.0]


def test_the_table_is_for_people(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = write(tmp_path / "preds_passkey.jsonl", RIGHT, WRONG, {"ground_truth": "1"})

    assert main(["score", str(file)]) == 0

    out = capsys.readouterr().out
    assert "33.3333" in out
    assert "portal-1" in out
    assert "line 3: there is no prediction" in out


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["score"],
        ["score", "x", "--scorer", "y"],
        ["score", "x", "--labels", "absent"],
        ["score", "x", "--labels", ".", "--labels-from-file"],
    ],
)
def test_wrong_usage_exits_with_two(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(arguments)

    assert stopped.value.code == 2
    assert "usage:" in capsys.readouterr().err


@pytest.mark.needs_data
def test_a_lone_carriage_return_ends_a_row(tmp_path: Path, run: Any) -> None:
    published = published_file("kimi", "passkey")
    other = tmp_path / published.name
    other.write_bytes(published.read_bytes().replace(b"\n", b"\r"))

    _, (first, second) = run(published, other)

    assert scores(first) == scores(second)
