"""Scoring again."""

import pytest
from django.core.management import CommandError, call_command

from submissions import record, rescoring
from submissions.models import Evaluation, Failure, RescoreJob, Submission
from tests import make
from workers.tasks import evaluate, sweep

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


@pytest.fixture
def scored() -> list[Submission]:
    """Five submissions that have their scores."""
    make.release()
    submissions = [make.submission(model=f"Model {number}") for number in range(5)]
    for submission in submissions:
        evaluate(evaluation_id=submission.evaluations.get().pk)
    return submissions


def evaluate_open() -> None:
    """What workers do with everything that waits."""
    for evaluation in Evaluation.objects.filter(status="queued"):
        evaluate(evaluation_id=evaluation.pk)


def test_a_job_scores_everything_again_a_few_at_a_time(
    scored: list[Submission], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rescoring, "RESCORE_OPEN", 2)
    call_command("rescore", "--all", "--no-wait", verbosity=0)
    job = RescoreJob.objects.get()
    waiting = []

    # The sweep feeds it; nobody watches.
    while RescoreJob.objects.filter(finished_at=None).exists():
        sweep()
        waiting.append(rescoring.progress(job).waiting)
        evaluate_open()

    assert waiting == [3, 1, 0, 0]
    assert rescoring.progress(job).scored == 5
    assert [one.evaluations.count() for one in scored] == [2] * 5
    for one in scored:
        one.refresh_from_db()
        assert one.current_evaluation == one.evaluations.first()


def test_a_job_is_fed_no_more_than_is_taken_from_it(
    scored: list[Submission], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rescoring, "RESCORE_OPEN", 2)
    call_command("rescore", "--all", "--no-wait", verbosity=0)

    assert [rescoring.feed_jobs(now=make.NOW) for _ in range(3)] == [2, 0, 0]


def test_what_waits_anyway_is_not_queued_twice(scored: list[Submission]) -> None:
    call_command("rescore", scored[0].public_id, verbosity=0)
    call_command("rescore", "--all", "--no-wait", verbosity=0)

    assert rescoring.feed_jobs(now=make.NOW) == 5
    assert Evaluation.objects.filter(status="queued").count() == 5


def test_a_failure_is_counted_and_the_job_goes_on(scored: list[Submission]) -> None:
    call_command("rescore", "--all", "--no-wait", verbosity=0)
    rescoring.feed_jobs(now=make.NOW)
    broken = record.claim_evaluation(
        Evaluation.objects.filter(status="queued")[0].pk, worker="a", now=make.NOW
    )
    assert broken is not None
    record.record_failure(broken, failure=Failure.INTERNAL, reason="broken", now=make.NOW)
    evaluate_open()
    rescoring.feed_jobs(now=make.NOW)

    job = RescoreJob.objects.get()
    found = rescoring.progress(job)
    assert (found.total, found.scored, found.failed, found.open) == (5, 4, 1, 0)
    assert job.finished_at == make.NOW


def test_only_one_job_is_open_and_it_can_be_watched(
    scored: list[Submission], capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("rescore", "--all", "--release", "test", "--no-wait", verbosity=0)
    job = RescoreJob.objects.get()
    with pytest.raises(CommandError, match=f"--job {job.pk}"):
        call_command("rescore", "--all", verbosity=0)
    rescoring.feed_jobs(now=make.NOW)
    evaluate_open()

    call_command("rescore", "--job", str(job.pk), verbosity=0)

    assert "5 scored, 0 failed" in capsys.readouterr().out


@pytest.mark.parametrize(
    "arguments",
    [["--all"], ["--all", "--release", "nowhere"], ["--job", "7"], ["--failed", "--release", "x"]],
)
def test_a_job_over_nothing_is_refused(arguments: list[str]) -> None:
    with pytest.raises(CommandError):
        call_command("rescore", *arguments, verbosity=0)
