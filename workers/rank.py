"""From a board's per-example scores to how sure its figures are; knows no database."""

from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np

from scoring import SUITES, Suite
from scoring.statistics import (
    ItemSet,
    ModelScores,
    bold_cells,
    chance_adjusted,
    covariance,
    derive_seed,
    family_average,
    macro,
    rank_intervals,
    task_interval,
    task_variance,
    without,
)
from submissions.ranking import (
    BoardIntervals,
    ItemSetFacts,
    RankedBoard,
    RankedRow,
    RowIntervals,
)


def find_intervals(board: RankedBoard) -> BoardIntervals:
    """Find every interval of a board: of scores, averages and ranks.

    Incomplete rows have intervals of their scores and no rank.
    """
    if not board.rows:
        return BoardIntervals((), is_covariance_full=True, are_clusters_known=False, seed=0)
    return _Board(board).intervals()


def pairable_keys(sets: Mapping[str, ItemSetFacts]) -> dict[str, tuple[str, ...]]:
    """Keys by which the examples of a task's item sets may be paired.

    A key counts how often its answer came before, so where one set has fewer examples of an
    answer than another, nobody knows which is missing: these get keys that no other set has.
    """
    counts = {sha256: Counter(facts.answers) for sha256, facts in sets.items()}
    return {
        sha256: tuple(
            key
            if all(other[answer] in (0, counts[sha256][answer]) for other in counts.values())
            else f"{sha256}:{position}"
            for position, (key, answer) in enumerate(zip(facts.keys, facts.answers, strict=True))
        )
        for sha256, facts in sets.items()
    }


class _Board:
    """A board on its way through the statistics."""

    def __init__(self, board: RankedBoard) -> None:
        self.board = board
        self.suite: Suite = SUITES[board.suite]
        self.item_sets: dict[tuple[str, str], ItemSet] = {}
        for task in self.suite.slugs:
            used = {row.item_sets[task] for row in board.rows if task in row.item_sets}
            sets = {sha256: board.item_sets[sha256] for sha256 in used}
            for sha256, keys in pairable_keys(sets).items():
                self.item_sets[task, sha256] = self._item_set(task, sha256, sets[sha256], keys)
        self.complete = [row for row in board.rows if row.average is not None]
        self.scores = {
            row.public_id: {task: np.asarray(row.scores[task]) for task in row.means}
            for row in board.rows
        }
        self.variances = {
            row.public_id: {task: self._variance(row, task) for task in row.means}
            for row in board.rows
        }

    def _item_set(
        self, task: str, sha256: str, facts: ItemSetFacts, keys: tuple[str, ...]
    ) -> ItemSet:
        """Contexts that repeat are clusters; else a file's order may tell its strata."""
        repeats = bool(facts.contexts) and len(set(facts.contexts)) < len(facts.contexts)
        size = self.suite.task(task).stratum_examples
        n = len(facts.keys)
        is_stratified = not repeats and size is not None and n % size == 0
        return ItemSet(
            key=sha256,
            item_keys=keys,
            clusters=facts.contexts if repeats else None,
            strata=[position // size for position in range(n)] if is_stratified and size else None,
        )

    def intervals(self) -> BoardIntervals:
        """All rows' intervals, and what was assumed for them."""
        names = [row.public_id for row in self.complete]
        seed = derive_seed(self.board.board, self.board.scorer, *sorted(names))
        ranked, is_full = self._ranks(seed)
        inseparable = self._inseparable()
        rows = tuple(
            self._row(row, ranked.get(row.public_id), inseparable.get(row.public_id, []))
            for row in self.board.rows
        )
        known = all(facts.contexts for facts in self.board.item_sets.values())
        return BoardIntervals(rows, is_covariance_full=is_full, are_clusters_known=known, seed=seed)

    def _ranks(self, seed: int) -> tuple[dict[str, tuple[int, int, float]], bool]:
        """Rank intervals and the probability of being best, by public id."""
        if not self.complete:
            return {}, True
        slugs = self.suite.slugs
        models = [
            ModelScores(
                key=row.public_id,
                scores=self.scores[row.public_id],
                item_sets={task: self.item_sets[task, row.item_sets[task]] for task in slugs},
            )
            for row in self.complete
        ]
        errors = covariance(models, tasks=slugs)
        found = rank_intervals(
            [row.average or 0.0 for row in self.complete],
            errors.values,
            keys=[row.public_id for row in self.complete],
            seed=seed,
        )
        ranks = {
            interval.key: (interval.low, interval.high, interval.p_best)
            for interval in found.intervals
        }
        return ranks, not errors.is_independent

    def _variance(self, row: RankedRow, task: str) -> float:
        item_set = self.item_sets[task, row.item_sets[task]]
        return task_variance(
            self.scores[row.public_id][task],
            clusters=item_set.clusters,
            strata=item_set.strata,
        ).variance

    def _inseparable(self) -> dict[str, list[str]]:
        """By public id: the tasks whose best score on the board a row is not apart from."""
        found: dict[str, list[str]] = {}
        for task in self.suite.slugs:
            rows = [row for row in self.board.rows if task in row.means]
            if not rows:
                continue
            marks = bold_cells(
                [row.means[task] for row in rows],
                [self.variances[row.public_id][task] for row in rows],
            )
            for row, is_bold in zip(rows, marks, strict=True):
                if is_bold:
                    found.setdefault(row.public_id, []).append(task)
        return found

    def _row(
        self,
        row: RankedRow,
        rank: tuple[int, int, float] | None,
        inseparable: Sequence[str],
    ) -> RowIntervals:
        intervals = {task: self._task_interval(row, task) for task in row.means}
        if rank is None:
            return RowIntervals(
                standing_id=row.standing_id,
                average=row.average,
                intervals=intervals,
                inseparable=inseparable,
                other_averages={},
            )
        average = macro(row.means, self.variances[row.public_id], tasks=self.suite.slugs)
        return RowIntervals(
            standing_id=row.standing_id,
            average=row.average,
            se=average.se,
            low=average.interval.low,
            high=average.interval.high,
            rank_low=rank[0],
            rank_high=rank[1],
            best_probability=rank[2],
            intervals=intervals,
            inseparable=inseparable,
            other_averages=self._other_averages(row),
        )

    def _task_interval(self, row: RankedRow, task: str) -> tuple[float, float]:
        item_set = self.item_sets[task, row.item_sets[task]]
        interval = task_interval(
            self.scores[row.public_id][task],
            is_binary=self.suite.task(task).metric == "accuracy",
            clusters=item_set.clusters,
            strata=item_set.strata,
        )
        return interval.low, interval.high

    def _other_averages(self, row: RankedRow) -> dict[str, float]:
        tasks = self.suite.tasks
        others = {
            "family": family_average(row.means, {task.slug: task.family for task in tasks}),
            "above_chance": chance_adjusted(row.means, {task.slug: task.chance for task in tasks}),
        }
        for task in self.suite.set_aside:
            others[f"without_{task}"] = without(row.means, task, tasks=self.suite.slugs)
        return others
