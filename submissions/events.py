"""Reads what happened to the board, as the feed and the front page tell it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from submissions.models import BoardEvent, Submission

# What readers of the board may know; how a submission fared before is its submitter's.
PUBLIC_KINDS: Final = (
    BoardEvent.Kind.SCORED,
    BoardEvent.Kind.RESCORED,
    BoardEvent.Kind.WITHDRAWN,
)


@dataclass(frozen=True, slots=True)
class Event:
    """Something that changed the board."""

    number: int
    kind: str
    at: datetime
    model_name: str
    model_slug: str
    organization: str
    release: str
    submission_id: str


def board_events(*, limit: int) -> list[Event]:
    """The newest changes of the board by public submissions, newest first, in one query."""
    events = BoardEvent.objects.filter(
        kind__in=PUBLIC_KINDS, submission__visibility=Submission.Visibility.PUBLIC
    )
    columns = (
        "pk", "kind", "at", "submission__model__name", "submission__model__slug",
        "submission__model__organization", "submission__release__name", "submission__public_id",
    )  # fmt: skip
    return [Event(*row) for row in events.order_by("-pk").values_list(*columns)[:limit]]


def last_event() -> int:
    """A number that rises with every event; 0 before the first."""
    return BoardEvent.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
