"""How the errors of models move together, since they answered the same examples."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from scoring.statistics.aggregates import MissingTasks, task_weights
from scoring.statistics.checks import Floats, Labels, score_list
from scoring.statistics.variance import deviates

MAX_MODELS_WITH_COVARIANCE = 1_000
"""Above it every model's error is taken to be independent of the others'."""


@dataclass(frozen=True, slots=True, eq=False)
class ItemSet:
    """The examples of one task that a model answered, in the order of its scores.

    `key` identifies the set: equal keys say the same examples in the same order.  `item_keys`
    identify single examples by what they ask, not by their position; where two sets have
    them, the examples they share are paired.  Contexts (`clusters`) and sub-conditions
    (`strata`) are one label an example, and at most one of the two.
    """

    key: str
    item_keys: Sequence[str] | None = None
    clusters: Labels | None = None
    strata: Labels | None = None


@dataclass(frozen=True, slots=True, eq=False)
class ModelScores:
    """A model's scores by task, each of shape (n_t,), and which examples they belong to."""

    key: str
    scores: Mapping[str, Floats]
    item_sets: Mapping[str, ItemSet]


@dataclass(frozen=True, slots=True, eq=False)
class Covariance:
    """Of the macro means of K models: shape (K, K); variances alone, (K,), if independent."""

    values: Floats
    is_independent: bool


@dataclass(frozen=True, slots=True, eq=False)
class _Block:
    """Models that share an item set: their rows in the matrix, their deviates, the columns."""

    rows: list[int]
    deviates: Floats
    columns: Mapping[Hashable, int]


def covariance(models: Sequence[ModelScores], *, tasks: Sequence[str]) -> Covariance:
    """C_jk = sum_t w_t^2 Cov_t(s_j, s_k), w_t = 1/T, over the examples that both answered.

    Cov_t is a product of `deviates`, so its diagonal is `task_variance`.  Item sets that differ
    give 0, unless both have item keys: then the products run over the shared examples (shared
    contexts, where clusters are known), each deviate taken from its own model's mean and own n.
    The whole is a sum of Gram matrices, so no eigenvalue is negative whatever overlaps.

    Args:
        models: At most MAX_MODELS_WITH_COVARIANCE for a full matrix.
        tasks: Every task; a model that lacks one cannot be ranked.

    Raises: MissingTasks; ValueError for NaN, scores outside [0, 1], lengths that do not fit.
    """
    weights = task_weights(tasks)
    for model in models:
        if missing := [task for task in tasks if task not in model.scores]:
            raise MissingTasks(missing)
    is_independent = len(models) > MAX_MODELS_WITH_COVARIANCE
    total = np.zeros(len(models) if is_independent else (len(models), len(models)))
    for task, weight in zip(tasks, weights, strict=True):
        blocks = _blocks(models, task)
        for block in blocks:
            if is_independent:
                total[block.rows] += weight**2 * (block.deviates**2).sum(axis=1)
            else:
                _add(total, block, block, weight=float(weight))
        if not is_independent:
            _add_shared(total, blocks, weight=float(weight))
    return Covariance(total, is_independent)


def check_item_keys(item_set: ItemSet, *, n: int) -> Mapping[Hashable, int]:
    """Where each item key stands; empty without keys.  Raises: ValueError for a key twice."""
    keys = item_set.item_keys
    if keys is None:
        return {}
    places: dict[Hashable, int] = {key: place for place, key in enumerate(keys)}
    if len(keys) != n or len(places) != n:
        raise ValueError(f"{item_set.key}: one item key an example, and none of them twice.")
    return places


def _blocks(models: Sequence[ModelScores], task: str) -> list[_Block]:
    rows_of: dict[str, list[int]] = {}
    for row, model in enumerate(models):
        rows_of.setdefault(model.item_sets[task].key, []).append(row)
    return [_block(models, task, rows) for rows in rows_of.values()]


def _block(models: Sequence[ModelScores], task: str, rows: list[int]) -> _Block:
    item_set = models[rows[0]].item_sets[task]
    lists = [score_list(models[row].scores[task], what=task) for row in rows]
    if len({scores.size for scores in lists}) > 1:
        raise ValueError(f"{task}: models of one item set have as many scores as each other.")
    found = deviates(np.vstack(lists), clusters=item_set.clusters, strata=item_set.strata)
    return _Block(rows, found, _columns(item_set, n=lists[0].size, width=found.shape[1]))


def _columns(item_set: ItemSet, *, n: int, width: int) -> Mapping[Hashable, int]:
    """What each column of the deviates is about; empty where other sets cannot share it."""
    places = check_item_keys(item_set, n=n)
    if not places or n == 1:
        return {}
    if item_set.clusters is None:
        if width == n:
            return places
        borrowed: dict[Hashable, int] = {
            ("borrowed", key): place + n for key, place in places.items()
        }
        return {**places, **borrowed}
    contexts = dict.fromkeys(item_set.clusters)
    if len(contexts) == 1:
        return {}
    return {("context", label): column for column, label in enumerate(contexts)}


def _add(total: Floats, one: _Block, other: _Block, *, weight: float) -> None:
    total[np.ix_(one.rows, other.rows)] += weight**2 * (one.deviates @ other.deviates.T)


def _add_shared(total: Floats, blocks: Sequence[_Block], *, weight: float) -> None:
    for number, one in enumerate(blocks):
        for other in blocks[number + 1 :]:
            shared = [name for name in one.columns if name in other.columns]
            if shared:
                left = one.deviates[:, [one.columns[name] for name in shared]]
                right = other.deviates[:, [other.columns[name] for name in shared]]
                product = weight**2 * (left @ right.T)
                total[np.ix_(one.rows, other.rows)] += product
                total[np.ix_(other.rows, one.rows)] += product.T
