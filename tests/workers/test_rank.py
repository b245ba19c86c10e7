"""How sure the board is: intervals as the ranking job stores them."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest

from submissions.models import BoardState, Standing, Submission
from submissions.ranking import ItemSetFacts
from tests import make
from workers.rank import pairable_keys
from workers.tasks import evaluate, rank

pytestmark = pytest.mark.django_db
BOARD, SCORER = "infinitebench", "portal-1"


def scored(**arguments: object) -> Submission:
    """A submission that a worker has scored."""
    submission = make.submission(**arguments)  # type: ignore[arg-type]
    evaluate(evaluation_id=submission.evaluations.get().pk)
    return submission


def standing(submission: Submission) -> Standing:
    return Standing.objects.get(submission=submission, scorer=SCORER)


def state() -> BoardState:
    return BoardState.objects.get(board=BOARD, scorer=SCORER)


@pytest.fixture(autouse=True)
def _release() -> None:
    make.release()


def test_a_scored_submission_asks_for_new_intervals() -> None:
    scored()

    assert (state().wanted, state().computed) == (1, 0)


def test_a_burst_of_submissions_asks_once(
    django_capture_on_commit_callbacks: Callable[[], AbstractContextManager[list[Any]]],
) -> None:
    with django_capture_on_commit_callbacks() as first:
        scored(model="First")
    with django_capture_on_commit_callbacks() as second:
        scored(model="Second")

    # One nudge for the evaluation, and at first one a scorer for its intervals.
    assert (len(first), len(second)) == (1 + 3, 1)
    assert state().wanted == 2


def test_intervals_hold_the_figures_they_belong_to() -> None:
    row = scored(right=2)

    rank(board=BOARD, scorer=SCORER)

    found = standing(row)
    assert state().computed == state().wanted
    assert found.average is not None
    assert found.low is not None
    assert found.high is not None
    assert found.low < found.average < found.high
    assert (found.rank_low, found.rank_high, found.best_probability) == (1, 1, 1.0)
    assert set(found.intervals) == set(make.SUITE.slugs)
    assert all(low <= found.means[task] <= high for task, (low, high) in found.intervals.items())
    assert set(found.other_averages) == {"family", "above_chance", "without_math_calc"}


def test_equal_rows_share_their_rank_interval() -> None:
    rows = [scored(model=name, right=2) for name in ("A", "B")]

    rank(board=BOARD, scorer=SCORER)

    assert [(standing(row).rank_low, standing(row).rank_high) for row in rows] == [(1, 2)] * 2
    assert all(set(standing(row).inseparable) == set(make.SUITE.slugs) for row in rows)


def test_a_row_without_all_tasks_has_intervals_and_no_rank() -> None:
    row = scored(tasks=["passkey"])

    rank(board=BOARD, scorer=SCORER)

    found = standing(row)
    assert set(found.intervals) == {"passkey"}
    assert (found.rank_low, found.low, found.best_probability) == (None, None, None)


def test_an_up_to_date_board_is_left_alone() -> None:
    scored()
    rank(board=BOARD, scorer=SCORER)
    first = state().computed_at

    rank(board=BOARD, scorer=SCORER)

    assert state().computed_at == first


def test_a_new_row_has_no_interval_until_the_job_has_seen_it() -> None:
    first = scored(model="First", right=1)
    rank(board=BOARD, scorer=SCORER)

    second = scored(model="Second", right=3)

    assert standing(first).rank_high == 1
    assert standing(second).rank_high is None
    rank(board=BOARD, scorer=SCORER)
    assert standing(first).rank == 2
    assert standing(second).rank_low == 1


def test_an_answer_that_one_set_has_fewer_of_is_paired_with_nothing() -> None:
    whole = ItemSetFacts(("a0", "b0", "b1"), ("a", "b", "b"), ())
    gappy = ItemSetFacts(("a0", "b0"), ("a", "b"), ())

    keys = pairable_keys({"whole": whole, "gappy": gappy})

    assert set(keys["whole"]) & set(keys["gappy"]) == {"a0"}
    assert pairable_keys({"whole": whole}) == {"whole": whole.keys}


def test_an_unknown_board_is_no_error() -> None:
    rank(board="nowhere", scorer=SCORER)
