"""A scrape of `/metrics` reads what is open and what ended lately, however much there is."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from benchmark_site.metrics import DatabaseCollector
from submissions.models import Evaluation, EvaluationTotals, Submission
from submissions.totals import add_totals, read_totals
from tests import make
from workers.tasks import evaluate, tidy_doors

pytestmark = pytest.mark.django_db
ROWS = 20_000
TABLE = "submissions_evaluation"


@pytest.fixture
def submission() -> Submission:
    """A submission, to which any number of evaluations may belong."""
    make.release()
    return make.submission()


def add_ended(submission: Submission, count: int, *, hours_ago: float, seconds: float) -> None:
    """Evaluations that ended then and took so long; every tenth failed at its second worker."""
    ended = timezone.now() - timedelta(hours=hours_ago)
    started = ended - timedelta(seconds=seconds)
    Evaluation.objects.bulk_create(
        [
            Evaluation(
                submission=submission,
                created_at=started,
                started_at=started + timedelta(microseconds=number),
                # No two at once, as it is on a site.
                finished_at=ended + timedelta(microseconds=number),
                attempts=2 if number % 10 == 0 else 1,
                **_end(is_failed=number % 10 == 0),
            )
            for number in range(count)
        ],
        batch_size=2000,
    )


def _end(*, is_failed: bool) -> dict[str, str]:
    if not is_failed:
        return {"status": "done"}
    told = {"failure": "internal", "failure_reason": "a test", "failure_hint": "none"}
    return {"status": "failed", **told}


def test_totals_are_those_of_all_rows_however_they_were_counted(submission: Submission) -> None:
    add_ended(submission, 100, hours_ago=30, seconds=1.5)
    add_ended(submission, 50, hours_ago=3, seconds=40)
    add_ended(submission, 10, hours_ago=0.01, seconds=0.25)
    before = read_totals()

    assert add_totals(now=timezone.now() - timedelta(hours=20))
    assert add_totals(now=timezone.now())
    assert not add_totals(now=timezone.now())

    assert read_totals() == before
    assert (before.done, before.failed, before.takeovers) == (144, 16, 16)
    assert before.seconds == pytest.approx(90 * 1.5 + 45 * 40 + 9 * 0.25)
    assert before.within == {
        "0.5": 9,
        "1.0": 9,
        "2.0": 99,
        "5.0": 99,
        "10.0": 99,
        "30.0": 99,
        "60.0": 144,
        "300.0": 144,
    }
    assert EvaluationTotals.objects.count() == 1


def test_what_was_counted_stays_counted_when_its_rows_go(submission: Submission) -> None:
    add_ended(submission, 20, hours_ago=3, seconds=1)
    tidy_doors()

    Evaluation.objects.filter(status="done").delete()

    assert (read_totals().done, read_totals().failed) == (18, 2)


def test_what_ends_after_the_last_count_is_there_at_once(submission: Submission) -> None:
    add_totals(now=timezone.now())

    evaluate(evaluation_id=submission.evaluations.get().pk)

    assert read_totals().done == 1


def rows_read(sql: str) -> int:
    """How many rows of the evaluations' table a statement reads: all of them where it scans it."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(f"EXPLAIN QUERY PLAN {sql}")
            scans = [row[3] for row in cursor.fetchall() if row[3].split()[:2] == ["SCAN", TABLE]]
            return Evaluation.objects.count() if scans else 0
        cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {sql}")
        return sum(
            (node["Actual Rows"] + node.get("Rows Removed by Filter", 0)) * node["Actual Loops"]
            for node in _nodes(cursor.fetchone()[0][0]["Plan"])
            if node.get("Relation Name") == TABLE
        )


def _nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for part in plan.get("Plans", []):
        yield from _nodes(part)


def test_a_scrape_of_a_large_site_reads_few_rows(submission: Submission) -> None:
    add_ended(submission, ROWS, hours_ago=5, seconds=1)
    add_ended(submission, 30, hours_ago=0.01, seconds=1)
    add_totals(now=timezone.now())
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {TABLE}")

    with CaptureQueriesContext(connection) as captured:
        list(DatabaseCollector().collect())

    asked = [each["sql"] for each in captured.captured_queries if f'"{TABLE}"' in each["sql"]]
    assert asked
    assert sum(map(rows_read, asked)) < 200
