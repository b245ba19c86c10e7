"""The authors' own files are read, recognised as what they are, and paired one to one."""

from pathlib import Path

import pytest

from submissions.intake import (
    ItemSetKey,
    ParsedUpload,
    Refused,
    ReleaseKey,
    Unreadable,
    align,
    recognise_release,
)
from tests.data import TASKS
from tests.intake.make import LittleSuite, parse

pytestmark = pytest.mark.needs_data
MODELS = ("gpt4", "kimi", "yarn-mistral", "chatglm3")


class WholeSuite(LittleSuite):
    slugs = TASKS


class NoAnswers(WholeSuite):
    def answer_fingerprint(self, _task: str, _raw: object, /) -> bytes | None:
        return None


def files_of(published: Path, model: str) -> list[tuple[str, bytes]]:
    paths = sorted((published / model).glob("*.jsonl"))
    return [(path.name, path.read_bytes()) for path in paths]


@pytest.fixture(scope="module")
def uploads(published: Path) -> dict[str, ParsedUpload]:
    return {
        model: parse(*files_of(published, model), suite=WholeSuite(), repair=True)
        for model in MODELS
    }


@pytest.fixture(scope="module")
def releases(uploads: dict[str, ParsedUpload]) -> dict[str, ReleaseKey]:
    return {model: release_of(model, parsed) for model, parsed in uploads.items()}


def release_of(name: str, parsed: ParsedUpload) -> ReleaseKey:
    sets = {}
    for task, rows in parsed.tasks.items():
        prints = [fingerprint or b"" for fingerprint in rows.fingerprints]
        sets[task] = ItemSetKey(task, f"{name}/{task}", rows.ids, prints)
    return ReleaseKey(name, sets)


@pytest.mark.parametrize("model", MODELS)
def test_each_model_is_recognised_and_paired_one_to_one(
    model: str, uploads: dict[str, ParsedUpload], releases: dict[str, ReleaseKey]
) -> None:
    name = recognise_release(uploads[model], list(releases.values()), preferred="chatglm3")
    aligned = align(uploads[model], releases[name])

    assert name == model
    for task, paired in aligned.tasks.items():
        rows = uploads[model].tasks[task]
        assert paired.rows == list(range(len(rows)))
        assert paired.matched == paired.compared == len(rows)


def test_only_the_line_with_stray_characters_is_refused(published: Path) -> None:
    with pytest.raises(Unreadable) as refused:
        parse(*files_of(published, "yarn-mistral"), suite=WholeSuite())

    [problem] = refused.value.problems
    expected = ("text-after-object", "preds_longbook_qa_chn.jsonl", 189)
    assert (problem.code, problem.file, problem.line) == expected


REFUSED = [
    ("kimi", "chatglm3", {"longbook_qa_eng", "longbook_choice_eng", "longbook_sum_eng"}),
    ("chatglm3", "gpt4", {"kv_retrieval", "longbook_qa_eng"}),
    ("gpt4", "yarn-mistral", {"kv_retrieval", "longbook_qa_chn"}),
    ("kimi", "gpt4", {"kv_retrieval"}),
]


@pytest.mark.parametrize(("model", "other", "tasks"), REFUSED)
def test_files_of_another_generation_are_refused_by_name(
    model: str,
    other: str,
    tasks: set[str],
    uploads: dict[str, ParsedUpload],
    releases: dict[str, ReleaseKey],
) -> None:
    with pytest.raises(Refused) as refused:
        align(uploads[model], releases[other], others=list(releases.values()))

    wrong = [problem for problem in refused.value.problems if problem.code == "wrong-release"]
    assert {f"preds_{task}.jsonl" for task in tasks} == {problem.file for problem in wrong}
    assert all(f"{model} (" in problem.fix for problem in wrong)


def test_an_answer_that_was_edited_between_files_is_a_warning(
    uploads: dict[str, ParsedUpload], releases: dict[str, ReleaseKey]
) -> None:
    qa = uploads["kimi"].tasks["longbook_qa_eng"]
    parsed = ParsedUpload({"longbook_qa_eng": qa}, (), 0)

    aligned = align(parsed, releases["gpt4"])

    found = {warning.code: warning.found for warning in aligned.warnings}
    assert found["answers-differ"] == "1 of 351 ground truths differ"


def test_the_fourteen_missing_rows_of_kimi_are_counted(
    uploads: dict[str, ParsedUpload], releases: dict[str, ReleaseKey]
) -> None:
    qa = uploads["kimi"].tasks["longbook_qa_chn"]

    aligned = align(ParsedUpload({"longbook_qa_chn": qa}, (), 0), releases["gpt4"])

    assert aligned.tasks["longbook_qa_chn"].rows[8:22] == [None] * 14
    found = {warning.code: warning.found for warning in aligned.warnings}
    assert found["missing-ids"].startswith("14 without a row: positions 8, 9")


def test_twelve_files_are_read_whole(published: Path) -> None:
    parsed = parse(*files_of(published, "gpt4"), suite=NoAnswers())

    assert sum(len(rows) for rows in parsed.tasks.values()) == 3_946
