"""Pairing rows with examples: right, or refused, and never silently wrong."""

import pytest

from submissions.intake import Refused, ReleaseKey, align, recognise_release
from tests.intake.make import item_set, release, task_rows, upload

# Eight examples whose older ids leave out 2, 3 and 4, as the older files of ∞-Bench do.
GAPPY = [0, 1, 5, 6, 7, 8, 9, 10]
ANSWERS = [f"answer {position}" for position in range(8)]
HUB = release(item_set(range(8)), name="hub")
LEGACY = release(item_set(GAPPY), name="legacy")


def answers_for(ids: list[int], names: list[int]) -> list[str]:
    return [ANSWERS[names.index(item_id)] for item_id in ids]


def refusal(rows: object, of: ReleaseKey, *others: ReleaseKey) -> list[tuple[str, int | None]]:
    with pytest.raises(Refused) as refused:
        align(upload(rows), of, others=others)  # type: ignore[arg-type]
    return [(problem.code, problem.line) for problem in refused.value.problems]


def test_source_ids_are_paired_by_source_id() -> None:
    aligned = align(upload(task_rows(GAPPY[::-1])), LEGACY)

    assert aligned.tasks["passkey"].rows == [7, 6, 5, 4, 3, 2, 1, 0]
    assert aligned.warnings == ()


def test_positions_are_paired_by_position() -> None:
    aligned = align(upload(task_rows(list(range(8)), ANSWERS)), LEGACY)

    task = aligned.tasks["passkey"]
    assert (task.rows, task.matched, task.compared) == (list(range(8)), 8, 8)


@pytest.mark.parametrize(
    ("names", "expected"),
    [(GAPPY, [None, None, 0, 1, 2, None, None, None]), (list(range(8)), [None] * 5 + [0, 1, 2])],
)
def test_ground_truths_decide_where_ids_fit_both_ways(
    names: list[int], expected: list[int | None]
) -> None:
    rows = task_rows([5, 6, 7], answers_for([5, 6, 7], names))

    aligned = align(upload(rows), LEGACY)

    assert aligned.tasks["passkey"].rows == expected


def test_ids_that_fit_both_ways_are_refused_when_nothing_decides() -> None:
    assert refusal(task_rows([5, 6, 7]), LEGACY) == [("ambiguous-ids", None)]
    assert refusal(task_rows([0, 2, 1]), release(item_set([2, 1, 0]))) == [("ambiguous-ids", None)]


def test_ground_truths_that_speak_for_neither_way_are_refused() -> None:
    assert refusal(task_rows([5, 6, 7], ["x", "y", "z"]), LEGACY) == [("ambiguous-ids", None)]


def test_ids_that_mean_the_same_both_ways_need_nothing_to_decide() -> None:
    aligned = align(upload(task_rows([1, 0])), LEGACY)

    assert aligned.tasks["passkey"].rows == [1, 0] + [None] * 6


def test_rows_without_ids_are_paired_in_order_when_all_are_there() -> None:
    whole = align(upload(task_rows([None] * 8)), LEGACY)

    assert whole.tasks["passkey"].rows == list(range(8))
    assert refusal(task_rows([None] * 7), LEGACY) == [("wrong-item-set", None)]


def test_missing_ids_are_a_warning_with_their_count() -> None:
    aligned = align(upload(task_rows([*range(6), 7])), HUB)

    [warning] = aligned.warnings
    assert (warning.code, warning.found) == ("missing-ids", "1 without a row: positions 6")


def test_missing_tasks_are_a_warning() -> None:
    both = release(item_set(range(8)), item_set(range(8), task="kv_retrieval"))

    aligned = align(upload(task_rows(list(range(8)))), both)

    assert [warning.code for warning in aligned.warnings] == ["missing-tasks"]


def test_unknown_and_duplicate_ids_are_refused_with_their_lines() -> None:
    big = release(item_set(range(100)))
    ids: list[int | str | None] = [*range(98), 97, "q"]

    assert refusal(task_rows(ids), big) == [("duplicate-id", 99), ("unknown-id", 100)]


def test_ids_of_another_generation_are_a_wrong_release_not_a_list_of_ids() -> None:
    with pytest.raises(Refused) as refused:
        align(upload(task_rows(GAPPY, ANSWERS)), HUB, others=[HUB, LEGACY])

    [problem] = refused.value.problems
    assert (problem.code, problem.line) == ("wrong-release", 6)
    assert problem.fix == "Submit to a release that it fits: legacy (8 of 8 agree)."


@pytest.mark.parametrize(("wrong", "is_refused"), [(0, False), (5, False), (6, True)])
def test_ninety_five_of_a_hundred_ground_truths_must_agree(wrong: int, is_refused: bool) -> None:
    of = release(item_set(range(100)))
    answers = [f"answer {i}" if i >= wrong else "another" for i in range(100)]
    rows = task_rows(list(range(100)), answers)

    if is_refused:
        assert refusal(rows, of) == [("wrong-release", None)]
    else:
        found = [warning.found for warning in align(upload(rows), of).warnings]
        assert found == ([f"{wrong} of 100 ground truths differ"] if wrong else [])


def test_a_task_that_the_release_does_not_have_is_refused() -> None:
    found = refusal(task_rows([0], task="kv_retrieval"), HUB)

    assert found == [("no-such-task-in-release", None)]


def test_the_release_with_most_agreement_is_recognised() -> None:
    other = release(item_set(range(8), [*ANSWERS[:7], "changed"]), name="other")

    rows = task_rows(list(range(8)), [*ANSWERS[:7], "changed"])

    assert recognise_release(upload(rows), [HUB, LEGACY, other], preferred="hub") == "other"


def test_without_ground_truths_the_ids_tell_the_release() -> None:
    assert recognise_release(upload(task_rows(GAPPY)), [HUB, LEGACY], preferred="hub") == "legacy"


def test_a_tie_goes_to_the_preferred_release_then_to_the_first() -> None:
    rows = upload(task_rows(list(range(8)), ANSWERS))

    assert recognise_release(rows, [HUB, LEGACY], preferred="legacy") == "legacy"
    assert recognise_release(rows, [HUB, LEGACY], preferred=None) == "hub"


def test_ids_of_another_generation_are_a_wrong_release_without_ground_truths_too() -> None:
    assert refusal(task_rows(GAPPY), HUB) == [("wrong-release", 6)]


def test_of_two_ways_that_both_agree_well_the_better_one_is_taken() -> None:
    source_ids = [*range(10), *range(12, 42)]
    answers = ["same"] * 10 + ["odd"] + ["same"] * 29
    rows = task_rows(list(range(12, 32)), ["odd"] + ["same"] * 19)

    aligned = align(upload(rows), release(item_set(source_ids, answers)))

    task = aligned.tasks["passkey"]
    assert (task.rows[10:30], task.matched) == (list(range(20)), 20)
