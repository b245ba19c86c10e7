"""Three baselines that must behave on every task: silent, constant, reading."""

import pytest

from scoring.metrics.numbers import matched_prefix
from scoring.types import Scorer
from tests.scoring.generate.make import SCORERS, SUITE, Example, examples, kit, mean

# A constant scores more than nothing where an answer has few values or shares words with it.
CHANCE = {
    "longbook_sum_eng": 0.2,
    "longbook_qa_eng": 0.1,
    "longbook_qa_chn": 0.1,
    "code_run": 0.1,
    "math_find": 0.1,
    "math_calc": 0.01,
}
# These need the whole context; tests of their own say what a part is worth.
WHOLE = ("longbook_sum_eng", "math_calc", "math_find")
ALL = pytest.mark.parametrize("task", SUITE.slugs)
UNDER_ALL = pytest.mark.parametrize("scorer", SCORERS, ids=[each.name for each in SCORERS])


def score(scorer: Scorer, task: str, prediction: str, example: Example) -> float:
    answer = SUITE.canonical_answer(task, example.answer, list(example.facts.options))
    return scorer.score(task, prediction, answer)


def read(task: str, example: Example, share: float = 1.0) -> str:
    part = example.context[: int(share * len(example.context))]
    return kit().readers[task](part, example.facts.input, example.facts.options)


@ALL
@UNDER_ALL
def test_a_reader_of_the_whole_context_is_always_right(task: str, scorer: Scorer) -> None:
    scores = [score(scorer, task, read(task, each), each) for each in examples(task)]

    assert scores == [1.0] * len(scores)


@ALL
@UNDER_ALL
def test_a_constant_answer_is_worth_chance(task: str, scorer: Scorer) -> None:
    constant = kit().constants[task]

    found = mean([score(scorer, task, constant, each) for each in examples(task)])

    chance = SUITE.task(task).chance
    if chance:
        # Every letter is right equally often.
        assert found == chance
    else:
        assert found <= CHANCE.get(task, 0.0)


@ALL
@UNDER_ALL
def test_no_answer_is_worth_nothing(task: str, scorer: Scorer) -> None:
    assert mean([score(scorer, task, "", each) for each in examples(task)]) == 0.0


@pytest.mark.parametrize("task", [slug for slug in SUITE.slugs if slug not in WHOLE])
def test_a_reader_of_the_beginning_scores_what_the_depths_imply(task: str) -> None:
    share, scorer = 0.55, SCORERS[-1]

    scores = [score(scorer, task, read(task, each, share), each) for each in examples(task)]

    for found, example in zip(scores, examples(task), strict=True):
        depth = example.facts.depth
        assert depth is not None
        # Depths are of lines, pairs or functions; the share is of characters.
        if abs(depth - share) > 0.06:
            assert found == float(depth < share), depth


def test_the_beginning_of_a_sum_gives_the_results_so_far() -> None:
    for example in examples("math_calc"):
        given = [int(number) for number in read("math_calc", example, 0.5).split(", ")]

        found = matched_prefix(given, example.answer)

        assert found == pytest.approx(0.5, abs=0.02)
        assert score(SCORERS[0], "math_calc", read("math_calc", example, 0.5), example) == found


def test_the_beginning_of_a_book_gives_a_part_of_its_summary() -> None:
    scores = {
        share: mean(
            [
                score(SCORERS[0], "longbook_sum_eng", read("longbook_sum_eng", each, share), each)
                for each in examples("longbook_sum_eng")
            ]
        )
        for share in (0.0, 0.25, 0.5, 0.75, 1.0)
    }

    assert list(scores.values()) == sorted(scores.values())
    # F of a share p of the reference is 2p / (1 + p).
    assert scores[0.5] == pytest.approx(2 / 3, abs=0.1)
    assert (scores[0.0], scores[1.0]) == (0.0, 1.0)


def test_the_beginning_of_a_list_gives_its_own_answer() -> None:
    right = [
        score(SCORERS[0], "math_find", read("math_find", each, 0.5), each)
        for each in examples("math_find")
    ]

    # Half of 1,365 numbers nearly always holds the extreme ones too; only the median moves.
    assert mean(right) >= 0.8
