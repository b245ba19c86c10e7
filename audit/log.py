"""WRITE: appends to the log, in the transaction of what it tells."""

from collections.abc import Mapping
from typing import Any, Final

from django.db import connection, transaction
from django.db.models import Model
from django.utils import timezone

from audit.chain import GENESIS, canonical, entry_hash
from audit.models import AuditEntry, AuditHead

# Who acted where nobody was signed in.
SYSTEM: Final = "system"
COMMAND: Final = "command"
_HEAD: Final = 1


def append(
    kind: str,
    *,
    subject: str,
    detail: Mapping[str, Any],
    actor: str = SYSTEM,
) -> AuditEntry:
    """Add an entry; it is there if and only if the transaction around it is committed.

    Whoever appends meanwhile waits until this transaction ends: call it late, and take a board's
    lock before it, never after.  The time is the clock's own, for the entry is about its writing.

    Args:
        kind: what happened, such as "board" or "submission.hidden".
        subject: what it happened to.
        detail: without fractions, secrets, addresses or anything that is not public.
        actor: `organizer(user)`, SYSTEM or COMMAND; never a name.

    Raises:
        TransactionManagementError: outside a transaction.
        ValueError: if the detail holds a fraction.
    """
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("an entry belongs to a change")
    head = _locked_head()
    now = timezone.now()
    body = canonical(
        {
            "number": head.number + 1,
            "at": now.isoformat(),
            "kind": kind,
            "actor": actor,
            "subject": subject,
            "detail": dict(detail),
            "previous": head.hash,
        }
    )
    head.number, head.hash = head.number + 1, entry_hash(body)
    entry = AuditEntry.objects.create(
        number=head.number, at=now, kind=kind, body=body, hash=head.hash
    )
    head.save(update_fields=["number", "hash"])
    return entry


def organizer(person: Model) -> str:
    """An organizer in the log: a number, for names and addresses are not everybody's."""
    return f"organizer {person.pk}"


def _locked_head() -> AuditHead:
    locked = AuditHead.objects.select_for_update()
    head = locked.filter(pk=_HEAD).first()
    if head is None:
        AuditHead.objects.get_or_create(pk=_HEAD, defaults={"hash": GENESIS})
        head = locked.get(pk=_HEAD)
    return head
