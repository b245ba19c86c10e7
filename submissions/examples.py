"""Reads a task's examples of one submission: prediction beside answer, score and outcome."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from scoring import Outcome
from submissions.artefacts import unpack_scores
from submissions.models import Example, ReleaseTask, Submission, TaskArtefact
from submissions.predictions import read_predictions

EXAMPLES_A_PAGE: Final = 20
# The filter that asks for examples on which the scorers do not agree.
DIFFERS: Final = "differs"


@dataclass(frozen=True, slots=True)
class ScoredExample:
    """One example; `answer` is None where the reader may not see it."""

    position: int
    source_id: str
    prediction: str | None
    answer: Any
    score: float
    outcome: str


@dataclass(frozen=True, slots=True)
class ExamplePage:
    """Twenty examples of a task, and how many there are of each outcome."""

    examples: tuple[ScoredExample, ...]
    counts: dict[str, int]
    # How many examples the scorers do not agree on.
    differing: int
    total: int
    page: int
    pages: int
    has_answers: bool


def outcome_slug(outcome: Outcome) -> str:
    """An outcome as it stands in addresses."""
    return outcome.name.lower()


def example_page(
    submission: Submission, *, task: str, scorer: str, outcome: str, page: int, with_answers: bool
) -> ExamplePage | None:
    """Read one page of examples; None where the task has no such result.

    Args:
        submission: whose shown evaluation is read.
        task: a task's slug.
        scorer: under which scorer the score and outcome are.
        outcome: only examples with this outcome, or those on which the scorers differ for
            DIFFERS; all where it is empty.
        page: from 1; a page behind the last is the last.
        with_answers: whether the reader may see the answers.

    Raises:
        DamagedFile: if the stored predictions are missing or damaged.
    """
    artefact = TaskArtefact.objects.filter(
        result__evaluation=submission.current_evaluation_id,
        result__task=task,
        result__scorer=scorer,
    ).first()
    if submission.current_evaluation_id is None or artefact is None:
        return None
    scores, outcomes = unpack_scores(bytes(artefact.data))
    slugs = [outcome_slug(one) for one in outcomes]
    differing = _differing(submission, task)
    wanted = [
        at
        for at, slug in enumerate(slugs)
        if outcome in ("", slug) or (outcome == DIFFERS and at in differing)
    ]
    pages = max(1, -(-len(wanted) // EXAMPLES_A_PAGE))
    page = min(max(1, page), pages)
    shown = wanted[(page - 1) * EXAMPLES_A_PAGE : page * EXAMPLES_A_PAGE]
    return ExamplePage(
        examples=_examples(submission, task, shown, scores, slugs, with_answers=with_answers),
        counts=dict(Counter(slugs)),
        differing=len(differing),
        total=len(wanted),
        page=page,
        pages=pages,
        has_answers=with_answers,
    )


def _differing(submission: Submission, task: str) -> set[int]:
    """Positions that two scorers score differently."""
    packed = TaskArtefact.objects.filter(
        result__evaluation=submission.current_evaluation_id, result__task=task
    ).values_list("data", flat=True)
    by_scorer = [unpack_scores(bytes(data))[0] for data in packed]
    return {at for at, scores in enumerate(zip(*by_scorer, strict=True)) if len(set(scores)) > 1}


def _examples(
    submission: Submission,
    task: str,
    positions: Sequence[int],
    scores: Sequence[float],
    outcomes: Sequence[str],
    *,
    with_answers: bool,
) -> tuple[ScoredExample, ...]:
    predictions = read_predictions(submission.tasks.get(task=task))
    item_set = ReleaseTask.objects.get(release=submission.release_id, task=task).item_set_id
    rows = Example.objects.filter(item_set=item_set, position__in=positions)
    by_position = {row.position: row for row in rows}
    return tuple(
        ScoredExample(
            position=at,
            source_id=by_position[at].source_id,
            prediction=predictions[at],
            answer=by_position[at].answer if with_answers else None,
            score=scores[at],
            outcome=outcomes[at],
        )
        for at in positions
    )
