"""The board's rows and ranks as they are stored."""

import io
from datetime import timedelta

import pytest

from submissions.entries import ModelFacts
from submissions.models import Standing, Submission
from submissions.models.submission import ModelEntry
from submissions.receive import UploadOptions, receive_upload
from tests import make
from workers.tasks import evaluate

pytestmark = pytest.mark.django_db


def scored(**arguments: object) -> Submission:
    """A submission that a worker has scored."""
    submission = make.submission(**arguments)  # type: ignore[arg-type]
    evaluate(evaluation_id=submission.evaluations.get().pk)
    submission.refresh_from_db()
    return submission


def standing(submission: Submission, scorer: str = "portal-1") -> Standing:
    return Standing.objects.get(submission=submission, scorer=scorer)


@pytest.fixture(autouse=True)
def _release() -> None:
    make.release()


def test_a_complete_submission_is_ranked_by_its_average() -> None:
    weak, strong = scored(model="Weak", right=1), scored(model="Strong", right=3)

    assert [standing(strong).rank, standing(weak).rank] == [1, 2]
    assert standing(strong).average == 1.0


def test_equal_averages_share_a_rank() -> None:
    rows = [scored(model=name, right=2) for name in ("A", "B")] + [scored(model="C", right=1)]

    assert [standing(row).rank for row in rows] == [1, 1, 3]


def test_a_submission_of_eleven_tasks_has_no_average_and_no_rank() -> None:
    row = standing(scored(tasks=make.SUITE.slugs[:-1]))

    assert (row.average, row.rank, row.tasks, row.is_on_board) == (None, None, 11, True)


def test_missing_answers_score_zero_and_still_rank() -> None:
    files = make.files(right=3)
    name, stream = files[0]
    files[0] = (name, io.BytesIO(stream.getvalue().splitlines(keepends=True)[0]))
    submission = receive_upload(
        files,
        model=ModelFacts(name="Gappy"),
        submitter=make.user(),
        options=UploadOptions(suite=make.SUITE.slug),
        now=make.NOW,
    )

    evaluate(evaluation_id=submission.evaluations.get().pk)

    row = standing(submission)
    assert (row.answered, row.n, row.rank) == (34, 36, 1)
    assert row.means[make.SUITE.slugs[0]] == pytest.approx(1 / 3)


def test_the_first_complete_submission_is_the_models_row() -> None:
    day = timedelta(days=1)
    partial = scored(tasks=["passkey"], now=make.NOW)
    first = scored(right=1, now=make.NOW + day)
    better = scored(right=3, now=make.NOW + 2 * day)

    assert [standing(row).is_on_board for row in (partial, first, better)] == [False, True, False]
    assert ModelEntry.objects.count() == 1


@pytest.mark.parametrize("visibility", ["unlisted", "private"])
def test_only_public_submissions_stand_on_the_board(visibility: str) -> None:
    row = standing(scored(visibility=visibility))

    assert (row.is_on_board, row.rank) == (False, None)


def test_every_scorer_has_its_own_row() -> None:
    submission = scored(right=2)

    scorers = set(submission.standings.values_list("scorer", flat=True))

    assert scorers == {scorer.name for scorer in make.SUITE.scorers}
