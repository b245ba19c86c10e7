"""Calls webhooks: each try is pinned to a checked address, signed afresh, and written down."""

import asyncio
import contextlib
import logging
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

import httpx2

from notices.backoff import CLAIM, next_try
from notices.models import Delivery
from notices.webhooks import rules, signed_headers
from outbound import AddressRefused, AnswerRefused, Target, async_client, limited_chunks, pin

logger = logging.getLogger(__name__)

# Even if each takes as long as it may, a batch ends before its first claim does.
BATCH: Final = 10
# The log of calls is kept this long after their end.
KEPT: Final = timedelta(days=30)
# How long the receiver may be silent, and how long a whole call may take: one that sends a byte
# now and then must not keep a worker.
_SECONDS: Final = 10.0
_CALL_SECONDS: Final = 20.0
_ANSWER_BYTES: Final = 64 * 1024
_GONE: Final = 410


def carry_deliveries(*, now: datetime) -> int:
    """Make the calls that are due.  Returns how many were taken by their receivers."""
    due = Delivery.objects.filter(due_at__lte=now).order_by("due_at").select_related("webhook")
    arrived = 0
    for delivery in list(due[:BATCH]):
        taken = Delivery.objects.filter(pk=delivery.pk, due_at=delivery.due_at)
        if taken.update(due_at=now + CLAIM, attempts=delivery.attempts + 1):
            delivery.attempts += 1
            arrived += _carry(delivery, now=now)
    Delivery.objects.filter(due_at=None, created_at__lt=now - KEPT).delete()
    return arrived


def _carry(delivery: Delivery, *, now: datetime) -> bool:
    status, error = _call(delivery, now=now)
    mine = Delivery.objects.filter(pk=delivery.pk, attempts=delivery.attempts, due_at__isnull=False)
    if not error:
        mine.update(due_at=None, delivered_at=now, status=status, error="")
        return True
    # Gone, says the receiver: nobody waits for it there any more.
    again = None if status == _GONE else next_try(delivery.attempts, now=now)
    mine.update(due_at=again, given_up_at=None if again else now, status=status, error=error[:500])
    logger.info("delivery %s, attempt %s: %s", delivery.event_id, delivery.attempts, error)
    return False


def _call(delivery: Delivery, *, now: datetime) -> tuple[int | None, str]:
    """Post the notice once.  Returns the status, and what was wrong, empty where nothing was."""
    url = delivery.webhook.url
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "ibench-portal-webhooks/1",
        **signed_headers(delivery, now=now),
    }
    try:
        target = pin(url, rules=rules())
        status = asyncio.run(_post(target, url, delivery.body.encode(), headers))
    except TimeoutError:
        return None, f"no answer within {_CALL_SECONDS:g} seconds"
    except (AddressRefused, httpx2.HTTPError) as error:
        return None, str(error) or type(error).__name__
    return status, "" if 200 <= status < 300 else f"answered {status}"


async def _post(target: Target, url: str, body: bytes, headers: Mapping[str, str]) -> int:
    """The status of the answer; what it says besides is read, within limits, and left."""
    async with (
        asyncio.timeout(_CALL_SECONDS),
        async_client(target, seconds=_SECONDS, connections=1) as caller,
        caller.stream("POST", url, content=body, headers=dict(headers)) as answer,
    ):
        status = answer.status_code
        with contextlib.suppress(httpx2.HTTPError, AnswerRefused, TimeoutError):
            await _read(answer)
    return status


async def _read(answer: httpx2.Response) -> None:
    chunks = limited_chunks(answer, max_bytes=_ANSWER_BYTES, seconds=_SECONDS)
    async with asyncio.timeout(_SECONDS):
        async for _ in chunks:
            pass
