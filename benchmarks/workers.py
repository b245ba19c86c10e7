"""How much sooner two and four worker processes finish many submissions than one.

    python benchmarks/workers.py [--submissions N] [--repeats N]

On SQLite, or with DATABASE_URL on PostgreSQL, in a database of its own.  Each worker process is
warm before it is measured; the counts take turns, so that what else the machine does meanwhile
falls on all of them.  Time runs from the first claim to the last score, as the rows say.
"""

import argparse
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

sys.path[0] = str(Path(__file__).resolve().parent.parent)

from benchmarks.measured import Seconds, machine, session_cpu, show, timed  # noqa: E402
from benchmarks.scratch import Scratch, scratch_portal, wait_for  # noqa: E402

COUNTS = (1, 2, 4)
PROMISED = 1.8


def main() -> int:
    """Measure; exit 1 where a promise is broken."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0] if __doc__ else None)
    parser.add_argument("--submissions", type=int, default=100)
    parser.add_argument("--repeats", type=int, default=2)
    options = parser.parse_args()
    with scratch_portal() as scratch:
        submissions = [scratch.upload() for _ in range(options.submissions)]
        phases = _phases(submissions[:10])
        runs: dict[int, list[dict[str, float]]] = {count: [] for count in COUNTS}
        for _ in range(options.repeats):
            for count in COUNTS:
                runs[count].append(run_worker(scratch, submissions, count))
        database = scratch.database
    best = {count: min(found, key=lambda run: run["seconds"]) for count, found in runs.items()}
    ratios = {count: round(best[1]["seconds"] / best[count]["seconds"], 2) for count in COUNTS}
    promises = {
        f"{count} processes, {PROMISED} times": ratios[count] >= PROMISED for count in (2, 4)
    }
    show(
        {
            "promises": promises,
            "times_as_fast_as_one": ratios,
            "processes": best,
            "one_submission_seconds": phases,
            "inputs": {
                "submissions": options.submissions,
                "repeats": options.repeats,
                "files": "gpt4, twelve tasks, three scorers",
                "database": database,
            },
            "versions": machine("Django", "celery"),
        }
    )
    return 0 if all(promises.values()) else 1


def run_worker(scratch: Scratch, submissions: Sequence[Any], count: int) -> dict[str, float]:
    """Seconds until a worker of `count` processes has scored every submission once more."""
    worker = scratch.start(
        *("celery", "--quiet", "-A", "benchmark_site.celery", "worker"),
        *("--loglevel=CRITICAL", f"--concurrency={count}"),
    )
    _score_again(submissions[: 4 * count])
    # The intervals that the warming asked for are not what is measured.
    wait_for(lambda: _slowly(_stale_boards) == 0, seconds=1200, what="the boards' intervals")
    before = session_cpu(worker.pid)
    started, ended, busy = _score_again(submissions)
    cpu = session_cpu(worker.pid) - before
    worker.terminate()
    worker.wait(300)
    seconds = ended - started
    return {
        "seconds": round(seconds, 2),
        "seconds_each": round(busy / len(submissions), 3),
        "cpu_seconds_each": round(cpu / len(submissions), 3),
        # The rest is the way of a message to an idle process, and the end of the last ones.
        "share_of_time_at_work": round(busy / (seconds * count), 3),
    }


def _score_again(submissions: Sequence[Any]) -> tuple[float, float, float]:
    """First claim, last score, and the seconds of all evaluations together."""
    from django.db import transaction  # noqa: PLC0415
    from django.utils import timezone  # noqa: PLC0415

    from submissions.models import Evaluation  # noqa: PLC0415
    from submissions.record import queue_evaluation  # noqa: PLC0415

    with transaction.atomic():
        queued = [queue_evaluation(one, now=timezone.now()).pk for one in submissions]
    ended = Evaluation.objects.filter(pk__in=queued, status="done")
    wait_for(lambda: _slowly(ended.count) == len(queued), seconds=1200, what="all scores")
    times = [
        (started.timestamp(), finished.timestamp())
        for started, finished in ended.values_list("started_at", "finished_at")
        if started and finished
    ]
    busy = sum(finished - started for started, finished in times)
    return min(start for start, _ in times), max(finish for _, finish in times), busy


def _stale_boards() -> int:
    from django.db.models import F  # noqa: PLC0415

    from submissions.models import BoardState  # noqa: PLC0415

    return BoardState.objects.filter(computed__lt=F("wanted")).count()


def _slowly(count: Any) -> int:
    """Ask ten times a second: this process shares the cores with those it measures."""
    time.sleep(0.1)
    return int(count())


def _phases(submissions: Sequence[Any]) -> dict[str, float]:
    """Where the time of one evaluation goes, here and in the child that scores."""
    from django.utils import timezone  # noqa: PLC0415

    from submissions import record  # noqa: PLC0415
    from submissions.predictions import read_predictions  # noqa: PLC0415
    from workers.evaluate import evaluate_submission  # noqa: PLC0415

    found: dict[str, list[Seconds]] = {"claim": [], "read": [], "score": [], "record": []}
    for submission in submissions:
        held: dict[str, Any] = {}
        pk = submission.evaluations.get().pk
        found["claim"].append(
            timed(
                lambda pk=pk, held=held: held.update(  # type: ignore[misc]
                    row=record.claim_evaluation(pk, worker="benchmark", now=timezone.now())
                )
            )
        )
        one = held["row"].submission
        stored = list(one.tasks.all())
        found["read"].append(timed(lambda files=stored: [read_predictions(f) for f in files]))  # type: ignore[misc]
        found["score"].append(
            timed(lambda one=one, held=held: held.update(scores=evaluate_submission(one)))  # type: ignore[misc]
        )
        found["record"].append(
            timed(
                lambda held=held: record.record_scores(  # type: ignore[misc]
                    held["row"], scores=held["scores"], now=timezone.now()
                )
            )
        )
    # By the clock: scoring is a child's work, for which this process only waits.
    least_wall = {name: min(run.wall for run in runs) for name, runs in found.items()}
    # Scoring reads the files itself.
    least_wall["score"] -= least_wall["read"]
    return {name: round(seconds, 4) for name, seconds in least_wall.items()}


if __name__ == "__main__":
    sys.exit(main())
