"""A score that is a share of many thousand steps, in steps: what people can picture."""

from dataclasses import dataclass
from functools import lru_cache
from statistics import median

from submissions.artefacts import unpack_scores
from submissions.models import Example, Submission, TaskArtefact

# The metric whose score is the share of an answer's steps before the first error.
STEPWISE_METRIC = "matched_prefix"


@dataclass(frozen=True, slots=True)
class Steps:
    """Right steps before the first error, over the n examples of a task."""

    median: float
    most: int
    # Examples with at least one right step.
    started: int
    n: int


def steps_before_error(submission: Submission, task: str, *, scorer: str) -> Steps | None:
    """Read a task's scores back into steps; None where it has no result."""
    packed = TaskArtefact.objects.filter(
        result__evaluation=submission.current_evaluation_id,
        result__task=task,
        result__scorer=scorer,
    ).values_list("data", flat=True)
    item_sets = submission.release.tasks.filter(task=task).values_list(
        "item_set__sha256", flat=True
    )
    data, item_set = packed.first(), item_sets.first()
    if data is None or item_set is None:
        return None
    scores, _ = unpack_scores(bytes(data))
    steps = [
        round(score * length) for score, length in zip(scores, _lengths(item_set), strict=True)
    ]
    return Steps(median(steps), max(steps), sum(step > 0 for step in steps), len(steps))


@lru_cache(maxsize=16)
def _lengths(item_set_sha256: str) -> tuple[int, ...]:
    """How many steps each answer has; what has this hash never changes."""
    answers = (
        Example.objects.filter(item_set__sha256=item_set_sha256)
        .order_by("position")
        .values_list("answer", flat=True)
    )
    return tuple(len(answer) for answer in answers.iterator(chunk_size=10))
