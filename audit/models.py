"""The log's entries, which nothing changes once they are there, and where the chain ends."""

import json
from typing import Any, ClassVar

from django.db import models


class AuditEntry(models.Model):
    """One entry.  Triggers in the database refuse to change or delete a row of this table."""

    number = models.PositiveBigIntegerField(primary_key=True)
    at = models.DateTimeField()
    kind = models.CharField(max_length=40)
    # The entry's canonical JSON without its hash, and the hash of exactly these bytes.
    body = models.TextField()
    hash = models.CharField(max_length=64, unique=True)

    class Meta:
        ordering: ClassVar = ["number"]
        verbose_name_plural = "audit entries"

    def __str__(self) -> str:
        return f"{self.number} {self.kind}"

    @property
    def entry(self) -> dict[str, Any]:
        """The entry with its hash, as an export has it."""
        return {**json.loads(self.body), "hash": self.hash}


class AuditHead(models.Model):
    """The chain's end, in one row: its lock is the right to append."""

    number = models.PositiveBigIntegerField(default=0)
    hash = models.CharField(max_length=64)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(pk=1), name="one_audit_head"),
        ]

    def __str__(self) -> str:
        return f"{self.number}:{self.hash}"
