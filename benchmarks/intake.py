"""What an upload costs: twelve files parsed, checked and stored, and how soon they are scored.

    python benchmarks/intake.py [--runs N]

On SQLite, or with DATABASE_URL on PostgreSQL, in a database of its own.  The files are those that
the authors published for gpt4, about 5.4 MB; the promise is for 7 MB, so the figure is scaled by
size.  From upload to score a worker with two processes runs beside this one.
"""

import argparse
import cProfile
import pstats
import sys
import time
from pathlib import Path
from typing import Any

sys.path[0] = str(Path(__file__).resolve().parent.parent)

from benchmarks.measured import Seconds, least, machine, quantile, show, timed  # noqa: E402
from benchmarks.scratch import Scratch, published_files, scratch_portal, wait_for  # noqa: E402

PROMISED_BYTES = 7_000_000
INTAKE_SECONDS, SCORED_SECONDS = 0.5, 2.0


def main() -> int:
    """Measure; exit 1 where a promise is broken."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0] if __doc__ else None)
    parser.add_argument("--runs", type=int, default=20)
    parser.add_argument("--profile", action="store_true", help="print where intake's time goes")
    options = parser.parse_args()
    size = sum(path.stat().st_size for path in published_files())
    with scratch_portal() as scratch:
        scratch.upload()
        if options.profile:
            _profile(scratch)
            return 0
        intake = least(_received(scratch) for _ in range(options.runs))
        waits = _waits(scratch, options.runs)
        database = scratch.database
    scaled = intake.wall * PROMISED_BYTES / size
    promises = {
        "7 MB received within 0.5 s": scaled <= INTAKE_SECONDS,
        "scored within 2 s at p95": quantile(waits, 0.95) <= SCORED_SECONDS,
    }
    show(
        {
            "promises": promises,
            "intake_seconds_for_7_mb": round(scaled, 3),
            "intake_seconds": {"wall": round(intake.wall, 3), "cpu": round(intake.cpu, 3)},
            "upload_to_score_seconds": {
                f"p{share:.0%}".rstrip("%"): round(quantile(waits, share), 3)
                for share in (0.5, 0.95, 1.0)
            },
            "inputs": {"bytes": size, "files": 12, "runs": options.runs, "database": database},
            "versions": machine("Django", "celery", "orjson"),
        }
    )
    return 0 if all(promises.values()) else 1


def _received(scratch: Scratch) -> Seconds:
    files = scratch.files()
    return timed(lambda: scratch.upload(files))


def _waits(scratch: Scratch, runs: int) -> list[float]:
    """Seconds from the upload's first byte to its scores, one upload after the other."""
    from submissions.models import Evaluation  # noqa: PLC0415

    def is_scored(submission: Any) -> bool:
        return Evaluation.objects.filter(submission=submission, status="done").exists()

    scratch.start(
        *("celery", "--quiet", "-A", "benchmark_site.celery", "worker"),
        *("--loglevel=ERROR", "--concurrency=2"),
    )
    waits = []
    # The first one waits for the worker to start, and its process to read the answers.
    for _ in range(runs + 2):
        files = scratch.files()
        started = time.perf_counter()
        submission = scratch.upload(files)
        wait_for(lambda one=submission: is_scored(one), seconds=120, what="scores")
        waits.append(time.perf_counter() - started)
    return waits[2:]


def _profile(scratch: Scratch) -> None:
    profile = cProfile.Profile()
    profile.runcall(scratch.upload)
    pstats.Stats(profile).sort_stats("tottime").print_stats(30)


if __name__ == "__main__":
    sys.exit(main())
