"""What a worker does with a message."""

import pytest

from submissions.artefacts import unpack_scores
from submissions.files import _name as stored_name
from submissions.files import _storage
from submissions.models import TaskArtefact, TaskResult
from tests import make
from workers.tasks import evaluate, sweep

pytestmark = pytest.mark.django_db


def test_every_task_is_scored_by_every_scorer() -> None:
    make.release()
    submission = make.submission(right=2)

    evaluate(evaluation_id=submission.evaluations.get().pk)

    assert TaskResult.objects.count() == 12 * 3
    artefact = TaskArtefact.objects.get(result__task="passkey", result__scorer="portal-1")
    assert unpack_scores(bytes(artefact.data))[0] == (1.0, 1.0, 0.0)


def test_a_message_delivered_twice_scores_once() -> None:
    make.release()
    evaluation = make.submission().evaluations.get()

    evaluate(evaluation_id=evaluation.pk)
    evaluate(evaluation_id=evaluation.pk)

    evaluation.refresh_from_db()
    assert (evaluation.status, evaluation.attempts) == ("done", 1)


def test_a_damaged_file_ends_in_a_failure_with_its_reason() -> None:
    make.release()
    submission = make.submission()
    stored = submission.tasks.first()
    assert stored is not None
    _storage().delete(stored_name(stored.sha256))

    evaluate(evaluation_id=submission.evaluations.get().pk)

    evaluation = submission.evaluations.get()
    assert (evaluation.status, evaluation.failure) == ("failed", "stored_file")
    assert stored.sha256 in evaluation.failure_reason


def test_an_empty_sweep_does_nothing() -> None:
    sweep()
