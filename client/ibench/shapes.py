"""What the server answers, as typed dictionaries: scores are fractions, times ISO 8601 in UTC."""

from typing import Any, Literal, NotRequired, TypedDict

Visibility = Literal["public", "unlisted", "private"]


class TaskCoverage(TypedDict):
    """How many of a task's examples have a prediction."""

    n: int
    answered: int


class ScorerScores(TypedDict):
    """A submission's scores under one scorer; `average` is null while a task is missing."""

    average: float | None
    rank: int | None
    tasks: dict[str, float]


class Failure(TypedDict):
    """Why scoring failed, and what to do."""

    code: str
    reason: str
    hint: str


class Submission(TypedDict):
    """A submission with its status and, once it is scored, its scores."""

    id: str
    url: str
    model: str
    model_slug: str
    release: str
    visibility: Visibility
    sha256: str
    created_at: str
    withdrawn_at: str | None
    status: Literal["queued", "running", "done", "failed"] | None
    failure: Failure | None
    warnings: list[dict[str, Any]]
    tasks: dict[str, TaskCoverage]
    scorers: dict[str, ScorerScores]


class DryRun(TypedDict):
    """What an upload holds; nothing was stored."""

    release: str
    tasks: dict[str, dict[str, Any]]
    missing_tasks: list[str]
    warnings: list[dict[str, Any]]


class Board(TypedDict):
    """The board's rows under one scorer."""

    suite: str
    scorer: str
    rows: list[dict[str, Any]]
    next: NotRequired[str | None]


class Page(TypedDict):
    """One page of a list; `next` is the address of the following one."""

    results: list[dict[str, Any]]
    next: NotRequired[str | None]
