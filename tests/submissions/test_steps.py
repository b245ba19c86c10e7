"""Math.Calc in steps."""

import io

import pytest

from submissions.entries import ModelFacts
from submissions.receive import UploadOptions, receive_upload
from submissions.steps import Steps, steps_before_error
from tests import make
from workers.tasks import evaluate

pytestmark = pytest.mark.django_db


def test_scores_are_read_back_into_steps() -> None:
    make.release()
    labels = make.answers(["math_calc"])["math_calc"]
    rows = [
        {"id": 0, "prediction": "none"},
        {"id": 1, "prediction": " ".join(map(str, [*labels[1][:2], 777]))},
        {"id": 2, "prediction": " ".join(map(str, labels[2]))},
    ]
    submission = receive_upload(
        [("preds_math_calc.jsonl", io.BytesIO(make.jsonl(rows)))],
        model=ModelFacts(name="Stepwise"),
        submitter=make.user(),
        options=UploadOptions(suite="infinitebench"),
        now=make.NOW,
    )
    assert steps_before_error(submission, "math_calc", scorer="official-2024-06") is None

    evaluate(evaluation_id=submission.evaluations.get().pk)
    submission.refresh_from_db()

    found = steps_before_error(submission, "math_calc", scorer="official-2024-06")
    assert found == Steps(median=2, most=20, started=2, n=3)
