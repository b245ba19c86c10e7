"""READ: the head, the export, and whether the stored chain holds."""

from collections.abc import Iterator
from typing import Any

from django.db import connection

from audit import guard
from audit.chain import BrokenChain, Head, canonical, entry_hash, follow
from audit.models import AuditEntry, AuditHead


def read_head() -> Head:
    """Where the chain ends; number 0 before the first entry."""
    row = AuditHead.objects.first()
    return Head(row.number, row.hash) if row else Head()


def export_lines(*, after: int, limit: int) -> Iterator[str]:
    """Entries behind number `after` as JSON lines with their ends, `limit` at most."""
    entries = AuditEntry.objects.filter(number__gt=after, number__lte=after + limit)
    for entry in entries.iterator(chunk_size=500):
        yield canonical(entry.entry) + "\n"


def follow_entries() -> Iterator[dict[str, Any]]:
    """Every entry, oldest first, each checked against the one before.

    Raises:
        BrokenChain: at the first that does not hold, or where the chain ends too early.
    """
    head = Head()
    for row in AuditEntry.objects.iterator(chunk_size=500):
        # The bytes that were hashed, not what becomes of them on their way through a parser.
        if entry_hash(row.body) != row.hash:
            raise BrokenChain(row.number, f"entry {row.number} does not have its hash")
        entry = row.entry
        head = follow(head, entry, line=row.number)
        if (row.kind, row.at.isoformat()) != (entry["kind"], entry["at"]):
            raise BrokenChain(row.number, f"entry {row.number}: its columns are not its own")
        yield entry
    stored = read_head()
    if stored != head:
        raise BrokenChain(head.number, f"the chain ends with {head}, noted is {stored}")


def missing_guards() -> set[str]:
    """The database's triggers that should guard the log and do not."""
    return guard.missing(connection)
