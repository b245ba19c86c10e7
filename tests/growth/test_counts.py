"""What a step asks of the database, and what is sent, does not grow with what is there: counted."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from submissions import record
from submissions.entries import ModelFacts
from submissions.models import Submission
from submissions.ranking import read_board, store_intervals
from submissions.receive import UploadOptions, receive_upload
from tests import make
from workers import references
from workers.evaluate import evaluate_submission
from workers.rank import find_intervals

pytestmark = pytest.mark.django_db
BOARD = ("infinitebench", "official-2024-06")


@pytest.fixture(autouse=True)
def _no_answers_kept() -> None:
    references._answers.cache_clear()
    references._item_sets.cache_clear()


def queries(step: Callable[[], object]) -> list[str]:
    """The statements that a step sends, without its savepoints."""
    with CaptureQueriesContext(connection) as captured:
        step()
    statements = [each["sql"] for each in captured.captured_queries]
    return [sql for sql in statements if "SAVEPOINT" not in sql]


def receive(n: int, model: str) -> Submission:
    """Receive n predictions for each task."""
    return receive_upload(
        make.files(n=n),
        model=ModelFacts(name=model),
        submitter=make.user(f"{model}@example.org"),
        options=UploadOptions(suite=make.SUITE.slug),
        now=make.NOW,
    )


def scored(submission: Submission) -> tuple[list[str], list[str]]:
    """Score a submission: the statements of scoring and of recording."""
    evaluation = record.claim_evaluation(
        submission.evaluations.get().pk, worker="test", now=make.NOW
    )
    assert evaluation is not None
    scores: dict[str, Any] = {}
    reading = queries(lambda: scores.update(evaluate_submission(evaluation.submission)))
    writing = queries(lambda: record.record_scores(evaluation, scores=scores, now=make.NOW))
    return reading, writing


def test_receiving_asks_the_same_for_ten_times_the_examples() -> None:
    make.release("small", n=3)
    receive(3, "first")
    few = queries(lambda: receive(3, "few"))
    make.release("large", n=30)
    receive(30, "second")

    many = queries(lambda: receive(30, "many"))

    # One more for the second release, which the upload is compared with.
    assert len(many) - len(few) <= 1
    assert len(few) <= 40


def test_scoring_reads_a_release_once_a_process() -> None:
    make.release()

    first, _ = scored(receive(3, "first"))
    second, _ = scored(receive(3, "second"))

    assert sum("submissions_example" in sql for sql in first) == 12
    assert len(second) == 1
    assert "submissions_taskpredictions" in second[0]


def test_recording_asks_the_same_however_many_stand_on_the_board() -> None:
    make.release()
    scored(receive(3, "first"))
    _, few = scored(receive(3, "second"))
    for number in range(6):
        scored(receive(3, f"more {number}"))

    _, many = scored(receive(3, "last"))

    assert len(many) == len(few)
    assert len(many) <= 60
    # Twelve tasks under three scorers are two statements, not seventy-two.
    assert sum(sql.startswith("INSERT") for sql in many) <= 9


def test_ranking_asks_the_same_however_many_stand_on_the_board() -> None:
    def rank() -> None:
        ranked = read_board(*BOARD)
        assert ranked is not None
        store_intervals(ranked, find_intervals(ranked), now=make.NOW)

    make.release()
    scored(receive(3, "first"))
    scored(receive(3, "second"))
    few = queries(rank)
    for number in range(6):
        scored(receive(3, f"more {number}"))

    many = queries(rank)

    assert len(many) == len(few)
    assert len(many) <= 14


def test_what_the_api_sends_of_a_submission_does_not_grow_with_its_examples(
    client: Client,
) -> None:
    sizes = []
    for n in (3, 30):
        make.release(f"with {n}", n=n)
        submission = receive(n, f"model {n}")
        scored(submission)
        answer = client.get(f"/api/v1/submissions/{submission.public_id}/")
        assert answer.status_code == 200
        sizes.append(len(answer.content))

    assert sizes[1] - sizes[0] < 100
    assert max(sizes) < 8000
