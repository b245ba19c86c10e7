"""Models made up for these tests, and the published ones with their official scores."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from scoring.statistics import ItemSet, ModelScores, task_variance
from tests.data import TASKS, official_scores

COMMIT = "88b3daa"
OTHER_INSTANCES = {("gpt4", "kv_retrieval"), ("kimi", "longbook_qa_chn")}
SIZES = {"calc": 50, "run": 120, "find": 90}


def answers(n: int, *, p: float, seed: int) -> NDArray[np.float64]:
    """n scores of 0 or 1."""
    return (np.random.default_rng(seed).random(n) < p).astype(np.float64)


def model(key: str, *, p: float = 0.5, seed: int = 0) -> ModelScores:
    """A model that answered three tasks, the same examples as every other such model."""
    scores = {task: answers(n, p=p, seed=seed + n) for task, n in SIZES.items()}
    return ModelScores(key, scores, {task: ItemSet(task) for task in SIZES})


def with_sets(key: str, scores: ArrayLike, item_set: ItemSet) -> ModelScores:
    """A model with one task, "only"."""
    return ModelScores(key, {"only": np.asarray(scores, float)}, {"only": item_set})


def macro_mean(one: ModelScores) -> float:
    return float(np.mean([scores.mean() for scores in one.scores.values()]))


def published(name: str) -> ModelScores:
    """A published model; item sets are alike unless the examples are known to differ."""
    found = {task: official_scores().get(f"{name}/{task}") for task in TASKS}
    scores = {task: np.array(row["scores"][COMMIT]) for task, row in found.items() if row}
    sets = {
        task: ItemSet(f"{task} of {name}" if (name, task) in OTHER_INSTANCES else task)
        for task in scores
    }
    return ModelScores(name, scores, sets)


def means_of(one: ModelScores) -> dict[str, float]:
    return {task: float(scores.mean()) for task, scores in one.scores.items()}


def variances_of(one: ModelScores) -> dict[str, float]:
    return {task: task_variance(scores).variance for task, scores in one.scores.items()}
