"""What every page test starts from: plain static files, a folder of its own, one release."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_django import Settings

from submissions.models import Release
from submissions.remembered import cache
from tests import make


@pytest.fixture(autouse=True)
def _plain_files(settings: Settings, tmp_path: Path) -> None:
    """No collected static files are needed, and nothing is kept after a test."""
    content = settings.STORAGES["content"] | {"OPTIONS": {"location": str(tmp_path)}}
    static = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    # WhiteNoise looks for the folder of collected files, and warns where there is none.
    settings.STATIC_ROOT = tmp_path
    # A slow hash protects people; here it would only cost a second a test.
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.STORAGES = settings.STORAGES | {"content": content, "staticfiles": static}


@pytest.fixture(autouse=True)
def _nothing_remembered() -> Iterator[None]:
    """What a page remembers is known by keys and versions that each test begins anew."""
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def release(db: None) -> Release:
    """A release of twelve tasks with three examples each."""
    return make.release()
