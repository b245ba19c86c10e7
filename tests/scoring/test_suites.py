"""The suites, their tasks and their scorers are what the paper and the contract say."""

import json
from dataclasses import replace

import pytest

from scoring import SCORERS, SUITES, Outcome, UnknownTask
from scoring.suites import collect_scorers, suite_of_task
from scoring.types import Rule, Scorer
from tests.data import data_folder

SUITE = SUITES["infinitebench"]


@pytest.mark.needs_data
def test_tasks_are_the_authors_table() -> None:
    table = json.loads((data_folder() / "tasks.json").read_text())["tasks"]

    rows = [
        (
            task.slug,
            task.name,
            task.metric,
            task.n,
            round(task.mean_input_tokens / 1000, 4),
            round(task.mean_output_tokens / 1000, 4),
            task.max_new_tokens,
        )
        for task in SUITE.tasks
    ]

    columns = ("slug", "name", "metric", "examples", "mean_input_ktokens", "mean_output_ktokens")
    assert rows == [tuple(row[key] for key in (*columns, "max_new_tokens")) for row in table]


def test_names_say_the_family() -> None:
    assert {task.name.partition(".")[0] for task in SUITE.tasks} == {
        task.family for task in SUITE.tasks
    }
    assert all(task.name.startswith(task.family) for task in SUITE.tasks)


def test_guessers_have_a_chance_in_multiple_choice_only() -> None:
    assert {task.slug: task.chance for task in SUITE.tasks if task.chance} == {
        "longbook_choice_eng": 0.25,
        "code_debug": 0.25,
    }


def test_scorers_are_these_in_this_order() -> None:
    assert list(SCORERS) == ["official-2024-06", "official-2024-09", "portal-1"]
    assert all(set(scorer.rules) == set(SUITE.slugs) for scorer in SCORERS.values())


def test_two_scorers_of_one_name_are_refused() -> None:
    other = Scorer("portal-1", "", "", "", {})

    with pytest.raises(ValueError, match="portal-1"):
        collect_scorers([SUITE, replace(SUITE, scorers=(other,))])


@pytest.mark.parametrize("slug", ["", "code_debug_step_by_step", "kv_retrieval_both"])
def test_unknown_tasks_are_refused(slug: str) -> None:
    with pytest.raises(UnknownTask):
        SUITE.task(slug)
    with pytest.raises(UnknownTask):
        suite_of_task(slug)
    with pytest.raises(UnknownTask):
        SCORERS["portal-1"].score(slug, "a", "a")


@pytest.mark.parametrize(
    ("task", "prediction", "answer", "outcome"),
    [
        ("passkey", "71432", "71432", Outcome.RIGHT),
        ("passkey", "71433", "71432", Outcome.WRONG),
        ("passkey", " \n", "71432", Outcome.EMPTY),
        ("longbook_qa_eng", "seb and anna", ["Seb"], Outcome.PARTIAL),
        ("longbook_qa_eng", "Seb", None, Outcome.UNSCORABLE),
        ("longbook_qa_eng", None, ["Seb"], Outcome.UNSCORABLE),
    ],
)
def test_outcome_says_what_became_of_an_example(
    task: str, prediction: object, answer: object, outcome: Outcome
) -> None:
    for scorer in SCORERS.values():
        assert scorer.judge(task, prediction, answer).outcome is outcome


def test_outcomes_are_one_stable_byte_each() -> None:
    assert b"".join(outcome.value for outcome in Outcome) == b"RWPEUMFT"


@pytest.mark.parametrize("prediction", [None, 5, True, ["71432"], {"prediction": "71432"}])
def test_what_is_no_text_is_unscorable_whatever_the_measure(prediction: object) -> None:
    scorer = Scorer("x", "", "", "", {"t": Rule(lambda *_: 1.0)})

    assert scorer.judge("t", prediction, "71432").outcome is Outcome.UNSCORABLE
