"""Two requests that meet: the locks of one never cross those of the other."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, transaction

from submissions import record
from submissions.board_locks import lock_board
from submissions.entries import ModelFacts, enter_model
from submissions.models import Evaluation, ModelEntry, Release, Submission
from submissions.releases import NewExample, NewItemSet, NewRelease, store_release
from submissions.withdraw import withdraw_submission
from tests import make
from tests.portal import wait_until

pytestmark = pytest.mark.django_db(transaction=True)


class Other(threading.Thread):
    """Does something at the same time, over a connection of its own."""

    def __init__(self, work: Callable[[], object]) -> None:
        super().__init__(daemon=True)
        self._work = work
        self.outcome: Any = None
        self.start()

    def run(self) -> None:
        try:
            self.outcome = self._work()
        except Exception as error:  # noqa: BLE001  The test compares it.
            self.outcome = error
        finally:
            connection.close()

    def wait_blocked(self) -> None:
        """Return when it waits for this test's transaction; SQLite waits at its first word."""
        if connection.vendor == "postgresql":
            wait_until(_somebody_waits, seconds=10, what="the other waits")

    def ended(self) -> Any:
        """What came of it."""
        self.join(60)
        assert not self.is_alive()
        return self.outcome


def _somebody_waits() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_locks "
            "WHERE NOT granted AND pg_backend_pid() = ANY(pg_blocking_pids(pid))"
        )
        return bool(cursor.fetchone()[0])


def test_a_withdrawal_and_scores_that_come_in_wait_for_each_other() -> None:
    make.release()
    submission = make.submission()
    pk = submission.evaluations.get().pk
    mine = record.claim_evaluation(pk, worker="a", now=make.NOW)
    assert mine is not None

    with transaction.atomic():
        lock_board("infinitebench")
        other = Other(lambda: record.record_scores(mine, scores={}, now=make.NOW))
        other.wait_blocked()
        withdraw_submission(submission, now=make.NOW)

    assert other.ended() is True
    assert Evaluation.objects.get(pk=pk).status == "done"
    assert Submission.objects.get(pk=submission.pk).withdrawn_at == make.NOW


def test_two_people_enter_a_model_of_the_same_name() -> None:
    first, second = make.user("a@example.org"), make.user("b@example.org")

    def enter() -> ModelEntry:
        with transaction.atomic():
            return enter_model(second, ModelFacts(name="Same"), now=make.NOW)

    with transaction.atomic():
        enter_model(first, ModelFacts(name="Same"), now=make.NOW)
        other = Other(enter)
        other.wait_blocked()

    assert other.ended().owner == second
    assert ModelEntry.objects.values("slug").distinct().count() == 2


def test_two_processes_store_the_same_release() -> None:
    new = NewRelease(name="new", title="New", suite="infinitebench", board="infinitebench")
    tasks = {"passkey": NewItemSet((NewExample("0", "71432"),))}

    with transaction.atomic():
        ours = store_release(new, tasks, now=make.NOW)
        other = Other(lambda: store_release(new, tasks, now=make.NOW))
        other.wait_blocked()

    assert ours == (Release.objects.get(), True)
    assert other.ended() == (Release.objects.get(), False)
