"""The six tasks that the authors generated, generated again: the same statistics.

Figures are the task table's (the benchmark's README and the paper), the parameters of the
authors' own script, and ranges of the published labels.  Tokens are cl100k_base's, in thousands
of 1,024; how many one unit of each context has was measured with that tokenizer.
"""

import json
import re
from collections import Counter
from collections.abc import Callable
from functools import cache
from itertools import pairwise
from statistics import mean
from typing import Any

import pytest

from scoring.examples_file import Edition
from scoring.suites.infinitebench.generate import lengths
from tests import needs
from tests.scoring.generate.make import SUITE, Example, finish

# Units in the original's contexts, and how to count them in ours.
ORIGINAL: dict[str, tuple[int, float, Callable[[str], int]]] = {
    "passkey": (5220, lengths.NOISE_LINE, lambda text: text.count("\n") - 1),
    "number_string": (5220, lengths.NOISE_LINE, lambda text: text.count("\n") - 1),
    "kv_retrieval": (1855, lengths.KEY_AND_VALUE, lambda text: text.count('": "')),
    "math_find": (30_000, lengths.LISTED_NUMBER, lambda text: text.count(",") + 1),
    "math_calc": (15_000, lengths.SUMMED_NUMBER, lambda text: len(re.findall(r"\d+", text))),
    "code_run": (4400, lengths.SMALL_FUNCTION, lambda text: text.count("def ")),
}
SIX = pytest.mark.parametrize("task", ORIGINAL)


@cache
def original(task: str, index: int) -> Example:
    """The index-th example of an edition as long and as large as the original."""
    row = SUITE.task(task)
    return finish(task, Edition(2402, round(row.mean_input_tokens * 1.024), row.n), index)


@cache
def labels(task: str) -> list[Any]:
    """Every label of an edition with the original's number of examples, in shorter contexts.

    Four thousand numbers hold every value of a range, as the original's thirty thousand do.
    """
    edition = Edition(2402, 12_288 if task == "math_find" else 1024, SUITE.task(task).n)
    return [finish(task, edition, index).answer for index in range(edition.examples)]


@cache
def depths(task: str) -> list[float]:
    edition = Edition(2402, 1500, SUITE.task(task).n)
    found = [finish(task, edition, index).facts.depth for index in range(edition.examples)]
    return [depth for depth in found if depth is not None]


def published(task: str) -> list[Any]:
    path = needs.shared_data() / "labels" / f"{task}.jsonl"
    return [json.loads(line)["answer"] for line in path.read_text().splitlines()]


@SIX
def test_contexts_are_as_long_as_the_task_table_says(task: str) -> None:
    units, tokens_a_unit, count = ORIGINAL[task]
    tokens = SUITE.task(task).mean_input_tokens * 1.024

    for index in (0, SUITE.task(task).n - 1):
        found = count(original(task, index).context)
        # In the authors' own units, and in tokens.
        assert found == pytest.approx(units, rel=0.02)
        assert found * tokens_a_unit == pytest.approx(tokens, rel=0.02)


def test_needles_are_at_59_depths_ten_examples_each() -> None:
    for task in ("passkey", "number_string"):
        counts = Counter(round(depth, 6) for depth in depths(task))

        assert len(depths(task)) == 590
        assert len(counts) == 59
        assert set(counts.values()) == {10}
        assert sorted(counts) == pytest.approx([step / 58 for step in range(59)], abs=0.02)
        # In file order, as the statistics' strata expect.
        assert depths(task) == sorted(depths(task))


def test_the_wanted_key_moves_through_the_whole_object() -> None:
    assert len(depths("kv_retrieval")) == 500
    assert depths("kv_retrieval") == sorted(depths("kv_retrieval"))
    assert mean(depths("kv_retrieval")) == pytest.approx(0.5, abs=0.03)
    assert max(depths("kv_retrieval")) > 0.95


@pytest.mark.needs_data
@SIX
def test_labels_look_like_the_published_ones(task: str) -> None:
    theirs, ours = published(task), labels(task)

    assert len(ours) == len(theirs)
    if task == "math_calc":
        ours, theirs = [each for one in ours for each in one], [e for one in theirs for e in one]
    else:
        ours = [one[0] for one in ours]
    if isinstance(theirs[0], int):
        spread = max(theirs) - min(theirs)
        assert min(ours) == pytest.approx(min(theirs), abs=0.3 * spread)
        assert max(ours) == pytest.approx(max(theirs), abs=0.3 * spread)
        assert mean(ours) == pytest.approx(mean(theirs), abs=0.08 * spread)
    else:
        assert {len(each) for each in ours} == {len(each) for each in theirs}


def test_passkeys_are_five_uniform_digits() -> None:
    keys = [one[0] for one in labels("passkey")]

    assert {len(key) for key in keys} == {5}
    # The published 590 have 62 with a leading zero; chance makes 59 of them, give or take 22.
    assert 59 - 22 <= sum(key.startswith("0") for key in keys) <= 59 + 22


def test_numbers_are_ten_digits_with_repeats_beside_each_other() -> None:
    keys = [one[0] for one in labels("number_string")]

    runs = [len(re.findall(r"(.)\1*", key)) for key in keys]
    assert {len(key) for key in keys} == {10}
    # The published ones have at most five runs, on average 4.6.
    assert max(runs) == 5
    assert mean(runs) == pytest.approx(4.6, abs=0.15)


def test_the_seven_questions_have_fifty_examples_each_in_the_original_s_ranges() -> None:
    answers = [one[0] for one in labels("math_find")]
    # The published labels' own ranges; a median is of fewer numbers here and may stray by two.
    ranges = [(79, 99), (78, 98), (77, 97), (0, 19), (1, 20), (2, 21), (38, 61)]

    assert len(answers) == 350
    for question, (low, high) in enumerate(ranges):
        of_question = answers[50 * question : 50 * (question + 1)]
        assert low <= min(of_question)
        assert max(of_question) <= high


def test_sums_have_as_many_results_and_stay_within_0_and_99() -> None:
    results = original("math_calc", 0).answer

    assert len(results) == pytest.approx(14_999, rel=0.002)
    assert (min(results), max(results)) == (0, 99)
    # The published ones stay where they are in 11 % of the steps, and pile up at both ends.
    still = sum(a == b for a, b in pairwise(results)) / len(results)
    assert still == pytest.approx(84_566 / 749_900, abs=0.02)
    assert results.count(0) / len(results) == pytest.approx(42_796 / 749_950, abs=0.015)


def test_calls_go_two_to_ten_deep_eighty_examples_each() -> None:
    edition = Edition(2402, 1500, 400)
    calls = Counter(
        finish("code_run", edition, index).facts.details["calls"] for index in range(0, 400, 8)
    )

    assert calls == {2: 10, 4: 10, 6: 10, 8: 10, 10: 10}


def test_functions_have_the_original_s_numbers() -> None:
    context = original("code_run", 0).context

    numbers = [int(found) for found in re.findall(r"def func_(\d+)", context)]
    added = [int(sign + digits) for sign, digits in re.findall(r" ([+-]) (\d+)\n", context)]
    assert numbers == sorted(set(numbers))
    assert max(numbers) == pytest.approx(2 * len(numbers), abs=2)
    assert (min(added), max(added)) == (-12, 17)
