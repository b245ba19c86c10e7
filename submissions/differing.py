"""Reads the examples on which two submissions differ: both predictions, both scores."""

from collections.abc import Sequence
from dataclasses import dataclass

from submissions.artefacts import unpack_scores
from submissions.compared import DifferingExample, DifferingPage
from submissions.examples import EXAMPLES_A_PAGE, outcome_slug
from submissions.matching import item_facts, match_examples
from submissions.models import Example, ItemSet, Submission, TaskArtefact
from submissions.predictions import read_predictions


@dataclass(frozen=True, slots=True)
class _Read:
    """One side's item set, scores and outcomes by position."""

    submission: Submission
    item_set: ItemSet
    scores: tuple[float, ...]
    outcomes: tuple[str, ...]


def differing_examples(
    first: Submission,
    later: Submission,
    *,
    task: str,
    scorer: str,
    page: int,
    with_answers: bool,
) -> DifferingPage | None:
    """Read one page of a task's common examples whose scores differ, in the first's order.

    Args:
        first: Its predictions stand left.
        later: Its predictions stand right.
        task: a task's slug.
        scorer: under which scorer the scores are.
        page: from 1; a page behind the last is the last.
        with_answers: whether the reader may see the answers of both releases.

    Returns:
        None where one has no scores on the task, or where the examples are others.

    Raises:
        DamagedFile: if stored predictions are missing or damaged.
    """
    left, right = _read(first, task, scorer), _read(later, task, scorer)
    if left is None or right is None:
        return None
    match = match_examples(item_facts(left.item_set.sha256), item_facts(right.item_set.sha256))
    if not match.is_enough:
        return None
    common = match.positions()
    differing = [(a, b) for a, b in common if left.scores[a] != right.scores[b]]
    pages = max(1, -(-len(differing) // EXAMPLES_A_PAGE))
    page = min(max(1, page), pages)
    shown = differing[(page - 1) * EXAMPLES_A_PAGE : page * EXAMPLES_A_PAGE]
    return DifferingPage(
        examples=_examples(left, right, task, shown, with_answers=with_answers),
        total=len(differing),
        common=len(common),
        page=page,
        pages=pages,
        has_answers=with_answers,
    )


def _read(submission: Submission, task: str, scorer: str) -> _Read | None:
    artefact = TaskArtefact.objects.filter(
        result__evaluation=submission.current_evaluation_id,
        result__task=task,
        result__scorer=scorer,
    ).first()
    if submission.current_evaluation_id is None or artefact is None:
        return None
    scores, outcomes = unpack_scores(bytes(artefact.data))
    item_set = submission.release.tasks.select_related("item_set").get(task=task).item_set
    return _Read(submission, item_set, scores, tuple(outcome_slug(one) for one in outcomes))


def _examples(
    left: _Read,
    right: _Read,
    task: str,
    places: Sequence[tuple[int, int]],
    *,
    with_answers: bool,
) -> tuple[DifferingExample, ...]:
    predictions = [read_predictions(one.submission.tasks.get(task=task)) for one in (left, right)]
    rows = _rows(left, [a for a, _ in places])
    other_rows = _rows(right, [b for _, b in places])
    return tuple(
        DifferingExample(
            source_ids=(rows[a].source_id, other_rows[b].source_id),
            predictions=(predictions[0][a], predictions[1][b]),
            scores=(left.scores[a], right.scores[b]),
            outcomes=(left.outcomes[a], right.outcomes[b]),
            answer=rows[a].answer if with_answers else None,
        )
        for a, b in places
    )


def _rows(one: _Read, positions: Sequence[int]) -> dict[int, Example]:
    found = Example.objects.filter(item_set=one.item_set, position__in=positions)
    return {row.position: row for row in found}
