"""A storage that does not answer is waited for; a file that is not as it was fails at once."""

from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.core.files.base import File
from django.core.files.storage import storages
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from submissions import backlog, files, record
from submissions.limits import AWAY_SECONDS_LAST, STORAGE_PATIENCE
from submissions.models import Evaluation, Failure, Submission
from submissions.patience import next_try
from tests import make
from tests.pages.make_pages import client_of
from tests.portal import wait_until
from tests.s3_server import running_s3, troubled_s3
from tests.submissions.test_bucket import use_bucket
from workers.tasks import evaluate

pytestmark = pytest.mark.django_db
NOW = make.NOW
TROUBLES = [(503, "SlowDown"), (500, "InternalError"), (403, "AccessDenied"), (200, "half a body")]


@pytest.fixture(autouse=True)
def _state(settings: Settings, tmp_path: Path) -> None:
    settings.STATE_DIR = settings.STATIC_ROOT = tmp_path
    content = settings.STORAGES["content"] | {"OPTIONS": {"location": str(tmp_path / "files")}}
    # Pages are shown without collected static files.
    static = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = settings.STORAGES | {"content": content, "staticfiles": static}


def read_of(evaluation: Evaluation) -> Evaluation:
    return Evaluation.objects.get(pk=evaluation.pk)


def evaluated(submission: Submission) -> Evaluation:
    """What a worker makes of a message."""
    evaluate(evaluation_id=submission.evaluations.get().pk)
    return submission.evaluations.get()


def test_a_bucket_that_is_away_for_a_moment_costs_nothing(
    settings: Settings, tmp_path: Path
) -> None:
    make.release()
    folder = tmp_path / "s3"
    with running_s3(folder) as server:
        use_bucket(settings, server, prefix="x")
        submission = make.submission(right=2)

    waits = evaluated(submission)

    assert (waits.status, waits.attempts, waits.failure) == ("queued", 0, "")
    again = waits.retry_at
    assert again is not None
    with running_s3(folder, port=urlsplit(server.url).port) as server:
        use_bucket(settings, server, prefix="x")
        wait_until(lambda: timezone.now() > again, seconds=10, what="the next try")
        assert evaluated(submission).status == "done"


@pytest.mark.parametrize(("status", "code"), TROUBLES)
def test_a_bucket_that_refuses_is_waited_for(
    settings: Settings, tmp_path: Path, status: int, code: str
) -> None:
    make.release()
    with running_s3(tmp_path / "s3") as server:
        use_bucket(settings, server, prefix="x")
        submission = make.submission()
    with troubled_s3(status, code, tmp_path) as troubled:
        use_bucket(settings, troubled, prefix="x")

        waits = evaluated(submission)

    assert (waits.status, waits.attempts, waits.failure) == ("queued", 0, "")


@pytest.mark.parametrize("is_missing", [True, False])
def test_an_object_that_is_missing_or_altered_fails_at_once(
    settings: Settings, tmp_path: Path, *, is_missing: bool
) -> None:
    make.release()
    with running_s3(tmp_path / "s3") as server:
        use_bucket(settings, server, prefix="x")
        submission = make.submission()
        stored = submission.tasks.first()
        assert stored is not None
        if is_missing:
            files.drop_stored(stored.sha256)
        else:
            storages["content"].save(files._name(stored.sha256), File(BytesIO(b"altered")))

        failed = evaluated(submission)

    assert (failed.status, failed.failure) == ("failed", "stored_file")


def claimed(evaluation: Evaluation, now: datetime) -> Evaluation:
    mine = record.claim_evaluation(evaluation.pk, worker="a", now=now)
    assert mine is not None
    return mine


@pytest.fixture
def waiting() -> Evaluation:
    """One that waits since NOW."""
    make.release()
    submission = make.submission()
    mine = claimed(submission.evaluations.get(), NOW)
    assert record.wait_for_storage(mine, reason="away", now=NOW)
    return submission.evaluations.get()


def test_it_is_left_alone_until_its_time_and_announced_then(waiting: Evaluation) -> None:
    assert waiting.retry_at is not None
    before, after = (waiting.retry_at + timedelta(seconds=one) for one in (-0.1, 0.1))
    Evaluation.objects.update(created_at=NOW - timedelta(hours=1))

    assert record.claim_evaluation(waiting.pk, worker="b", now=before) is None
    assert record.sweep(now=before) == 0
    assert record.sweep(now=after) == 1
    assert claimed(waiting, after).retry_at is None


def test_waiting_costs_no_attempt_and_ends_in_a_reason(waiting: Evaluation) -> None:
    tries, now = 0, NOW
    while (waiting := read_of(waiting)).retry_at is not None:
        now = waiting.retry_at
        assert waiting.attempts == 0
        assert record.wait_for_storage(claimed(waiting, now), reason="still away", now=now)
        tries += 1

    assert (waiting.status, waiting.failure) == ("failed", Failure.STORAGE_AWAY)
    assert waiting.failure_reason == "still away"
    assert STORAGE_PATIENCE - timedelta(seconds=AWAY_SECONDS_LAST) <= now - NOW <= STORAGE_PATIENCE
    assert 100 < tries < 400


def test_a_worker_that_lost_its_claim_gives_nothing_back(waiting: Evaluation) -> None:
    assert waiting.retry_at is not None
    late = claimed(waiting, waiting.retry_at)
    current = claimed(waiting, waiting.retry_at + timedelta(minutes=5))

    assert not record.wait_for_storage(late, reason="away", now=NOW)
    assert record.renew_lease(current, now=waiting.retry_at)


def test_a_clock_that_was_set_back_delays_no_try(waiting: Evaluation) -> None:
    assert record.claim_evaluation(waiting.pk, worker="b", now=NOW - timedelta(days=1))


def test_waits_grow_and_differ() -> None:
    def waits(after: timedelta) -> list[float]:
        now = NOW + after
        found = [next_try(NOW, now=now, patience=timedelta(days=1)) for _ in range(50)]
        return sorted((one - now).total_seconds() for one in found if one is not None)

    first, later, last = map(waits, (timedelta(0), timedelta(minutes=1), timedelta(hours=5)))

    assert 2.5 <= first[0] < first[-1] <= 5
    assert 30 <= later[0] < later[-1] <= 60
    assert 300 <= last[0] < last[-1] <= 600


def browser_of(evaluation: Evaluation) -> Client:
    """The browser of who submitted it."""
    owner = evaluation.submission.submitter
    assert owner is not None
    return client_of(owner)


def test_the_pages_and_the_api_say_what_it_waits_for(waiting: Evaluation) -> None:
    browser = browser_of(waiting)
    address = waiting.submission.get_absolute_url()

    page = browser.get(address).content.decode()
    queue = browser.get("/queue/").content.decode()
    told = browser.get(f"/api/v1/submissions/{waiting.submission.public_id}/").json()
    places = browser.get("/api/v1/queue/").json()

    assert "Waiting for storage." in page
    assert "waits for storage" in page
    assert "waits for storage" in queue
    assert told["status"] == "queued"
    assert places["rows"][0]["retry_at"] == places["own"][0]["retry_at"] == told["retry_at"]
    assert told["retry_at"]


def test_the_page_follows_when_it_begins_to_wait(waiting: Evaluation) -> None:
    assert waiting.retry_at is not None
    address = waiting.submission.get_absolute_url()
    browser = browser_of(waiting)
    seen = browser.get(address).context["state"]
    now = waiting.retry_at
    record.wait_for_storage(claimed(waiting, now), reason="away", now=now)

    again = browser.get(f"{address}?seen={seen}", headers={"HX-Request": "true"})

    assert again.status_code == 200


def test_no_worker_more_is_asked_for_what_waits_for_storage(waiting: Evaluation) -> None:
    depths = {one.queue: one for one in backlog.waiting(now=NOW + timedelta(minutes=10))}

    assert (depths["evaluate"].depth, depths["storage"].depth) == (0, 1)
    assert depths["storage"].age_seconds == 600


def test_a_submission_that_waits_stands_behind_those_that_wait_for_a_worker(
    waiting: Evaluation,
) -> None:
    other = make.submission(model="Later", right=1)
    rows = browser_of(waiting).get("/api/v1/queue/").json()["rows"]

    assert [one["submission"] for one in rows] == [
        other.public_id,
        waiting.submission.public_id,
    ]
    assert [one["position"] for one in rows] == [1, 2]
