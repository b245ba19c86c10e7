"""4,605 hand-made inputs score what the authors' functions return for them."""

import pytest

from scoring import SCORERS, Outcome
from tests.data import COMMITS, TASKS, data_folder, edge_cases

pytestmark = pytest.mark.needs_data


@pytest.mark.parametrize("scorer", COMMITS)
@pytest.mark.parametrize("task", TASKS)
def test_official_scorer_does_what_the_authors_function_does(task: str, scorer: str) -> None:
    commit = COMMITS[scorer]
    wrong = []

    for case in edge_cases(task):
        judgement = SCORERS[scorer].judge(
            task,
            case["prediction"],
            case["answer"],
            drop_first_number=case["model_name"] == "gpt4",
        )
        raised = case["errors"][commit] is not None
        expected = 0.0 if raised else case["scores"][commit]
        if (judgement.score, judgement.outcome is Outcome.UNSCORABLE) != (expected, raised):
            wrong.append((case["prediction"], case["answer"], judgement, expected))

    assert not wrong


def test_every_hand_made_input_is_tried() -> None:
    data_folder()

    assert sum(len(edge_cases(task)) for task in TASKS) == 4605
