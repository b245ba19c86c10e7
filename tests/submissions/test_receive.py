"""Uploads that come in, and uploads that are refused."""

import io
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.test import override_settings

from submissions.entries import ModelFacts
from submissions.intake import Refused
from submissions.models import BoardEvent, Evaluation, ModelEntry, Submission
from submissions.predictions import read_predictions
from submissions.quota import QuotaExceeded
from submissions.receive import (
    DuplicateUpload,
    NoRelease,
    UploadOptions,
    check_upload,
    receive_upload,
)
from tests import make

pytestmark = pytest.mark.django_db


def stored_files() -> set[Path]:
    return {path for path in (Path(settings.STATE_DIR) / "files").rglob("*") if path.is_file()}


def test_an_upload_becomes_a_submission_with_a_queued_evaluation() -> None:
    make.release()

    submission = make.submission()

    assert submission.evaluations.get().status == "queued"
    assert submission.tasks.count() == 12
    assert BoardEvent.objects.get().kind == "submitted"


def test_predictions_are_kept_by_position_with_gaps() -> None:
    make.release()
    rows = [{"id": 2, "prediction": "two"}, {"id": 0, "prediction": "zero\u2028\r"}]

    submission = receive_upload(
        [("preds_passkey.jsonl", io.BytesIO(make.jsonl(rows)))],
        model=ModelFacts(name="Gappy"),
        submitter=make.user(),
        options=UploadOptions(suite="infinitebench"),
        now=make.NOW,
    )

    assert read_predictions(submission.tasks.get()) == ["zero\u2028\r", None, "two"]


def test_a_refused_upload_stores_nothing_and_costs_no_quota() -> None:
    make.release()
    before = stored_files()

    with pytest.raises(Refused):
        receive_upload(
            [("preds_passkey.jsonl", io.BytesIO(b'{"id": 0, "output": "x"}\n'))],
            model=ModelFacts(name="Refused"),
            submitter=make.user(),
            options=UploadOptions(suite="infinitebench"),
            now=make.NOW,
        )

    assert stored_files() == before
    assert not Submission.objects.exists()
    assert not ModelEntry.objects.exists()


def test_a_dry_run_stores_nothing() -> None:
    make.release()
    before = stored_files()

    report = check_upload(
        make.files(["passkey"]), UploadOptions(suite="infinitebench"), now=make.NOW
    )

    assert [(task.task, task.answered, task.n) for task in report.tasks] == [("passkey", 3, 3)]
    assert len(report.missing_tasks) == 11
    assert stored_files() == before
    assert not Evaluation.objects.exists()


def test_the_same_files_are_refused_the_second_time() -> None:
    make.release()
    first = make.submission()

    with pytest.raises(DuplicateUpload) as refused:
        make.submission()

    assert refused.value.earlier == first
    assert Submission.objects.count() == 1


@override_settings(SUBMISSIONS_PER_DAY=2)
def test_the_quota_holds_for_a_day() -> None:
    make.release()
    for right in (0, 1):
        make.submission(right=right)

    with pytest.raises(QuotaExceeded) as refused:
        make.submission(right=2)

    assert refused.value.resets_at == make.NOW + timedelta(days=1)
    make.submission(right=2, now=make.NOW + timedelta(days=1))


def test_without_a_release_an_upload_is_told_so() -> None:
    with pytest.raises(NoRelease):
        make.submission()
