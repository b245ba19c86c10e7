"""How cost grows: with submissions on the board, models ranked, examples, lengths and workers.

    python benchmarks/growth.py [--plot docs/images/growth.svg] [--without workers,models]

Each is measured at three sizes, in processor seconds of what does the work, the least of several
runs; the exponent is the slope between the smallest and the largest on logarithmic axes: 0 where
cost does not grow, 1 where it grows in proportion.  On SQLite, or with DATABASE_URL on PostgreSQL,
whose own processor time is not in the figures.
"""

import argparse
import json
import math
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path[0] = str(Path(__file__).resolve().parent.parent)

from benchmarks.growth_plot import plot  # noqa: E402
from benchmarks.measured import PUBLISHED, least, machine, show, timed  # noqa: E402
from benchmarks.scratch import MODEL, Scratch, scratch_portal  # noqa: E402
from scoring import SCORERS  # noqa: E402
from scoring.evaluate import evaluate_task  # noqa: E402

Points = dict[int, float]
RUNS = 5


def main() -> int:
    """Measure every growth and show it, as JSON and, where asked, as a picture."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0] if __doc__ else None)
    parser.add_argument("--plot", type=Path, help="an SVG file to write")
    parser.add_argument("--rows", type=int, nargs=3, default=[100, 1_000, 10_000])
    parser.add_argument("--without", default="", help="measures to leave out, by comma")
    options = parser.parse_args()
    with scratch_portal() as scratch:
        measures: dict[str, Callable[[], dict[str, Points]]] = {
            "examples": _examples,
            "lengths": _lengths,
            "workers": lambda: _workers(scratch),
            "submissions": lambda: _submissions(scratch, options.rows),
            "models": _models,
        }
        left_out = options.without.split(",")
        curves = {
            name: points
            for group, measure in measures.items()
            if group not in left_out
            for name, points in measure().items()
        }
        database = scratch.database
    if options.plot:
        options.plot.write_text(plot(curves), encoding="utf-8")
    show(
        {
            "growth": {
                name: {"seconds": points, "exponent": _exponent(points)}
                for name, points in curves.items()
            },
            "inputs": {"database": database, "runs": RUNS, "files": MODEL},
            "versions": machine("Django", "numpy", "orjson"),
        }
    )
    return 0


def _exponent(points: Points) -> float:
    (first, *_, last) = sorted(points)
    return round(math.log(points[last] / points[first]) / math.log(last / first), 2)


def _cpu(run: Callable[[], object], runs: int = RUNS) -> float:
    return round(least(timed(run) for _ in range(runs)).cpu, 5)


def _published(task: str) -> tuple[list[str], list[Any]]:
    path = PUBLISHED / MODEL / f"preds_{task}.jsonl"
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    return [row["prediction"] for row in rows], [row["ground_truth"] for row in rows]


def _examples() -> dict[str, Points]:
    """All scorers on every task, each task's examples once, four and sixteen times."""
    tasks = [path.stem.removeprefix("preds_") for path in (PUBLISHED / MODEL).glob("*.jsonl")]
    published = {task: _published(task) for task in tasks}
    total = sum(len(given) for given, _ in published.values())

    def score(times: int) -> None:
        for task, (given, answers) in published.items():
            evaluate_task(
                task,
                predictions=given * times,
                answers=answers * times,
                scorers=list(SCORERS.values()),
            )

    return {
        "scoring, by examples": {
            times * total: _cpu(lambda times=times: score(times), runs=2 if times > 1 else RUNS)  # type: ignore[misc]
            for times in (1, 4, 16)
        }
    }


def _lengths() -> dict[str, Points]:
    """A summary, and a running result, of more and more words and numbers."""
    summaries, references = _published("longbook_sum_eng")
    words = " ".join(summaries).split()
    numbers = _published("math_calc")[1][0]
    results = numbers[0] if isinstance(numbers[0], list) else numbers
    scorers = [SCORERS["official-2024-06"]]

    def summary(length: int) -> None:
        text = " ".join(words[:length])
        evaluate_task(
            "longbook_sum_eng",
            predictions=[text] * 20,
            answers=references[:20],
            scorers=scorers,
        )

    def running(length: int) -> None:
        text = ", ".join(map(str, results[:length]))
        evaluate_task("math_calc", predictions=[text], answers=[results], scorers=scorers)

    return {
        "twenty summaries, by words": {
            length: _cpu(lambda length=length: summary(length))  # type: ignore[misc]
            for length in (250, 1_000, 4_000)
        },
        "a running result, by numbers": {
            length: _cpu(lambda length=length: running(length))  # type: ignore[misc]
            for length in (900, 3_700, 15_000)
        },
    }


def _submissions(scratch: Scratch, rows: list[int]) -> dict[str, Points]:
    """Receiving, recording an evaluation, and the API's first page, by rows on the board."""
    from django.test import Client  # noqa: PLC0415
    from django.utils import timezone  # noqa: PLC0415

    from benchmarks.crowd import add_models  # noqa: PLC0415
    from submissions import record  # noqa: PLC0415
    from submissions.models import ModelEntry  # noqa: PLC0415
    from workers.evaluate import evaluate_submission  # noqa: PLC0415

    client = Client(SERVER_NAME="localhost")
    curves: dict[str, Points] = {name: {} for name in ("receive", "record", "first page")}

    def recorded() -> float:
        pk = scratch.upload().evaluations.get().pk
        mine = record.claim_evaluation(pk, worker="benchmark", now=timezone.now())
        if mine is None:
            raise SystemExit("somebody else took the evaluation")
        scores = evaluate_submission(mine.submission)
        return timed(lambda: record.record_scores(mine, scores=scores, now=timezone.now())).cpu

    for size in rows:
        add_models(size - ModelEntry.objects.count(), seed=size)
        curves["receive"][size] = _cpu(scratch.upload)
        curves["record"][size] = round(min(recorded() for _ in range(3)), 5)
        curves["first page"][size] = _cpu(lambda: client.get("/api/v1/board/"))
    return {f"{name}, by rows on the board": points for name, points in curves.items()}


def _models() -> dict[str, Points]:
    """All intervals of a board, by models that are ranked."""
    import numpy as np  # noqa: PLC0415

    from benchmarks.statistics import cost  # noqa: PLC0415

    return {
        "intervals, by models ranked": {
            models: cost(rng=np.random.default_rng(1), models=models)["cpu_seconds"]
            for models in (10, 100, 1_000)
        }
    }


def _workers(scratch: Scratch) -> dict[str, Points]:
    """Processor seconds of an evaluation where so many processes work side by side."""
    from benchmarks.workers import COUNTS, run_worker  # noqa: PLC0415

    submissions = [scratch.upload() for _ in range(20)]
    return {
        "an evaluation, by worker processes": {
            count: run_worker(scratch, submissions, count)["cpu_seconds_each"] for count in COUNTS
        }
    }


if __name__ == "__main__":
    sys.exit(main())
