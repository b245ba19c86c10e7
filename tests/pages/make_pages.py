"""Plain functions that make what page tests need beyond tests/make.py."""

from typing import Any

from django.test import Client

from accounts.models import User
from submissions.lines import board_state, refresh_state, write_reported_lines
from submissions.models import Evaluation, Failure, ModelEntry, ReportedScore, Submission
from submissions.record import claim_evaluation, record_failure
from tests import make
from workers.tasks import evaluate

PAPER_SCORER = "official-2024-06"


def scored(**arguments: Any) -> Submission:
    """A submission that a worker has scored."""
    submission = make.submission(**arguments)
    evaluate(evaluation_id=submission.evaluations.get().pk)
    submission.refresh_from_db()
    return submission


def failed(**arguments: Any) -> Submission:
    """A submission whose scoring failed."""
    submission = make.submission(**arguments)
    claimed = claim_evaluation(submission.evaluations.get().pk, worker="test", now=make.NOW)
    assert isinstance(claimed, Evaluation)
    record_failure(claimed, failure=Failure.STORED_FILE, reason="file abc: missing", now=make.NOW)
    return submission


def reported(name: str = "Reported", **values: float | None) -> ModelEntry:
    """A model with printed figures; a task that is not named is below 5 percent."""
    entry = ModelEntry.objects.create(name=name, slug=name.lower(), created_at=make.NOW)
    for task in make.SUITE.slugs:
        value = values.get(task)
        ReportedScore.objects.create(
            suite=make.SUITE.slug,
            model=entry,
            task=task,
            value=value,
            below=0.05 if value is None else None,
            scorer=PAPER_SCORER,
            source="the table",
        )
    write_reported_lines(entry, make.SUITE)
    refresh_state(board_state(make.SUITE.slug, PAPER_SCORER))
    return entry


def client_of(user: User | None) -> Client:
    """A browser in which `user` is signed in; nobody, where there is none."""
    client = Client()
    if user is not None:
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client
