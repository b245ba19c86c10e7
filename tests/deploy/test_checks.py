"""What may not serve the open internet does not start there."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.portal import ROOT

FIT = {
    "PRODUCTION": "true",
    "HTTPS": "true",
    "ALLOWED_HOSTS": "board.example.org",
    "SITE_URL": "https://board.example.org",
    "LOG_LEVEL": "WARNING",
}


def run(state: Path, *command: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """Run a command of a site that is fit but for `settings`."""
    return subprocess.run(
        [sys.executable, *command],
        cwd=ROOT,
        env={**os.environ, "STATE_DIR": str(state), **FIT, **settings},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def check(state: Path, **settings: str) -> subprocess.CompletedProcess[str]:
    """What `manage.py check --deploy` says."""
    return run(state, "manage.py", "check", "--deploy", "--fail-level", "WARNING", **settings)


def test_a_fit_site_is_clean(tmp_path: Path) -> None:
    done = check(tmp_path)

    assert done.returncode == 0, done.stderr
    assert "no issues" in done.stdout + done.stderr


def test_an_empty_address_is_none(tmp_path: Path) -> None:
    done = check(tmp_path, DATABASE_URL="", REDIS_URL="")

    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("settings", "code"),
    [
        ({"ALLOWED_HOSTS": "*"}, "portal.E001"),
        ({"ALLOWED_HOSTS": "board.example.org,*"}, "portal.E001"),
        ({"DEBUG": "true"}, "portal.E004"),
        ({"SECRET_KEY": "django-insecure-" + "abcdefghijklmnopqrstuvwxyz" * 3}, "portal.E005"),
        ({"SECRET_KEY": "changeme"}, "portal.E005"),
        ({"SECRET_KEY": "a" * 80}, "portal.E005"),
        ({"HTTPS": "false"}, "portal.E007"),
        ({"SITE_URL": "http://board.example.org"}, "portal.E008"),
    ],
)
def test_settings_of_a_development_machine_are_refused(
    settings: dict[str, str], code: str, tmp_path: Path
) -> None:
    done = check(tmp_path, **settings)

    assert done.returncode == 1
    assert code in done.stderr


def the_states_key(state: Path) -> dict[str, str]:
    """The key that a first start makes."""
    (state / "secret_key").write_text("k" + os.urandom(40).hex())
    (state / "secret_key").chmod(0o644)
    return {}


def a_key_handed_out(state: Path) -> dict[str, str]:
    """A key as an operator hands it out."""
    path = state / "handed"
    path.write_text("k" + os.urandom(40).hex())
    path.chmod(0o604)
    return {"SECRET_KEY_FILE": str(path)}


def a_seed(state: Path) -> dict[str, str]:
    """The seed of a private series, which tells every answer."""
    (state / "seeds").mkdir()
    (state / "seeds" / "fresh").write_text("1")
    (state / "seeds" / "fresh").chmod(0o644)
    return {}


@pytest.mark.parametrize("leave_open", [the_states_key, a_key_handed_out, a_seed])
def test_a_secret_that_everybody_may_read_is_refused(
    leave_open: Callable[[Path], dict[str, str]], tmp_path: Path
) -> None:
    settings = leave_open(tmp_path)

    done = check(tmp_path, **settings)

    assert done.returncode == 1
    assert "portal.E006" in done.stderr


def test_a_group_may_read_a_secret(tmp_path: Path) -> None:
    settings = a_key_handed_out(tmp_path)
    (tmp_path / "handed").chmod(0o440)

    assert check(tmp_path, **settings).returncode == 0


@pytest.mark.parametrize("role", ["web", "worker", "beat", "prepare"])
def test_no_role_starts_in_production_on_such_settings(role: str, tmp_path: Path) -> None:
    done = run(tmp_path, "-m", "benchmark_site.roles", role, DEBUG="true")

    assert done.returncode == 1
    assert "PRODUCTION is set" in done.stderr


def test_secrets_come_from_files(tmp_path: Path) -> None:
    files = {
        "SECRET_KEY": "from-a-file-" + os.urandom(40).hex(),
        "DATABASE_PASSWORD": "p@ss/word",
        "SENTRY_DSN": "",
    }
    settings = {"DATABASE_URL": "postgres://portal@postgres:5432/portal"}
    for name, value in files.items():
        (tmp_path / name).write_text(f"{value}\n")
        settings[f"{name}_FILE"] = str(tmp_path / name)
    code = (
        "from django.conf import settings as s;"
        "print(s.SECRET_KEY, s.DATABASES['default']['PASSWORD'])"
    )

    done = run(tmp_path, "manage.py", "shell", "-v", "0", "--no-imports", "-c", code, **settings)

    assert done.stdout.split() == [files["SECRET_KEY"], files["DATABASE_PASSWORD"]], done.stderr


def test_a_secrets_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    done = run(tmp_path, "manage.py", "check", SECRET_KEY_FILE="/nowhere/key")

    assert done.returncode == 1
    assert "SECRET_KEY_FILE cannot be read" in done.stderr
