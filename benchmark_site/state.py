"""Where the site's state lives: its database, and its files on this machine or in a bucket."""

from pathlib import Path
from typing import Any

from benchmark_site.env import env, secret


def databases(state: Path) -> dict[str, Any]:
    """PostgreSQL where DATABASE_URL names one, else SQLite below `state`."""
    # Empty is as good as absent, as `DATABASE_URL=` in a file of settings means it.
    url = secret("DATABASE_URL") or f"sqlite:///{state / 'portal.sqlite3'}"
    found: dict[str, Any] = _parsed(url)
    if found["ENGINE"] == "django.db.backends.sqlite3":
        # WAL lets readers and one writer work side by side; an immediate transaction waits for
        # its turn at its start instead of failing in its middle with "database is locked".
        found["OPTIONS"] = {
            "timeout": 30,
            "transaction_mode": "IMMEDIATE",
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
        }
        # pytest-xdist workers and the processes that tests start share a file, not a memory.
        found["TEST"] = {"NAME": str(state / "test.sqlite3")}
    # So that the address may stand in a file that everybody reads, and the password in a secret.
    elif password := secret("DATABASE_PASSWORD"):
        found["PASSWORD"] = password
    return {"default": found}


def _parsed(url: str) -> dict[str, Any]:
    import dj_database_url  # noqa: PLC0415

    # A server that restarted has cut the connections that are kept: each is asked before a request
    # uses it, or every thread would answer once with an error.
    return dict(dj_database_url.parse(url, conn_max_age=60, conn_health_checks=True))


def file_storages(state: Path) -> dict[str, Any]:
    """Where content is kept: the bucket S3_BUCKET, else a folder below `state`."""
    local = {"BACKEND": "django.core.files.storage.FileSystemStorage"}
    if bucket := env.str("S3_BUCKET", ""):
        content = {
            "BACKEND": "submissions.bucket.BucketStorage",
            "OPTIONS": {
                "bucket_name": bucket,
                "endpoint_url": env.str("S3_ENDPOINT_URL", "") or None,
                "region_name": env.str("S3_REGION", "") or None,
                "access_key": secret("S3_ACCESS_KEY") or None,
                "secret_key": secret("S3_SECRET_KEY") or None,
                "location": env.str("S3_PREFIX", ""),
                "addressing_style": env.str("S3_ADDRESSING", "auto"),
            },
        }
    else:
        content = {
            "BACKEND": "submissions.files.ContentStorage",
            "OPTIONS": {"location": str(state / "files")},
        }
    return {"default": local, "content": content}
