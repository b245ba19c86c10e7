"""Triggers that let the log only grow, on both databases.

They stop a mistake and a stolen application account.  The database's owner can take them away;
that is what the published head is for: whoever noted one sees a chain that was written anew.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from django.db.backends.base.base import BaseDatabaseWrapper

from audit.models import AuditEntry

_TABLE: Final = AuditEntry._meta.db_table
_FORBIDDEN: Final = "the audit log only grows"
_NAMES: Final = {
    "sqlite": {"audit_no_update", "audit_no_delete"},
    "postgresql": {"audit_no_change", "audit_no_truncate"},
}
_INSTALL: Final = {
    "sqlite": [
        f"CREATE TRIGGER IF NOT EXISTS audit_no_{verb} BEFORE {verb} ON {_TABLE} "
        f"BEGIN SELECT RAISE(ABORT, '{_FORBIDDEN}'); END"
        for verb in ("update", "delete")
    ],
    "postgresql": [
        f"""CREATE OR REPLACE FUNCTION audit_only_grows() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN RAISE EXCEPTION '{_FORBIDDEN}' USING ERRCODE = 'restrict_violation'; END $$""",
        f"""CREATE OR REPLACE TRIGGER audit_no_change BEFORE UPDATE OR DELETE
        ON {_TABLE} FOR EACH ROW EXECUTE FUNCTION audit_only_grows()""",
        f"""CREATE OR REPLACE TRIGGER audit_no_truncate BEFORE TRUNCATE
        ON {_TABLE} FOR EACH STATEMENT EXECUTE FUNCTION audit_only_grows()""",
    ],
}
_REMOVE: Final = {
    "sqlite": [f"DROP TRIGGER IF EXISTS audit_no_{verb}" for verb in ("update", "delete")],
    "postgresql": [
        f"DROP TRIGGER IF EXISTS {name} ON {_TABLE}"
        for name in ("audit_no_change", "audit_no_truncate")
    ],
}
_FIND: Final = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = %s",
    # A trigger that is switched off guards nothing.
    "postgresql": "SELECT tgname FROM pg_trigger WHERE tgrelid = %s::regclass AND tgenabled <> 'D'",
}


def install(connection: BaseDatabaseWrapper) -> None:
    """Put the triggers in their place."""
    _execute(connection, _INSTALL[connection.vendor])


def remove(connection: BaseDatabaseWrapper) -> None:
    """Take the triggers away; only for a database that is thrown away."""
    _execute(connection, _REMOVE[connection.vendor])


@contextmanager
def lifted(connection: BaseDatabaseWrapper) -> Iterator[None]:
    """Without the triggers while it lasts; only for a database that is thrown away."""
    remove(connection)
    try:
        yield
    finally:
        install(connection)


def missing(connection: BaseDatabaseWrapper) -> set[str]:
    """The triggers that are not in their place."""
    with connection.cursor() as cursor:
        cursor.execute(_FIND[connection.vendor], [_TABLE])
        found = {name for (name,) in cursor.fetchall()}
    return _NAMES[connection.vendor] - found


def _execute(connection: BaseDatabaseWrapper, statements: list[str]) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
