"""The authors' published predictions and scores, where they lie beside the checkout."""

import gzip
import json
import os
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.needs import SHARED_DATA, shared_data

COMMITS = {"official-2024-06": "88b3daa", "official-2024-09": "51d9b37"}
MODELS = ("chatglm3", "gpt4", "kimi", "yarn-mistral")
TASKS = (
    "longbook_sum_eng",
    "longbook_qa_eng",
    "longbook_choice_eng",
    "longdialogue_qa_eng",
    "longbook_qa_chn",
    "code_debug",
    "code_run",
    "math_calc",
    "math_find",
    "passkey",
    "number_string",
    "kv_retrieval",
)
PUBLISHED = tuple(
    (model, task)
    for model in MODELS
    for task in TASKS
    if (model, task) != ("yarn-mistral", "math_calc")
)


def data_folder() -> Path:
    """The folder of the data; skips where it is absent, fails where it is required."""
    if os.environ.get("CI") and not SHARED_DATA.is_dir():
        pytest.fail("CI needs the authors' predictions at ../shared/data")
    return shared_data()


def published_file(model: str, task: str) -> Path:
    return data_folder() / "published" / model / f"preds_{task}.jsonl"


@cache
def official_scores() -> dict[str, Any]:
    """Per "model/task": n and, by commit, the per-example scores in file order and their mean."""
    return dict(json.loads((data_folder() / "official" / "scores.json").read_text()))


@cache
def edge_cases(task: str) -> list[dict[str, Any]]:
    """Hand-made inputs of one task, and what the authors' functions return for them."""
    lines = (data_folder() / "official" / "edge_cases.jsonl").read_text().split("\n")
    rows = [json.loads(line) for line in lines if line]
    return [row for row in rows if row["task"] == task]


def answers_of(task: str) -> list[Any]:
    """The references of one task, as the labels have them."""
    lines = (data_folder() / "labels" / f"{task}.jsonl").read_text().split("\n")
    return [json.loads(line)["answer"] for line in lines if line]


def gzipped(path: Path, into: Path) -> Path:
    into.write_bytes(gzip.compress(path.read_bytes()))
    return into
