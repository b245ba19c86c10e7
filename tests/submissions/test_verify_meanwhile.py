"""A site is verified while people write to it: nobody waits, and nothing looks broken by it."""

from collections.abc import Callable
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from django.db import connection
from pytest_django import Settings

from audit.models import AuditEntry
from submissions.models import Submission
from submissions.verify import find_breaks
from submissions.withdraw import withdraw_submission
from tests import make
from workers.tasks import evaluate

pytestmark = pytest.mark.django_db(transaction=True)
# A writer that waits for the walk waits for this very thread: far longer than it may take.
PATIENCE_SECONDS = 10


@pytest.fixture(autouse=True)
def _files_of_its_own(settings: Settings, tmp_path: Path) -> None:
    content = settings.STORAGES["content"] | {"OPTIONS": {"location": str(tmp_path)}}
    settings.STORAGES = settings.STORAGES | {"content": content}


def test_a_writer_is_not_kept_waiting_while_the_chain_is_walked() -> None:
    make.release()
    submission = make.submission()
    evaluate(evaluation_id=submission.evaluations.get().pk)
    writers: list[Thread] = []

    def withdraw() -> None:
        try:
            withdraw_submission(Submission.objects.get(pk=submission.pk), now=make.NOW)
        finally:
            connection.close()

    def write_in_the_middle(
        execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any
    ) -> Any:
        answer = execute(sql, params, many, context)
        if AuditEntry._meta.db_table in sql and not writers:
            writers.append(Thread(target=withdraw, daemon=True))
            writers[0].start()
            writers[0].join(PATIENCE_SECONDS)
            assert not writers[0].is_alive(), "the writer waits for the walk"
        return answer

    entries = AuditEntry.objects.count()
    with connection.execute_wrapper(write_in_the_middle):
        found = list(find_breaks())

    # What was written meanwhile belongs to another moment, for the log and the board alike.
    assert found == []
    assert AuditEntry.objects.count() > entries
    assert list(find_breaks()) == []
