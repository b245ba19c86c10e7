"""Joining a file to a folder of labels: by id in either space, by order, never silently wrong."""

import json
from pathlib import Path
from typing import Any

import pytest

from scoring import SCORERS
from scoring.predictions_file import FileScore, score_file
from tests.data import data_folder, published_file

LABELS = [
    {"id": 0, "legacy_id": 0, "answer": "11111"},
    {"id": 1, "legacy_id": 5, "answer": "22222"},
    {"id": 2, "legacy_id": 9, "answer": "33333"},
]


def row(row_id: Any, digits: str, **more: Any) -> dict[str, Any]:
    return {"id": row_id, "prediction": digits, **more}


def score(file: Path, labels: Path) -> FileScore:
    scorers = [SCORERS["official-2024-06"]]
    return score_file(str(file), labels=labels, scorers=scorers, drop_first_number=False)


def score_rows(tmp_path: Path, rows: list[Any], labels: list[Any] | None = None) -> FileScore:
    folder = tmp_path / "labels"
    folder.mkdir()
    for path, content in ((folder, labels or LABELS), (tmp_path, rows)):
        lines = "".join(json.dumps(each) + "\n" for each in content)
        (path / "passkey.jsonl").write_text(lines, encoding="utf-8")
    return score(tmp_path / "passkey.jsonl", folder)


def scores(result: FileScore) -> list[float]:
    assert result.scores is not None
    return list(result.scores["official-2024-06"].scores)


def codes(result: FileScore) -> list[str]:
    return [problem.code for problem in result.problems]


@pytest.mark.parametrize(
    "rows",
    [
        [row(2, "33333"), row(0, "11111"), row(1, "22222")],
        [row("2", "33333"), row("0", "11111"), row("1", "22222")],
        [row(9, "33333"), row(0, "11111"), row(5, "22222")],
        [{"prediction": digits} for digits in ("11111", "22222", "33333")],
    ],
    ids=["id", "id as text", "legacy id", "order"],
)
def test_rows_find_their_labels(tmp_path: Path, rows: list[Any]) -> None:
    result = score_rows(tmp_path, rows)

    assert (scores(result), codes(result)) == ([1.0, 1.0, 1.0], [])


@pytest.mark.parametrize(
    ("rows", "expected", "problems"),
    [
        ([row(0, "11111")], [1.0, 0.0, 0.0], ["missing_ids"]),
        ([row(0, "11111"), row(7, "1")], [1.0, 0.0, 0.0], ["unknown_id", "missing_ids"]),
        ([row(0, "11111"), row(0, "0")], [1.0, 0.0, 0.0], ["duplicate_id", "missing_ids"]),
        ([row(0, "0"), row(0, "11111")], [0.0, 0.0, 0.0], ["duplicate_id", "missing_ids"]),
        ([row([0], "11111")], [0.0, 0.0, 0.0], ["unknown_id", "missing_ids"]),
        ([row(True, "11111")], [0.0, 0.0, 0.0], ["unknown_id", "missing_ids"]),
    ],
)
def test_what_does_not_fit_is_named(
    tmp_path: Path, rows: list[Any], expected: list[float], problems: list[str]
) -> None:
    result = score_rows(tmp_path, rows)

    assert (scores(result), codes(result)) == (expected, problems)


def test_of_two_spaces_that_fit_the_references_decide(tmp_path: Path) -> None:
    swapped = [
        {"id": 0, "legacy_id": 1, "answer": "11111"},
        {"id": 1, "legacy_id": 0, "answer": "22222"},
    ]
    rows = [row(0, "22222", ground_truth="22222"), row(1, "11111", ground_truth=["11111"])]

    result = score_rows(tmp_path, rows, swapped)

    assert (scores(result), codes(result)) == ([1.0, 1.0], [])


def test_references_of_another_generation_are_a_problem(tmp_path: Path) -> None:
    rows = [row(n, "11111", ground_truth="99999") for n in range(3)]

    assert codes(score_rows(tmp_path, rows)) == ["wrong_generation"]


def test_the_data_sets_own_rows_are_labels(tmp_path: Path) -> None:
    own = [{"id": 4, "context": "…", "input": "…", "answer": ["11111"], "options": ""}]

    assert scores(score_rows(tmp_path, [row(4, "11111")], own)) == [1.0]


@pytest.mark.parametrize("labels", [[{"id": 0, "answer": 5}], [{"id": 0}], [[]]])
def test_labels_that_are_none_score_nothing(tmp_path: Path, labels: list[Any]) -> None:
    result = score_rows(tmp_path, [row(0, "11111")], labels)

    assert (result.scores, codes(result)) == (None, ["bad_labels"])


def test_absent_labels_score_nothing(tmp_path: Path) -> None:
    (tmp_path / "passkey.jsonl").write_text(json.dumps(row(0, "1")), encoding="utf-8")

    result = score(tmp_path / "passkey.jsonl", tmp_path / "absent")

    assert (result.scores, codes(result)) == (None, ["no_labels"])


@pytest.mark.needs_data
@pytest.mark.parametrize("task", ["longbook_sum_eng", "longbook_choice_eng", "longbook_qa_eng"])
def test_legacy_files_fit_legacy_labels(task: str) -> None:
    labels = data_folder() / "labels" / "legacy"

    assert codes(score(published_file("gpt4", task), labels)) == []


@pytest.mark.needs_data
@pytest.mark.parametrize("model", ["gpt4", "kimi"])
def test_legacy_files_beside_hub_labels_are_named(model: str) -> None:
    result = score(published_file(model, "longbook_qa_eng"), data_folder() / "labels")

    assert {"unknown_id", "wrong_generation"} <= set(codes(result))


@pytest.mark.needs_data
def test_hub_files_fit_hub_labels() -> None:
    result = score(published_file("chatglm3", "kv_retrieval"), data_folder() / "labels")

    assert codes(result) == []
