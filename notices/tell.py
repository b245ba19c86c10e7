"""Tells a person of something, by mail and to the person's webhooks, as the person chose."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.mail import send_mail
from django.template.loader import render_to_string

from accounts.models import User
from notices.backoff import CLAIM
from notices.chosen import mail_kinds
from notices.hatch import nudge_on_commit
from notices.models import Delivery, Kind, Webhook


@dataclass(frozen=True, slots=True)
class Notice:
    """Something that happened, for its mail and for programs."""

    kind: Kind
    subject: str
    # Sentences of the mail, and the page that it leads to.
    lines: tuple[str, ...]
    link: str
    # What a webhook's `data` says.
    data: dict[str, Any]


def tell(person: User | None, notice: Notice, *, now: datetime) -> None:
    """Write the mail and the deliveries; call in the transaction of what they tell of."""
    if person is None or not person.is_active:
        return
    if notice.kind in mail_kinds(person):
        context = {"notice": notice}
        body = render_to_string("notices/mail/notice.txt", context)
        send_mail(" ".join(notice.subject.split()), body, None, [person.email])
    for webhook in Webhook.objects.filter(owner=person):
        if notice.kind in webhook.kinds:
            add_delivery(webhook, notice.kind, notice.data, now=now)


def add_delivery(webhook: Webhook, kind: Kind, data: dict[str, Any], *, now: datetime) -> Delivery:
    """Write a call that a worker makes as soon as the transaction is over."""
    body = json.dumps({"type": kind, "timestamp": now.isoformat(), "data": data})
    delivery = Delivery.objects.create(
        webhook=webhook, kind=kind, body=body, created_at=now, due_at=now
    )
    nudge_on_commit()
    return delivery


def add_test(webhook: Webhook, *, now: datetime) -> None:
    """Write a call that tells of nothing; one that waits already is made soon instead.

    One at a time: a thousand to a slow receiver would keep everybody else's calls waiting.
    """
    waiting = webhook.deliveries.filter(kind=Kind.TEST, due_at__isnull=False)
    if not waiting.exists():
        add_delivery(webhook, Kind.TEST, {"message": "A test."}, now=now)
    # What is due sooner may be on its way at this moment.
    waiting.filter(due_at__gt=now + CLAIM).update(due_at=now)
