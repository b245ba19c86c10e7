"""Where sites and tokens are kept, and what goes before them."""

import stat

import pytest
from ibench import config
from ibench.errors import BadUsage

SITE = "https://portal.example.org"


def test_a_token_is_readable_by_its_owner_only() -> None:
    path = config.remember(SITE, "ibp_secret")

    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert config.find_token(SITE) == "ibp_secret"
    assert config.find_site() == SITE


def test_a_file_that_others_could_read_is_closed_to_them() -> None:
    path = config.remember(SITE, "ibp_secret")
    path.chmod(0o644)

    config.find_token(SITE)

    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_the_environment_goes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    config.remember(SITE, "kept")
    monkeypatch.setenv("IBENCH_SITE", "https://other.example.org/")
    monkeypatch.setenv("IBENCH_TOKEN", "from the environment")

    assert config.find_site() == "https://other.example.org"
    assert config.find_token(SITE) == "from the environment"


def test_a_token_belongs_to_one_site() -> None:
    config.remember(SITE, "kept")

    assert config.find_token("https://other.example.org") is None


def test_what_is_forgotten_is_gone() -> None:
    path = config.remember(SITE, "ibp_secret")

    assert config.forget(SITE)
    assert not config.forget(SITE)
    assert "ibp_secret" not in path.read_text()


def test_a_damaged_file_says_what_to_do() -> None:
    path = config.remember(SITE, "x")
    path.write_text("{")

    with pytest.raises(BadUsage) as caught:
        config.find_site()

    assert "ibench login" in caught.value.fix


def test_without_a_site_the_command_says_how_to_name_one() -> None:
    with pytest.raises(BadUsage) as caught:
        config.find_site()

    assert "IBENCH_SITE" in caught.value.fix
