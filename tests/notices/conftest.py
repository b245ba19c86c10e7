"""What tests of notices start from: a site that may call this machine, and a receiver on it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_django import Settings

from tests.client.answering import Answering, answering


@pytest.fixture(autouse=True)
def _quick_passwords(settings: Settings, tmp_path: Path) -> None:
    """A slow hash protects people; here it would only cost a second a test."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    content = settings.STORAGES["content"] | {"OPTIONS": {"location": str(tmp_path)}}
    static = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = settings.STORAGES | {"content": content, "staticfiles": static}


@pytest.fixture
def receiver(settings: Settings) -> Iterator[Answering]:
    """A server of the webhook's owner, on an address that this site's operator allows."""
    settings.OUTBOUND_HTTP_ALLOWED = True
    settings.OUTBOUND_NETWORKS = ["127.0.0.0/8"]
    with answering() as state:
        yield state
