"""Scoring again."""

import pytest
from django.core.management import CommandError, call_command

from submissions import record
from submissions.models import Failure, Submission
from tests import make
from workers.tasks import evaluate

pytestmark = pytest.mark.django_db


@pytest.fixture
def failed() -> Submission:
    """A submission whose evaluation failed."""
    make.release()
    submission = make.submission()
    mine = record.claim_evaluation(submission.evaluations.get().pk, worker="a", now=make.NOW)
    assert mine is not None
    record.record_failure(mine, failure=Failure.INTERNAL, reason="broken", now=make.NOW)
    return submission


def test_what_failed_is_queued_once_and_scored(failed: Submission) -> None:
    call_command("rescore", "--failed", verbosity=0)
    call_command("rescore", "--failed", verbosity=0)

    latest = failed.evaluations.first()
    assert latest is not None
    assert failed.evaluations.count() == 2
    evaluate(evaluation_id=latest.pk)
    failed.refresh_from_db()
    assert failed.current_evaluation == latest


def test_a_submission_is_queued_by_its_id(failed: Submission) -> None:
    call_command("rescore", failed.public_id, verbosity=0)
    call_command("rescore", failed.public_id, verbosity=0)

    assert failed.evaluations.count() == 2


@pytest.mark.parametrize("arguments", [[], ["nowhere"], ["nowhere", "--failed"]])
def test_an_unknown_or_missing_id_is_refused(arguments: list[str]) -> None:
    with pytest.raises(CommandError):
        call_command("rescore", *arguments, verbosity=0)
