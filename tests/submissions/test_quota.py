"""What may be submitted in a day and at once: slots that hold when requests meet."""

from datetime import timedelta

import pytest
from django.test import override_settings

from accounts.models import User
from accounts.organizations import found_organization
from submissions.entries import ModelFacts
from submissions.intake import Refused
from submissions.models import Failure, QuotaSlot, Submission
from submissions.quota import QuotaExceeded, TooManyAtOnce, quota_of
from submissions.receive import UploadOptions, receive_upload
from submissions.record import claim_evaluation, record_failure
from submissions.withdraw import withdraw_submission
from tests import make
from tests.at_once import at_the_same_time
from workers.tasks import evaluate

TASK = ["passkey"]


def fail(submission: Submission, failure: Failure) -> None:
    """End the submission's scoring with a failure."""
    claimed = claim_evaluation(submission.evaluations.get().pk, worker="w", now=make.NOW)
    assert claimed is not None
    assert record_failure(claimed, failure=failure, reason="a test", now=make.NOW)


@pytest.mark.django_db
def test_a_quota_tells_what_is_used_left_and_when_more_is_free() -> None:
    make.release()
    owner = make.user()
    make.submission(submitter=owner, tasks=TASK)
    make.submission(submitter=owner, tasks=TASK, right=1, now=make.NOW + timedelta(hours=1))

    quota = quota_of(owner, now=make.NOW + timedelta(hours=2))

    assert (quota.used, quota.left) == (2, 18)
    assert quota.resets_at == make.NOW + timedelta(days=1)
    assert (quota.at_once_used, quota.at_once_left) == (2, 8)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("failure", "used"),
    [("internal", 0), ("worker_lost", 0), ("stored_file", 0), ("timeout", 1), ("memory", 1)],
)
def test_only_a_failure_of_ours_gives_its_slot_back(failure: str, used: int) -> None:
    make.release()
    submission = make.submission(submitter=make.user(), tasks=TASK)

    fail(submission, Failure(failure))

    assert submission.submitter is not None
    quota = quota_of(submission.submitter, now=make.NOW)
    assert (quota.used, quota.at_once_used) == (used, 0)


@pytest.mark.django_db
def test_a_withdrawn_submission_still_counts() -> None:
    make.release()
    submission = make.submission(submitter=make.user(), tasks=TASK)

    withdraw_submission(submission, now=make.NOW)

    assert submission.submitter is not None
    assert quota_of(submission.submitter, now=make.NOW).used == 1


@pytest.mark.django_db
@override_settings(SUBMISSIONS_AT_ONCE=1)
def test_the_next_one_waits_until_the_first_is_scored() -> None:
    make.release()
    first = make.submission(tasks=TASK)

    with pytest.raises(TooManyAtOnce):
        make.submission(tasks=TASK, right=1)
    evaluate(evaluation_id=first.evaluations.get().pk)

    assert make.submission(tasks=TASK, right=1).evaluations.get().is_open


@pytest.mark.django_db
@override_settings(SUBMISSIONS_PER_DAY=1, SUBMISSIONS_AT_ONCE=5)
def test_one_persons_quota_is_not_anothers() -> None:
    make.release()
    make.submission(submitter=make.user("a@example.org"), tasks=TASK)

    assert make.submission(submitter=make.user("b@example.org"), tasks=TASK).pk


@pytest.mark.django_db
@override_settings(ORGANIZATION_SUBMISSIONS_PER_DAY=2)
def test_an_organizations_quota_is_its_members_together() -> None:
    make.release()
    first, second = make.user("a@example.org"), make.user("b@example.org")
    lab = found_organization("Lab", founder=first, now=make.NOW)
    shared = ModelFacts(name="Shared", shared_with=lab)
    for person, right in ((first, 0), (second, 1)):
        submit_model(shared, person, right=right)

    with pytest.raises(QuotaExceeded, match="quota-exceeded") as refused:
        submit_model(shared, second, right=2)

    assert "Lab" in refused.value.problems[0].found
    assert quota_of(lab, now=make.NOW).left == 0
    assert submit_model(ModelFacts(name="Own"), second, right=2).pk


def submit_model(model: ModelFacts, person: User, *, right: int) -> Submission:
    """Submit predictions of a model."""
    options = UploadOptions(suite="infinitebench")
    files = make.files(TASK, right=right)
    return receive_upload(files, model=model, submitter=person, options=options, now=make.NOW)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("per_day", "at_once", "refusal"), [(2, 8, QuotaExceeded), (8, 2, TooManyAtOnce)]
)
def test_of_eight_at_once_exactly_two_are_accepted(
    per_day: int, at_once: int, refusal: type[Refused]
) -> None:
    make.release()
    owner = make.user()
    with override_settings(SUBMISSIONS_PER_DAY=per_day, SUBMISSIONS_AT_ONCE=at_once):
        outcomes = at_the_same_time(8, lambda number: submit(owner, number))

    assert sorted(map(str, outcomes)) == sorted(["accepted"] * 2 + [refusal.__name__] * 6)
    assert Submission.objects.count() == QuotaSlot.objects.count() == 2


def submit(owner: User, number: int) -> str:
    """Submit predictions that nobody else submits; say what came of it."""
    try:
        make.submission(submitter=owner, model=f"Model {number}", tasks=TASK)
    except Refused as refused:
        return type(refused).__name__
    return "accepted"
