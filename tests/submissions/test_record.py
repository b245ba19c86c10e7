"""Claims, leases, fences, failures and the sweep."""

from datetime import datetime, timedelta

import pytest
from django.db import IntegrityError
from django.test import override_settings

from scoring import Outcome, TaskScore
from submissions import record
from submissions.models import BoardEvent, Evaluation, Failure, Standing, TaskResult
from tests import make

pytestmark = pytest.mark.django_db
NOW = make.NOW
LATER = NOW + timedelta(minutes=5)


@pytest.fixture
def evaluation() -> Evaluation:
    make.release()
    return make.submission().evaluations.get()


def claim(evaluation: Evaluation, worker: str, now: datetime = NOW) -> Evaluation | None:
    return record.claim_evaluation(evaluation.pk, worker=worker, now=now)


def claimed(evaluation: Evaluation, worker: str = "a", now: datetime = NOW) -> Evaluation:
    mine = claim(evaluation, worker, now)
    assert mine is not None
    return mine


def scores(mean: float = 0.5) -> dict[str, dict[str, TaskScore]]:
    outcomes = (Outcome.RIGHT, Outcome.WRONG)
    score = TaskScore("passkey", "portal-1", 2, 2, mean, (1.0, 0.0), outcomes)
    return {"passkey": {"portal-1": score}}


def test_an_evaluation_is_claimed_once(evaluation: Evaluation) -> None:
    assert claim(evaluation, "a")
    assert claim(evaluation, "b") is None


def test_work_of_a_silent_worker_is_taken_over(evaluation: Evaluation) -> None:
    first = claimed(evaluation, "a")

    second = claimed(evaluation, "b", LATER)

    assert (second.worker, second.fence) == ("b", first.fence + 1)


def test_a_heartbeat_keeps_the_claim(evaluation: Evaluation) -> None:
    mine = claimed(evaluation, "a")

    assert record.renew_lease(mine, now=LATER)

    assert claim(evaluation, "b", LATER + timedelta(seconds=30)) is None


def test_a_late_worker_writes_nothing(evaluation: Evaluation) -> None:
    late = claimed(evaluation, "a")
    current = claimed(evaluation, "b", LATER)

    assert not record.renew_lease(late, now=LATER)
    assert not record.record_scores(late, scores=scores(0.0), now=LATER)
    assert not record.record_failure(late, failure=Failure.INTERNAL, reason="x", now=LATER)

    assert record.record_scores(current, scores=scores(0.5), now=LATER)
    assert TaskResult.objects.get().mean == 0.5
    assert BoardEvent.objects.filter(kind="scored").count() == 1


def test_a_finished_evaluation_is_never_finished_again(evaluation: Evaluation) -> None:
    mine = claimed(evaluation)
    assert record.record_scores(mine, scores=scores(), now=NOW)

    assert not record.record_scores(mine, scores=scores(), now=NOW)
    assert claim(evaluation, "b", LATER) is None


def test_status_result_and_row_come_together(evaluation: Evaluation) -> None:
    mine = claimed(evaluation)
    broken = scores(mean=2.0)

    with pytest.raises(IntegrityError):
        record.record_scores(mine, scores=broken, now=NOW)


@pytest.mark.django_db(transaction=True)
def test_a_refused_score_leaves_nothing(evaluation: Evaluation) -> None:
    mine = claimed(evaluation)

    with pytest.raises(IntegrityError):
        record.record_scores(mine, scores=scores(mean=float("nan")), now=NOW)

    evaluation.refresh_from_db()
    assert evaluation.status == "running"
    assert not TaskResult.objects.exists()
    assert not Standing.objects.exists()


def test_three_silent_workers_end_it_with_a_reason(evaluation: Evaluation) -> None:
    now = NOW
    for worker in "abc":
        claimed(evaluation, worker, now)
        now += timedelta(minutes=5)
    assert claim(evaluation, "d", now) is None

    record.sweep(now=now)

    evaluation.refresh_from_db()
    assert (evaluation.status, evaluation.failure) == ("failed", "worker_lost")
    assert "3 workers" in evaluation.failure_reason
    assert evaluation.failure_hint


@pytest.mark.parametrize("missing", ["failure", "failure_reason", "failure_hint"])
def test_a_failure_without_its_reason_is_impossible(evaluation: Evaluation, missing: str) -> None:
    fields = {"failure": "internal", "failure_reason": "why", "failure_hint": "what to do"}

    with pytest.raises(IntegrityError):
        Evaluation.objects.filter(pk=evaluation.pk).update(
            status="failed", finished_at=NOW, **{**fields, missing: ""}
        )


@override_settings(CELERY_BROKER_URL="redis://127.0.0.1:1/0")
def test_a_rescore_swaps_when_it_is_complete(evaluation: Evaluation) -> None:
    submission = evaluation.submission
    record.record_scores(claimed(evaluation), scores=scores(0.5), now=NOW)

    again = record.queue_evaluation(submission, now=LATER)
    submission.refresh_from_db()
    assert submission.current_evaluation == evaluation

    record.record_scores(claimed(again, "b", LATER), scores=scores(0.25), now=LATER)
    submission.refresh_from_db()
    assert submission.current_evaluation == again
    assert Standing.objects.get(submission=submission).means == {"passkey": 0.25}
    assert TaskResult.objects.count() == 2
