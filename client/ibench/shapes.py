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
    published_at: str | None
    withdrawn_at: str | None
    withdrawn_reason: str
    superseded_by: str | None
    declared: dict[str, str]
    status: Literal["queued", "running", "done", "failed"] | None
    retry_at: str | None
    failure: Failure | None
    warnings: list[dict[str, Any]]
    tasks: dict[str, TaskCoverage]
    scorers: dict[str, ScorerScores]


class Endpoint(TypedDict):
    """A server that the portal may ask; its key is never among this."""

    id: str
    url: str
    page: str
    name: str
    base_url: str
    model_name: str
    has_key: bool
    context_tokens: int
    created_at: str
    tried_at: str | None
    try_ended_at: str | None
    try_result: dict[str, Any]


class HubModel(TypedDict):
    """A repository at a commit that the portal's workers run; `facts` is what its files say."""

    id: str
    url: str
    page: str
    repository: str
    revision: str
    commit: str
    is_local: bool
    mode: Literal["chat", "raw"]
    context_tokens: int
    needed_bytes: int
    weight_bytes: int
    facts: dict[str, Any]
    created_at: str


class Run(TypedDict):
    """A model asked by the portal's workers on one release."""

    id: str
    url: str
    page: str
    endpoint: str | None
    hub_model: str | None
    model_slug: str
    release: str
    status: Literal["queued", "running", "paused", "finished", "cancelled", "failed"]
    reason: str
    retry_at: str | None
    examples: int
    examples_done: int
    spending_cap: float | None
    submission: str | None
    progress: NotRequired[dict[str, Any]]


class Estimate(TypedDict):
    """What a run would take; `cost` is in US dollars."""

    examples: int
    tokens_in: int
    tokens_out: int
    cost: float
    seconds: float
    cut: int


class Organization(TypedDict):
    """An organization that one belongs to."""

    slug: str
    name: str
    role: Literal["owner", "member"]
    quota: dict[str, Any]
    members: NotRequired[list[dict[str, Any]]]
    invitations: NotRequired[list[dict[str, Any]]]


class Webhook(TypedDict):
    """An address that is called; `secret` is there where it is made or given anew."""

    id: str
    url: str
    kinds: list[str]
    created_at: str
    secret: NotRequired[str]


class DryRun(TypedDict):
    """What an upload holds; nothing was stored."""

    release: str
    tasks: dict[str, dict[str, Any]]
    missing_tasks: list[str]
    warnings: list[dict[str, Any]]


class Tried(TypedDict):
    """What files would score under one scorer, and where that would rank; null: tasks lack."""

    average: float | None
    low: float | None
    high: float | None
    rank_low: int | None
    rank_high: int | None
    ranked: int | None
    tasks: list[dict[str, Any]]


class Trial(TypedDict):
    """What a draft's files would score against today's board, by scorer."""

    status: Literal["none", "hidden", "waiting", "refused", "failed", "done"]
    reason: str
    again_at: str | None
    scorers: dict[str, Tried]


class Draft(TypedDict):
    """A submission on its way in; `lacks` names the first step that is not done."""

    id: str
    url: str
    page: str
    model: str
    model_slug: str | None
    release: str | None
    declared: dict[str, str]
    note: str
    files: list[dict[str, Any]]
    tasks: list[dict[str, Any]]
    missing_tasks: list[str]
    warnings: list[dict[str, Any]]
    trial: Trial
    lacks: Literal["model", "protocol", "upload"] | None
    created_at: str
    updated_at: str
    submission: str | None


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
