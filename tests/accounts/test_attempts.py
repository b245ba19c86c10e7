"""Who guesses passwords is stopped, whichever process or machine each guess reaches."""

from pathlib import Path

import pytest
from django.core.cache import caches
from django.core.cache.backends.db import DatabaseCache
from django.db import connection
from django.test import Client
from pytest_django import Settings

from tests import make

pytestmark = pytest.mark.django_db
LOGIN = "/accounts/login/"


@pytest.fixture(autouse=True)
def _plain_pages(settings: Settings, tmp_path: Path) -> None:
    static = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = settings.STORAGES | {"staticfiles": static}
    settings.STATIC_ROOT = tmp_path
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


def guess(client: Client, password: str) -> str:
    """What the page says, from an address of its own each time: only the account is the same."""
    address = f"10.1.0.{len(password)}"
    return client.post(
        LOGIN, {"login": "builder@example.org", "password": password}, REMOTE_ADDR=address
    ).content.decode()


def test_after_five_wrong_passwords_none_is_tried() -> None:
    make.user()
    for at in range(5):
        guess(Client(), "wrong" + "g" * at)

    said = guess(Client(), make.PASSWORD)

    assert "Too many failed" in said


def test_attempts_are_counted_in_the_database() -> None:
    """In a process's own memory, each of eight processes would allow five."""
    make.user()
    assert isinstance(caches["default"], DatabaseCache)

    guess(Client(), "wrong")

    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM counters WHERE cache_key LIKE %s", ["%login_failed%"])
        assert cursor.fetchone()[0] > 0


def test_one_address_does_not_try_one_account_after_the_other() -> None:
    answers = [
        Client().post(
            LOGIN, {"login": f"{at}@example.org", "password": "x"}, REMOTE_ADDR="10.2.0.1"
        )
        for at in range(12)
    ]

    assert "Too many failed" in answers[-1].content.decode() or answers[-1].status_code == 429
