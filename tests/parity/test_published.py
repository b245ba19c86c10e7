"""The authors' published files score to the last bit what the authors' own scorers give."""

import json
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from scoring import SCORERS
from scoring.predictions_file import score_file
from tests.data import COMMITS, PUBLISHED, data_folder, official_scores, published_file

pytestmark = pytest.mark.needs_data
ROOT = Path(__file__).resolve().parent.parent.parent
ECHOES = ("gpt4", "math_calc")


def run_cli(*arguments: str) -> dict[str, Any]:
    command = [sys.executable, "-m", "scoring", "score", "--json", *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, check=True)
    return dict(json.loads(done.stdout))


@cache
def scored_by_cli() -> dict[tuple[str, str], dict[str, Any]]:
    files = {str(published_file(*each)): each for each in PUBLISHED}
    plain = run_cli(*files)["files"]
    scores = {files[each["file"]]: each for each in plain}
    scores[ECHOES] = run_cli("--drop-first-number", str(published_file(*ECHOES)))["files"][0]
    return scores


def expected(model: str, task: str, scorer: str) -> tuple[float, list[float]]:
    official = official_scores()[f"{model}/{task}"]
    return official["mean"][COMMITS[scorer]], official["scores"][COMMITS[scorer]]


@pytest.mark.parametrize("scorer", COMMITS)
@pytest.mark.parametrize(("model", "task"), PUBLISHED)
def test_command_gives_the_authors_scores(model: str, task: str, scorer: str) -> None:
    data_folder()

    scores = scored_by_cli()[model, task]["scorers"][scorer]

    assert (scores["mean"], scores["scores"]) == expected(model, task, scorer)


@pytest.mark.parametrize(("model", "task"), PUBLISHED)
def test_library_gives_the_authors_scores(model: str, task: str) -> None:
    scored = score_file(
        str(published_file(model, task)),
        labels=None,
        scorers=[SCORERS[name] for name in COMMITS],
        drop_first_number=(model, task) == ECHOES,
    )

    assert scored.scores is not None
    for scorer, score in scored.scores.items():
        assert (score.mean, list(score.scores)) == expected(model, task, scorer)


@pytest.mark.parametrize("scorer", COMMITS)
def test_nothing_is_dropped_undeclared(scorer: str) -> None:
    score = run_cli(str(published_file(*ECHOES)))["files"][0]["scorers"][scorer]

    assert score["mean"] == pytest.approx(2.667e-6, rel=1e-3)


def test_stray_text_behind_an_object_is_named_and_harmless() -> None:
    data_folder()

    problems = scored_by_cli()["yarn-mistral", "longbook_qa_chn"]["problems"]

    assert [(each["line"], each["code"]) for each in problems] == [(189, "text_after_object")]


def test_files_come_back_in_the_order_given() -> None:
    files = [str(published_file("kimi", task)) for task in ("passkey", "code_run", "math_find")]

    assert [each["file"] for each in run_cli(*files)["files"]] == files
