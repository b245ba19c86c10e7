"""The compose file against its schema, without an engine, and against what we promise of it."""

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from benchmark_site.roles import commands
from tests.portal import ROOT

FILE = ROOT / "docker-compose.yml"
COMPOSE: dict[str, Any] = yaml.safe_load(FILE.read_text(encoding="utf-8"))
SERVICES: dict[str, Any] = COMPOSE["services"]
OURS = {name for name, one in SERVICES.items() if "infinitebench-portal" in one["image"]}
# These end when their work is done; Flower is for looking, and nothing waits for it.
WITHOUT_HEALTH = {"prepare", "own-volumes", "flower"}
BIN = Path(sys.executable).parent


def schema_says(path: Path) -> subprocess.CompletedProcess[str]:
    """Hold a file against the Compose specification's own schema."""
    return subprocess.run(
        [str(BIN / "check-jsonschema"), "--builtin-schema", "vendor.compose-spec", str(path)],
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_schema_accepts_it() -> None:
    done = schema_says(FILE)

    assert done.returncode == 0, done.stdout + done.stderr


def test_the_schema_would_refuse_a_slip(tmp_path: Path) -> None:
    slip = tmp_path / "docker-compose.yml"
    slip.write_text(FILE.read_text().replace("    stop_grace_period: 2m", "    stop_grace: 2m"))

    assert schema_says(slip).returncode == 1


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_can_do_no_more_than_it_must(name: str) -> None:
    service = SERVICES[name]
    limits = service["deploy"]["resources"]["limits"]

    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert "no-new-privileges:true" in service["security_opt"]
    assert {"cpus", "memory"} <= limits.keys()
    # A version, so that tomorrow's start is today's.
    assert re.search(r":[^:/]+$", service["image"])
    assert not service["image"].endswith(":latest")
    if name == "own-volumes":
        assert (service["network_mode"], service["cap_add"]) == ("none", ["CHOWN"])
    else:
        assert int(service["user"].partition(":")[0]) > 0
    if name not in WITHOUT_HEALTH:
        assert service["healthcheck"]["test"][0] in {"CMD", "CMD-SHELL"}


@pytest.mark.parametrize("name", sorted(OURS))
def test_our_services_are_roles(name: str) -> None:
    [role] = SERVICES[name]["command"]

    assert role in commands()
    check = SERVICES[name].get("healthcheck", {}).get("test")
    assert check in (None, ["CMD", "python", "-m", "benchmark_site.roles", role, "--check"])


def test_the_roles_are_all_there_and_the_card_is_asked_for() -> None:
    assert {SERVICES[name]["command"][0] for name in OURS} == set(commands())
    assert SERVICES["gpu"]["profiles"] == ["gpu"]


def test_the_procfile_has_the_roles_of_a_machine_without_a_card() -> None:
    lines = (ROOT / "Procfile").read_text().splitlines()

    found = dict(
        re.fullmatch(r"(\w+): python -m benchmark_site\.roles (\w+)", one).groups()  # type: ignore[union-attr, misc]
        for one in lines
    )

    assert all(name == role for name, role in found.items())
    assert set(found) == set(commands()) - {"gpu", "prepare"}


def test_no_secret_stands_in_the_environment() -> None:
    for name, service in SERVICES.items():
        for key in service.get("environment", {}):
            assert not re.search(r"(PASSWORD|SECRET|_KEY|KEYS|DSN)$", key), (name, key)


def test_what_is_set_is_what_the_settings_read() -> None:
    example = (ROOT / ".env.example").read_text()
    known = set(re.findall(r"^#?([A-Z0-9_]+)=", example, re.MULTILINE))

    for name in OURS:
        assert SERVICES[name]["environment"].keys() <= known


def test_only_the_proxy_is_reached_from_outside() -> None:
    reached = {name: one["ports"] for name, one in SERVICES.items() if "ports" in one}

    assert set(reached) == {"proxy", "flower"}
    assert all(port.startswith("127.0.0.1:") for port in reached["flower"])
    assert COMPOSE["networks"]["inside"]["internal"] is True
    for name in ("postgres", "redis", "storage"):
        assert SERVICES[name]["networks"] == ["inside"]


def test_the_proxys_file_is_one_that_caddy_takes(tmp_path: Path) -> None:
    environment = {**os.environ, "SITE_ADDRESS": "board.example.org", "TLS_BY": "a@example.org"}
    environment |= {"XDG_DATA_HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path)}
    command = [str(BIN / "caddy"), "validate", "--config", str(ROOT / "deploy" / "Caddyfile")]

    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)

    assert "Valid configuration" in done.stdout + done.stderr


def test_the_image_is_one_that_hadolint_takes_and_runs_without_rights() -> None:
    done = subprocess.run(
        [str(BIN / "hadolint"), str(ROOT / "Dockerfile")],
        capture_output=True,
        text=True,
        check=False,
    )
    file = (ROOT / "Dockerfile").read_text()

    assert done.returncode == 0, done.stdout
    assert file.count("USER 10001:10001") == file.count("ENTRYPOINT") == 2
