"""What tests of the API start from: an upload folder and stored files of their own."""

from pathlib import Path

import pytest
from pytest_django import Settings


@pytest.fixture(autouse=True)
def _own_files(settings: Settings, tmp_path: Path) -> None:
    """Nothing is kept after a test, and pages need no static files."""
    settings.STATE_DIR = tmp_path
    content = settings.STORAGES["content"] | {"OPTIONS": {"location": str(tmp_path / "files")}}
    static = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = settings.STORAGES | {"content": content, "staticfiles": static}
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
