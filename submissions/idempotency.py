"""A request is carried out once for each `Idempotency-Key`; later ones get the first one's answer.

Source: draft-ietf-httpapi-idempotency-key-header.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from accounts.models import User
from submissions.models import IdempotentAnswer

# How long an answer is kept, and how long a request may take before another one takes over: what a
# sender waits whose first request died with its process.  One that takes longer still stores
# nothing twice: the same predictions of a model are refused.
KEPT: Final = timedelta(hours=24)
LOCK: Final = timedelta(minutes=1)


class KeyReused(Exception):
    """The key belongs to another request."""


class StillRunning(Exception):
    """The first request with this key has not been answered yet."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a request was answered."""

    status: int
    content_type: str
    body: str
    location: str


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to carry a request out, held until `locked_until`.

    `tried_at` says when it was first begun, where that try was never answered: it may have died
    before or after what it was to do.
    """

    pk: int
    locked_until: datetime
    tried_at: datetime | None = None


def claim_key(user: User, key: str, request_sha256: str, *, now: datetime) -> Claim | Answer:
    """Take a key, or find the answer that its request was given.

    Raises:
        KeyReused: if it was given for another request.
        StillRunning: if its request is being carried out.
    """
    IdempotentAnswer.objects.filter(user=user, key=key, created_at__lte=now - KEPT).delete()
    try:
        with transaction.atomic():
            row = IdempotentAnswer.objects.create(
                user=user,
                key=key,
                request_sha256=request_sha256,
                created_at=now,
                locked_until=now + LOCK,
            )
    except IntegrityError:
        return _known(user, key, request_sha256, now=now)
    return Claim(row.pk, row.locked_until)


def _known(user: User, key: str, request_sha256: str, *, now: datetime) -> Claim | Answer:
    row = IdempotentAnswer.objects.filter(user=user, key=key).first()
    if row is None:
        # It failed and was let go between our two looks: asking again will do.
        raise StillRunning
    if row.request_sha256 != request_sha256:
        raise KeyReused
    if row.status is not None:
        return Answer(row.status, row.content_type, row.body, row.location)
    # Whoever took it is long silent: of two that come now, only one sees a changed row.
    silent = IdempotentAnswer.objects.filter(pk=row.pk, status=None, locked_until__lt=now)
    if not silent.update(locked_until=now + LOCK):
        raise StillRunning
    return Claim(row.pk, now + LOCK, row.created_at)


def keep_answer(claim: Claim, answer: Answer) -> None:
    """Remember what a claimed request was answered; nothing if the claim was lost meanwhile."""
    _held(claim).update(
        status=answer.status,
        content_type=answer.content_type,
        body=answer.body,
        location=answer.location,
    )


def release_key(claim: Claim) -> None:
    """Let a claimed request be sent again: it changed nothing."""
    _held(claim).delete()


def _held(claim: Claim) -> QuerySet[IdempotentAnswer]:
    return IdempotentAnswer.objects.filter(
        pk=claim.pk, status=None, locked_until=claim.locked_until
    )


def forget_answers(*, now: datetime) -> int:
    """Delete what is older than it is kept."""
    return IdempotentAnswer.objects.filter(created_at__lte=now - KEPT).delete()[0]
