"""What the ranking job reads of a board, and where it writes how sure the figures are."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from django.db import transaction

from submissions.artefacts import unpack_scores
from submissions.board_locks import lock_board
from submissions.models import (
    BoardState,
    Example,
    ReleaseTask,
    Standing,
    TaskArtefact,
)

# How many rows off the board one run of the ranking job looks at; each run takes the next.
OFF_BOARD_ROWS: Final = 50


@dataclass(frozen=True, slots=True)
class ItemSetFacts:
    """The examples of an item set by position: who they are, and which context each has."""

    keys: tuple[str, ...]
    # What tells each example's answer apart from other answers; several may have the same.
    answers: tuple[str, ...]
    # sha256 of each example's context; empty where the release came without contexts.
    contexts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RankedRow:
    """A row on the board with its per-example scores, each a tuple by position."""

    standing_id: int
    public_id: str
    name: str
    average: float | None
    means: Mapping[str, float]
    scores: Mapping[str, tuple[float, ...]]
    # By task: the hash that equal sets of examples share.
    item_sets: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class RankedBoard:
    """All rows on a board under one scorer, as they were at `version`."""

    board: str
    scorer: str
    suite: str
    version: int
    rows: tuple[RankedRow, ...]
    item_sets: Mapping[str, ItemSetFacts]


@dataclass(frozen=True, slots=True, kw_only=True)
class RowIntervals:
    """How sure a row's figures are; fractions, None where the row is not ranked."""

    standing_id: int
    average: float | None
    se: float | None = None
    low: float | None = None
    high: float | None = None
    rank_low: int | None = None
    rank_high: int | None = None
    best_probability: float | None = None
    intervals: Mapping[str, tuple[float, float]]
    inseparable: Sequence[str] = ()
    other_averages: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class BoardIntervals:
    """What the ranking job found."""

    rows: tuple[RowIntervals, ...]
    is_covariance_full: bool
    are_clusters_known: bool
    seed: int


def read_board(board: str, scorer: str) -> RankedBoard | None:
    """Read a board whose intervals are out of date; None if they are not."""
    state = BoardState.objects.filter(board=board, scorer=scorer).first()
    if state is None or state.computed >= state.wanted:
        return None
    return _read(board, scorer, version=state.wanted)


def read_board_with(board: str, scorer: str, *, row: RankedRow, suite: str) -> RankedBoard:
    """The board as it would be with one more row, which nobody stores."""
    present = _read(board, scorer, version=0)
    facts = _item_set_facts(set(row.item_sets.values()) - set(present.item_sets))
    return replace(
        present,
        suite=suite,
        rows=(*present.rows, row),
        item_sets={**present.item_sets, **facts},
    )


def read_off_board(board: str, scorer: str) -> list[RankedBoard]:
    """Rows that stand on no board and have no intervals yet, each as if it were alone."""
    rows = Standing.objects.filter(board=board, scorer=scorer, is_on_board=False, intervals={})
    lone = rows.exclude(means={}).select_related("submission__model", "submission__release")
    return [_ranked([one], board, scorer, version=0) for one in lone[:OFF_BOARD_ROWS]]


def store_off_board(found: BoardIntervals) -> None:
    """Store the intervals of scores and average; a row that is on no board has no rank."""
    for row in found.rows:
        Standing.objects.filter(
            pk=row.standing_id, is_on_board=False, average=row.average, intervals={}
        ).update(
            se=row.se,
            low=row.low,
            high=row.high,
            intervals={task: list(interval) for task, interval in row.intervals.items()},
            other_averages=dict(row.other_averages),
        )


def _read(board: str, scorer: str, *, version: int) -> RankedBoard:
    standings = list(
        Standing.objects.filter(board=board, scorer=scorer, is_on_board=True)
        .select_related("submission__model", "submission__release")
        .order_by("pk")
    )
    return _ranked(standings, board, scorer, version=version)


def _ranked(standings: Sequence[Standing], board: str, scorer: str, *, version: int) -> RankedBoard:
    scores = _scores(standings, scorer)
    hashes = _item_set_hashes({standing.submission.release_id for standing in standings})
    rows = tuple(
        RankedRow(
            standing_id=standing.pk,
            public_id=standing.submission.public_id,
            name=standing.submission.model.name,
            average=standing.average,
            means=standing.means,
            scores=scores.get(standing.submission_id, {}),
            item_sets={
                task: hashes[standing.submission.release_id, task] for task in standing.means
            },
        )
        for standing in standings
    )
    used = {sha256 for row in rows for sha256 in row.item_sets.values()}
    suite = standings[0].submission.release.suite if standings else ""
    return RankedBoard(board, scorer, suite, version, rows, _item_set_facts(used))


def item_set_hashes(release_id: int) -> dict[str, str]:
    """By task: the hash that equal sets of examples share, of one release."""
    return {task: sha256 for (_, task), sha256 in _item_set_hashes({release_id}).items()}


def _scores(standings: Sequence[Standing], scorer: str) -> dict[int, dict[str, tuple[float, ...]]]:
    """Per-example scores by submission and task."""
    evaluations = {
        standing.submission.current_evaluation_id: standing.submission_id for standing in standings
    }
    found: dict[int, dict[str, tuple[float, ...]]] = {}
    artefacts = TaskArtefact.objects.filter(
        result__evaluation__in=evaluations, result__scorer=scorer
    ).values_list("result__evaluation_id", "result__task", "data")
    for evaluation_id, task, data in artefacts.iterator(chunk_size=500):
        submission_id = evaluations[evaluation_id]
        found.setdefault(submission_id, {})[task] = unpack_scores(bytes(data))[0]
    return found


def _item_set_hashes(release_ids: set[int]) -> dict[tuple[int, str], str]:
    rows = ReleaseTask.objects.filter(release__in=release_ids)
    return {
        (release_id, task): sha256
        for release_id, task, sha256 in rows.values_list(
            "release_id", "task", "item_set__items_sha256"
        )
    }


def _item_set_facts(hashes: set[str]) -> dict[str, ItemSetFacts]:
    """Keys and contexts of item sets; of two with the same examples either serves."""
    by_set: dict[tuple[str, int], list[tuple[str, str, str]]] = {}
    rows = Example.objects.filter(item_set__items_sha256__in=hashes).order_by(
        "item_set", "position"
    )
    for sha256, item_set_id, *example in rows.values_list(
        "item_set__items_sha256", "item_set_id", "key", "fingerprint", "context_sha256"
    ).iterator(chunk_size=2000):
        by_set.setdefault((sha256, item_set_id), []).append((example[0], example[1], example[2]))
    facts: dict[str, ItemSetFacts] = {}
    for (sha256, _), examples in by_set.items():
        keys, answers, contexts = (tuple(column) for column in zip(*examples, strict=True))
        known = contexts if all(contexts) else ()
        if sha256 not in facts or (known and not facts[sha256].contexts):
            facts[sha256] = ItemSetFacts(keys, answers, known)
    return facts


def store_intervals(ranked: RankedBoard, found: BoardIntervals, *, now: datetime) -> bool:
    """Swap a board's intervals in one transaction.

    A row that changed since it was read keeps no interval: the next run, which the change asked
    for, gives it one.

    Returns:
        Whether the board changed since it was read, so that another run is due.
    """
    with transaction.atomic():
        lock_board(ranked.board)
        state = BoardState.objects.select_for_update().get(board=ranked.board, scorer=ranked.scorer)
        if state.computed >= ranked.version:
            return state.computed < state.wanted
        present = {
            standing.pk: standing
            for standing in Standing.objects.filter(
                board=ranked.board, scorer=ranked.scorer, is_on_board=True
            )
        }
        changed = [
            _apply(present[row.standing_id], row)
            for row in found.rows
            if row.standing_id in present and present[row.standing_id].average == row.average
        ]
        Standing.objects.bulk_update(changed, _INTERVAL_FIELDS, batch_size=200)
        state.computed, state.computed_at = ranked.version, now
        state.version += 1
        state.ranked = sum(row.average is not None for row in found.rows)
        state.is_covariance_full = found.is_covariance_full
        state.are_clusters_known = found.are_clusters_known
        state.seed = found.seed
        state.save(
            update_fields=[
                "computed",
                "computed_at",
                "version",
                "ranked",
                "is_covariance_full",
                "are_clusters_known",
                "seed",
            ]
        )
        return state.computed < state.wanted


_INTERVAL_FIELDS = (
    "se",
    "low",
    "high",
    "rank_low",
    "rank_high",
    "best_probability",
    "intervals",
    "inseparable",
    "other_averages",
)


def _apply(standing: Standing, row: RowIntervals) -> Standing:
    for name in _INTERVAL_FIELDS:
        setattr(standing, name, getattr(row, name))
    standing.intervals = {task: list(interval) for task, interval in row.intervals.items()}
    standing.inseparable = list(row.inseparable)
    standing.other_averages = dict(row.other_averages)
    return standing
