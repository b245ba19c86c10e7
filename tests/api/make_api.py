"""Plain functions that ask the API as a script does."""

import json
from functools import cache
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.models import ApiToken, User
from tests import make

ROOT = "/api/v1"


def script_of(user: User, **may: bool) -> Client:
    """A script that carries a token of the user's; it may everything but what is named false."""
    allowed = {"may_read": True, "may_submit": True, "may_manage": True} | may
    token = ApiToken.objects.create(user, name="test", **allowed)[1]
    return Client(headers={"authorization": f"Token {token}"})


def ask(client: Client, method: str, path: str, body: Any = None, **headers: str) -> Any:
    """Send JSON to an address of the API."""
    text = "" if body is None else json.dumps(body)
    kind = "application/json"
    return client.generic(method, f"{ROOT}{path}", text, content_type=kind, headers=headers)


@cache
def archive(right: int = 3) -> bytes:
    """Twelve files as one zip, the same bytes for the same number."""
    return make.zipped(make.files(right=right))


def submit(client: Client, *, right: int = 3, key: str = "", **fields: Any) -> Any:
    """Submit twelve files as one zip."""
    files = SimpleUploadedFile("all.zip", archive(right))
    headers = {"Idempotency-Key": key} if key else {}
    body = {"files": files, "model": "Scripted", **fields}
    return client.post(f"{ROOT}/submissions/", body, headers=headers)
