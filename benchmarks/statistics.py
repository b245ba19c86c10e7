"""Does what says 95 % hold 95 times in 100?  Simulations of the statistics, as JSON on stdout.

    python benchmarks/statistics.py [--quick] [--seed N]

Runs from the repository's root and uses the functions that the board uses.
"""

import argparse
import json
import platform
import resource
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import scipy.stats  # type: ignore[import-untyped]
from numpy.typing import NDArray

# Run as a script, Python looks beside this file, where `statistics` would be the library's name.
sys.path[0] = str(Path(__file__).resolve().parent.parent)

from scoring.statistics import (  # noqa: E402
    ItemSet,
    ModelScores,
    covariance,
    holm,
    macro,
    paired_task,
    rank_intervals,
    task_interval,
    task_variance,
)

Floats = NDArray[np.float64]
Rng = np.random.Generator

# Examples a task and, roughly, GPT-4's scores; the continuous tasks have a beta's shape.
SIZES = {
    "sum": 103, "qa": 351, "choice": 229, "dialogue": 200, "chinese": 189, "debug": 394,
    "run": 400, "calc": 50, "find": 350, "passkey": 590, "number": 590, "kv": 500,
}  # fmt: skip
LEVELS = {
    "sum": 0.15, "qa": 0.22, "choice": 0.67, "dialogue": 0.09, "chinese": 0.26, "debug": 0.37,
    "run": 0.23, "calc": 0.02, "find": 0.60, "passkey": 0.999, "number": 0.995, "kv": 0.89,
}  # fmt: skip
CONTINUOUS = {"sum": 20.0, "qa": 0.8, "chinese": 1.0, "calc": 2.0}
CONTEXT_TASKS = {"sum": 1, "qa": 6, "choice": 4, "dialogue": 1, "chinese": 5}
TASKS = tuple(SIZES)
RANK_SPACINGS = (0.005, 0.00001)


def draw_task(task: str, *, rng: Rng, level: float | None = None) -> Floats:
    """Scores of one task; `level` moves its true mean."""
    mean = LEVELS[task] if level is None else level
    if task in CONTINUOUS:
        size = CONTINUOUS[task]
        return rng.beta(mean * size, (1 - mean) * size, SIZES[task])
    return (rng.random(SIZES[task]) < mean).astype(np.float64)


def share(hits: int, runs: int) -> dict[str, float]:
    """A share of runs with its own Monte Carlo error."""
    value = hits / runs
    error = (value * (1 - value) / runs) ** 0.5
    return {"share": round(value, 4), "monte_carlo_se": round(error, 4)}


def macro_coverage(*, rng: Rng, runs: int) -> dict[str, Any]:
    """How often the macro's interval holds the true macro, as the contexts are treated."""
    truth = sum(LEVELS.values()) / len(LEVELS)
    hits = {"independent": 0, "clusters_known": 0, "clusters_unknown": 0}
    for _ in range(runs):
        plain = {task: draw_task(task, rng=rng) for task in TASKS}
        hits["independent"] += _macro_holds(plain, truth, clusters={})
        shared, clusters = _with_contexts(rng)
        hits["clusters_known"] += _macro_holds(shared, truth, clusters=clusters)
        hits["clusters_unknown"] += _macro_holds(shared, truth, clusters={})
    return {name: share(count, runs) for name, count in hits.items()}


def _with_contexts(rng: Rng) -> tuple[dict[str, Floats], dict[str, list[int]]]:
    """Scores in which the examples of a context share their difficulty (ICC 0.2)."""
    scores: dict[str, Floats] = {}
    clusters: dict[str, list[int]] = {}
    for task in TASKS:
        size = CONTEXT_TASKS.get(task, 1)
        if size == 1:
            scores[task] = draw_task(task, rng=rng)
            continue
        context = np.arange(SIZES[task]) // size
        mean = LEVELS[task]
        ease = rng.beta(mean * 4, (1 - mean) * 4, int(context[-1]) + 1)
        scores[task] = (rng.random(SIZES[task]) < ease[context]).astype(np.float64)
        clusters[task] = context.tolist()
    return scores, clusters


def _macro_holds(
    scores: dict[str, Floats], truth: float, *, clusters: dict[str, list[int]]
) -> bool:
    means = {task: float(x.mean()) for task, x in scores.items()}
    variances = {
        task: task_variance(x, clusters=clusters.get(task)).variance for task, x in scores.items()
    }
    interval = macro(means, variances, tasks=TASKS).interval
    return interval.low <= truth <= interval.high


def task_coverage(*, rng: Rng, runs: int) -> dict[str, Any]:
    """How often a task's own interval holds the truth, at the edges and in the middle."""
    sparse = partial(_sparse, rng)
    grouped = partial(_grouped, rng)
    cases: dict[str, tuple[Callable[[], Floats], float, bool, int]] = {
        "fractions n=103 mean=0.15": (lambda: draw_task("sum", rng=rng), 0.15, False, 1),
        "fractions n=351 mean=0.22": (lambda: draw_task("qa", rng=rng), 0.22, False, 1),
        "fractions n=590 mean=0.999": (lambda: 1 - sparse(590, 0.002), 0.999, False, 1),
        "fractions n=189 mean=0.02, 4 % above 0": (lambda: sparse(189, 0.04), 0.02, False, 1),
        "fractions n=50 mean=0.02, 4 % above 0": (lambda: sparse(50, 0.04), 0.02, False, 1),
        "binary n=240 p=0.67, contexts of 4": (lambda: grouped(60, 4, 0.67), 0.67, True, 4),
        "binary n=360 p=0.02, contexts of 6": (lambda: grouped(60, 6, 0.02), 0.02, True, 6),
        "binary n=50 p=0.02, contexts of 2": (lambda: grouped(25, 2, 0.02), 0.02, True, 2),
        "binary n=590 p=0.999, contexts of 5": (lambda: grouped(118, 5, 0.999), 0.999, True, 5),
    }
    exact = {
        f"binary n={n} p={p}": {"share": round(_exact_coverage(n, p), 4), "monte_carlo_se": 0.0}
        for n, p in ((50, 0.02), (590, 0.999), (229, 0.67))
    }
    return exact | {
        name: share(sum(_task_holds(draw(), truth, is_binary, context) for _ in range(runs)), runs)
        for name, (draw, truth, is_binary, context) in cases.items()
    }


def _exact_coverage(n: int, p: float) -> float:
    """The chance that the interval holds p, summed over every number of right answers."""
    total = 0.0
    for right in range(n + 1):
        interval = task_interval([1.0] * right + [0.0] * (n - right), is_binary=True)
        if interval.low <= p <= interval.high:
            total += float(scipy.stats.binom.pmf(right, n, p))
    return total


def _sparse(rng: Rng, n: int, p: float) -> Floats:
    """Mostly 0, and an even spread over (0, 1) for a share p of the examples."""
    return (rng.random(n) < p) * rng.random(n)


def _grouped(rng: Rng, contexts: int, size: int, p: float) -> Floats:
    ease = np.repeat(rng.beta(p * 3, (1 - p) * 3, contexts), size)
    return (rng.random(ease.size) < ease).astype(np.float64)


def _task_holds(scores: Floats, truth: float, is_binary: bool, context: int) -> bool:
    clusters = None if context == 1 else [i // context for i in range(scores.size)]
    interval = task_interval(scores, is_binary=is_binary, clusters=clusters)
    return interval.low <= truth <= interval.high


def rank_coverage(
    *, rng: Rng, runs: int, models: int, draws: int, spacing: float
) -> dict[str, Any]:
    """How often each model's rank interval holds its true rank, macros `spacing` apart."""
    shift: Floats = spacing * ((models - 1) / 2 - np.arange(models, dtype=np.float64))
    true_rank = np.arange(1, models + 1)
    holds = np.zeros((runs, models), dtype=bool)
    widths = np.zeros((runs, models))
    for run in range(runs):
        drawn = [_correlated_task(task, shift, rng=rng) for task in TASKS]
        field = [
            ModelScores(
                f"m{j}",
                {task: drawn[t][j] for t, task in enumerate(TASKS)},
                {task: ItemSet(task) for task in TASKS},
            )
            for j in range(models)
        ]
        means = np.mean([scores.mean(axis=1) for scores in drawn], axis=0)
        found = rank_intervals(
            means,
            covariance(field, tasks=TASKS).values,
            keys=[one.key for one in field],
            seed=run,
            draws=draws,
        ).intervals
        low, high = np.array([(one.low, one.high) for one in found]).T
        holds[run] = (low <= true_rank) & (true_rank <= high)
        widths[run] = high - low + 1
    each = holds.mean(axis=0)
    return {
        "least_of_the_models": share(int(holds.sum(axis=0).min()), runs),
        "mean_of_the_models": round(float(each.mean()), 4),
        "all_models_at_once": share(int(holds.all(axis=1).sum()), runs),
        "median_width": float(np.median(widths)),
    }


def _correlated_task(task: str, shift: Floats, *, rng: Rng) -> Floats:
    """Binary scores (models, n); an example's difficulty is shared by the models."""
    level = np.clip(0.15 + 0.6 * LEVELS[task], 0.25, 0.75) + shift
    hard = rng.standard_normal(SIZES[task])
    own = rng.standard_normal((shift.size, SIZES[task]))
    bar = scipy.special.ndtri(level)[:, np.newaxis]
    scores: Floats = (np.sqrt(0.3) * hard + np.sqrt(0.7) * own < bar).astype(np.float64)
    return scores


def holm_errors(*, rng: Rng, runs: int) -> dict[str, Any]:
    """How often a compare page of two equal models calls any of its 12 tasks different."""
    plain = adjusted = 0
    for _ in range(runs):
        p_values = []
        for task in TASKS:
            a, b = _equal_pair(task, rng=rng)
            p_values.append(paired_task(a, b, is_binary=task not in CONTINUOUS).p)
        plain += min(p_values) <= 0.05
        adjusted += min(holm(p_values)) <= 0.05
    return {"after_holm": share(adjusted, runs), "without_correction": share(plain, runs)}


def _equal_pair(task: str, *, rng: Rng) -> tuple[Floats, Floats]:
    """Two models of the same true score that share the examples' difficulty."""
    if task in CONTINUOUS:
        common = draw_task(task, rng=rng)
        keeps = rng.random((2, common.size)) < 0.3
        a, b = (np.where(keep, common, draw_task(task, rng=rng)) for keep in keeps)
        return a, b
    hard, own = rng.standard_normal(SIZES[task]), rng.standard_normal((2, SIZES[task]))
    latent = np.sqrt(0.3) * hard + np.sqrt(0.7) * own
    scores = (latent < scipy.special.ndtri(LEVELS[task])).astype(np.float64)
    return scores[0], scores[1]


def cost(*, rng: Rng, models: int) -> dict[str, Any]:
    """Seconds and memory of one recomputation of the whole board."""
    field = [
        ModelScores(
            f"m{j}",
            {t: (rng.random(n) < j / models).astype(np.float64) for t, n in SIZES.items()},
            {task: ItemSet(task) for task in TASKS},
        )
        for j in range(models)
    ]
    means = [float(np.mean([x.mean() for x in one.scores.values()])) for one in field]
    wall, cpu = time.perf_counter(), time.process_time()
    spread = covariance(field, tasks=TASKS)
    after_covariance = time.perf_counter()
    rank_intervals(means, spread.values, keys=[one.key for one in field], seed=1)
    done = time.perf_counter()
    return {
        "models": models,
        "examples": sum(SIZES.values()),
        "is_independent": spread.is_independent,
        "covariance_seconds": round(after_covariance - wall, 2),
        "ranks_seconds": round(done - after_covariance, 2),
        "seconds": round(done - wall, 2),
        "cpu_seconds": round(time.process_time() - cpu, 2),
        "peak_mib": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
    }


def best_cost(*, models: int, seed: int) -> dict[str, Any]:
    """The fastest of three: the others measure what else the machine was doing."""
    runs = [cost(rng=np.random.default_rng(seed), models=models) for _ in range(3)]
    return min(runs, key=lambda run: float(run["seconds"]))


def promises(results: dict[str, Any]) -> dict[str, bool]:
    """What has to hold, allowing for twice the Monte Carlo error."""
    macros, tasks = results["macro_95"], results["task_95"]
    ranks = [found["least_of_the_models"] for found in results["rank_95"].values()]
    return {
        "macro covers 94 to 96 %": all(
            _at_least(macros[name], 0.94) and _at_most(macros[name], 0.96)
            for name in ("independent", "clusters_known")
        ),
        "tasks cover at least 92 % at the edges": all(
            _at_least(tasks[name], 0.92) for name in ("binary n=50 p=0.02", "binary n=590 p=0.999")
        ),
        "every model's rank interval covers at least 95 %": all(
            _at_least(found, 0.95) for found in ranks
        ),
        "false positives after Holm at most 5 %": _at_most(results["holm_05"]["after_holm"], 0.05),
        "1,000 models in at most 10 s": results["cost"][-1]["seconds"] <= 10,
        "in at most 1 GiB": results["cost"][-1]["peak_mib"] <= 1024,
    }


def _at_least(found: dict[str, float], bound: float) -> bool:
    return found["share"] + 2 * found["monte_carlo_se"] >= bound


def _at_most(found: dict[str, float], bound: float) -> bool:
    return found["share"] - 2 * found["monte_carlo_se"] <= bound


def main() -> int:
    """Run every simulation; exit 1 where a promise is broken."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0] if __doc__ else None)
    parser.add_argument("--quick", action="store_true", help="a fifth of the runs")
    parser.add_argument("--seed", type=int, default=20_240_221)
    options = parser.parse_args()
    part = 5 if options.quick else 1
    runs = {"macro": 4000 // part, "task": 4000 // part, "rank": 500 // part, "holm": 2000 // part}
    rng = np.random.default_rng(options.seed)
    started = time.perf_counter()
    results: dict[str, Any] = {
        "cost": [best_cost(models=models, seed=options.seed) for models in (100, 1000)],
        "macro_95": macro_coverage(rng=rng, runs=runs["macro"]),
        "task_95": task_coverage(rng=rng, runs=runs["task"]),
        "rank_95": {
            f"{spacing:.3%} apart": rank_coverage(
                rng=rng, runs=runs["rank"], models=40, draws=2000, spacing=spacing
            )
            for spacing in RANK_SPACINGS
        },
        "holm_05": holm_errors(rng=rng, runs=runs["holm"]),
    }
    report = {
        "inputs": {
            "seed": options.seed,
            "quick": options.quick,
            "runs": runs,
            "sizes": SIZES,
            "levels": LEVELS,
            "rank_models": 40,
            "rank_draws": 2000,
        },
        "versions": {
            "python": platform.python_version(),
            "numpy": np.__version__,
            "scipy": scipy.__version__,
        },
        "seconds": round(time.perf_counter() - started, 1),
        "promises": promises(results),
        "results": results,
    }
    print(json.dumps(report, indent=2))
    return 0 if all(promises(results).values()) else 1


if __name__ == "__main__":
    sys.exit(main())
