"""The queue's page: who waits where, for how long, and who works."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from submissions.models import Evaluation, WorkerSeen
from submissions.presence import forget_worker, see_worker
from submissions.record import claim_evaluation
from tests import make
from tests.pages.make_pages import client_of, scored

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("release")]


def test_an_empty_queue_says_so_and_misses_its_workers(client: Client) -> None:
    page = client.get("/queue/").text

    assert "Nothing waits" in page
    assert "No worker has been heard" in page


def test_positions_are_in_the_order_of_arrival_and_private_ones_have_no_name() -> None:
    first = make.submission(model="First")
    make.submission(model="Hidden", right=1, visibility="private")
    owner = first.submitter

    mine, others = client_of(owner).get("/queue/").text, client_of(None).get("/queue/").text

    assert "Hidden" in mine
    assert "Hidden" not in others
    assert "not public" in others
    assert mine.index("First") < mine.index("Hidden")
    assert "2 waiting, 0 being scored" in others


def test_only_mine() -> None:
    owner = make.user()
    make.submission(model="Mine", submitter=owner)
    make.submission(model="Theirs", right=1, submitter=make.user("other@example.org"))

    page = client_of(owner).get("/queue/?mine=1").text

    assert "Mine" in page
    assert "Theirs" not in page


def test_a_wait_is_estimated_from_recent_runs_and_present_workers(client: Client) -> None:
    now = timezone.now()
    for seconds in (2, 4):
        one = scored(model=f"M{seconds}", right=seconds % 3)
        start = now - timedelta(seconds=100)
        end = start + timedelta(seconds=seconds)
        Evaluation.objects.filter(submission=one).update(started_at=start, finished_at=end)
    for right in (0, 1, 3):
        make.submission(model="Waiting", right=right)

    assert "in 3.0 s to" not in client.get("/queue/").text
    see_worker("one", processes=2, now=now)
    page = client.get("/queue/").text

    assert "One scoring lately took 3.0 s, nine of ten at most 3.8 s." in page
    assert page.count("in 3.0 s to 3.8 s") == 2
    assert page.count("in 6.0 s to 7.6 s") == 1


def test_a_running_one_tells_when_its_worker_was_heard(client: Client) -> None:
    submission = make.submission()
    claim_evaluation(submission.evaluations.get().pk, worker="w", now=timezone.now())

    page = client.get("/queue/").text

    assert re.search(r"worker heard [\d.]+ s ago", page)
    assert "0 waiting, 1 being scored" in page


def test_a_silent_worker_is_shown_as_silent_and_forgotten_a_day_later(client: Client) -> None:
    now = timezone.now()
    see_worker("old", processes=1, now=now - timedelta(minutes=5))

    assert "silent" in client.get("/queue/").text
    see_worker("new", processes=1, now=now + timedelta(days=2))
    assert list(WorkerSeen.objects.values_list("name", flat=True)) == ["new"]
    forget_worker("new")
    assert not WorkerSeen.objects.exists()


def test_the_page_asks_again_and_can_be_paused(client: Client) -> None:
    page = client.get("/queue/").text

    assert 'data-live hx-get="/queue/" hx-trigger="every 10s"' in page
    assert "data-pause" in page
    assert '<noscript><meta http-equiv="refresh" content="60"></noscript>' in page
    assert "<html" not in client.get("/queue/", headers={"HX-Request": "true"}).text
