"""Answers whether this process lives, and whether it can serve."""

import redis
from django.conf import settings
from django.core.files.storage import storages
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

_BROKER_SECONDS = 1.0


@require_safe
@never_cache
def health(_request: HttpRequest) -> HttpResponse:
    """Say "ok" when the database answers; an error is the server's own 500."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return HttpResponse("ok", content_type="text/plain")


@require_safe
@never_cache
def ready(_request: HttpRequest) -> HttpResponse:
    """Say of each part whether it is there; 503 while one lacks without which nothing is stored.

    A broker that is away is told and is no reason to send nobody here: what is uploaded meanwhile
    is stored, and scored when it is back.
    """
    parts = {"database": _database_answers()}
    parts["migrations"] = parts["database"] and _is_migrated()
    parts["storage"] = _storage_answers()
    is_ready = all(parts.values())
    parts["broker"] = broker_answers()
    lines = [f"{name} {'ok' if is_there else 'away'}\n" for name, is_there in parts.items()]
    status = 200 if is_ready else 503
    return HttpResponse("".join(lines), content_type="text/plain", status=status)


def broker_answers() -> bool:
    """Whether the broker says anything within a second."""
    try:
        client = redis.Redis.from_url(
            settings.REDIS_URL,
            socket_timeout=_BROKER_SECONDS,
            socket_connect_timeout=_BROKER_SECONDS,
        )
        with client:
            return bool(client.ping())
    except (redis.RedisError, OSError):
        return False


def _database_answers() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return False
    return True


def _is_migrated() -> bool:
    """Whether the database has everything that this version of the code needs."""
    executor = MigrationExecutor(connection)
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())


def _storage_answers() -> bool:
    try:
        # Asking for what is not there shows that somebody answers.
        storages["content"].exists("ready")
    except Exception:  # noqa: BLE001  Each kind of storage has errors of its own.
        return False
    return True
