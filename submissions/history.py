"""Reads one submission's story."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db.models import Prefetch, QuerySet
from django.utils.translation import gettext, pgettext_lazy

from scoring import SUITES
from submissions.access import Access, Reader, access_to
from submissions.models import BoardEvent, Evaluation, Submission, TaskResult
from submissions.steps import STEPWISE_METRIC, Steps, steps_before_error

_OUTCOMES = (
    "right",
    "partial",
    "wrong",
    "refused",
    "truncated",
    "empty",
    "unscorable",
    "missing",
)


def find_submission(public_id: str, reader: Reader) -> tuple[Submission | None, Access]:
    """Find a submission by its public id, with what the reader may see of it."""
    submission = (
        Submission.objects.select_related("model", "release", "submitter")
        .filter(public_id=public_id)
        .first()
    )
    if submission is None:
        return None, Access.NONE
    access = access_to(submission, reader)
    return (None, access) if access is Access.NONE else (submission, access)


def with_scores(submissions: QuerySet[Submission]) -> QuerySet[Submission]:
    """Submissions with what a list of them shows, in a fixed number of queries."""
    return submissions.select_related("model", "release").prefetch_related(
        "standings", Prefetch("evaluations", queryset=Evaluation.objects.order_by("-pk"))
    )


@dataclass(frozen=True, slots=True)
class TaskScored:
    """A task's score under one scorer, with its 95 % interval once the ranking job has run."""

    mean: float
    interval: tuple[float, float] | None


@dataclass(frozen=True, slots=True)
class TaskStory:
    """A task of a submission: how much of it was answered, and each scorer's result."""

    slug: str
    name: str
    family: str
    n: int | None
    answered: int | None
    # One entry a scorer of the suite, in the suite's order; None where there is no result.
    results: tuple[TaskScored | None, ...]
    # How many examples had which outcome, under the scorer that the page puts first.
    outcomes: dict[str, int]
    # Where the score is a share of many steps: the steps themselves.
    steps: Steps | None = None


@dataclass(frozen=True, slots=True)
class Happening:
    """A point on a submission's timeline."""

    at: datetime | None
    title: str
    detail: str = ""
    state: str = "past"


def task_stories(submission: Submission, *, scorer: str) -> list[TaskStory]:
    """Every task of the suite with its coverage and its scores under all scorers."""
    suite = SUITES[submission.release.suite]
    stored = {row.task: row for row in submission.tasks.all()}
    results: dict[str, dict[str, TaskResult]] = defaultdict(dict)
    for result in TaskResult.objects.filter(evaluation=submission.current_evaluation_id):
        results[result.task][result.scorer] = result
    intervals = {one.scorer: one.intervals for one in submission.standings.all()}
    stories = []
    for task in suite.tasks:
        row, of_task = stored.get(task.slug), results[task.slug]
        stories.append(
            TaskStory(
                slug=task.slug,
                name=task.name,
                family=task.family,
                n=row.n if row else None,
                answered=row.answered if row else None,
                results=tuple(
                    _scored(of_task.get(one.name), intervals.get(one.name, {}))
                    for one in suite.scorers
                ),
                outcomes=_in_order(of_task[scorer].outcomes) if scorer in of_task else {},
                steps=steps_before_error(submission, task.slug, scorer=scorer)
                if task.metric == STEPWISE_METRIC
                else None,
            )
        )
    return stories


def _scored(
    result: TaskResult | None, intervals: dict[str, tuple[float, float]]
) -> TaskScored | None:
    if result is None:
        return None
    found = intervals.get(result.task)
    return TaskScored(result.mean, (found[0], found[1]) if found else None)


def _in_order(outcomes: dict[str, int]) -> dict[str, int]:
    """Outcomes from right to missing, so that the same one stands at the same place."""
    return {name: outcomes[name] for name in _OUTCOMES if outcomes.get(name)}


def timeline(submission: Submission, evaluations: Iterable[Evaluation]) -> list[Happening]:
    """What has happened to a submission, oldest first, ending with what is awaited."""
    story = [
        Happening(submission.created_at, gettext("Received"), gettext("Files checked and stored."))
    ]
    round_ = submission.release.round
    for count, evaluation in enumerate(sorted(evaluations, key=lambda one: one.pk)):
        story += _evaluation_story(evaluation, is_first=count == 0)
        if evaluation.status == Evaluation.Status.QUEUED and round_ and round_.is_blind:
            story[-1] = Happening(None, gettext("Waiting for the end of the round"), state="now")
    dated = story + [
        Happening(event.at, event.get_kind_display().capitalize())
        for event in submission.events.filter(kind__in=_SHOWN)
    ]
    dated.sort(key=lambda one: (one.at is None, one.at or submission.created_at))
    if submission.withdrawn_at:
        off = gettext("Off the board for good.")
        dated.append(Happening(submission.withdrawn_at, gettext("Withdrawn"), off))
    return dated


# Events that the evaluations and the submission itself do not tell of.
_SHOWN: Final = (
    BoardEvent.Kind.PUBLISHED,
    BoardEvent.Kind.UNPUBLISHED,
    BoardEvent.Kind.UNLISTED,
    BoardEvent.Kind.SUPERSEDED,
)


def _evaluation_story(evaluation: Evaluation, *, is_first: bool) -> list[Happening]:
    queued = gettext("Queued for scoring") if is_first else gettext("Queued to be scored again")
    story = [Happening(evaluation.created_at, queued)]
    if evaluation.started_at:
        attempts = gettext("Attempt %(number)s.") % {"number": evaluation.attempts}
        detail = attempts if evaluation.attempts > 1 else ""
        story.append(Happening(evaluation.started_at, gettext("Scoring began"), detail))
    if evaluation.status == Evaluation.Status.DONE:
        story.append(Happening(evaluation.finished_at, gettext("Scored"), state="done"))
    elif evaluation.status == Evaluation.Status.FAILED:
        reason = f"{evaluation.get_failure_display()}."
        story.append(Happening(evaluation.finished_at, gettext("Scoring failed"), reason, "failed"))
    elif evaluation.status == Evaluation.Status.RUNNING:
        story.append(Happening(None, gettext("Scoring now"), state="now"))
    elif evaluation.retry_at:
        story.append(Happening(None, gettext("Waiting for storage"), state="now"))
    else:
        story.append(Happening(None, gettext("Waiting for a worker"), state="now"))
    return story


@dataclass(frozen=True, slots=True)
class Logged:
    """An entry of the event log: when, what, and the detail that the reader may see."""

    at: datetime
    kind: str
    detail: str


def event_log(submission: Submission, *, is_manager: bool) -> list[Logged]:
    """Everything that was written of a submission, newest first; old names only to its people."""
    return [
        Logged(event.at, event.get_kind_display(), _detail(event, is_manager=is_manager))
        for event in submission.events.all()
    ]


# What the log's details are called; other keys are shown as they are.
_WORDS: Final = {
    "evaluation": pgettext_lazy("event log", "evaluation"),
    "failure": pgettext_lazy("event log", "failure"),
    "from": pgettext_lazy("event log", "from"),
    "to": pgettext_lazy("event log", "to"),
    "by": pgettext_lazy("event log", "by"),
}


def _detail(event: BoardEvent, *, is_manager: bool) -> str:
    if event.kind == BoardEvent.Kind.RENAMED and not is_manager:
        return ""
    return ", ".join(f"{_WORDS.get(key, key)}: {value}" for key, value in event.detail.items())
