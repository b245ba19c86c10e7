"""How much memory a machine has, as its system tells."""

from pathlib import Path

import pytest

from workers.runners.transformers_local import host


@pytest.fixture
def groups(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A container's files, with no limit in them yet."""
    monkeypatch.setattr(host, "_GROUPS", tmp_path)
    (tmp_path / "memory").mkdir()
    (tmp_path / "memory.current").write_text("400000\n")
    (tmp_path / "memory.stat").write_text("anon 300000\ninactive_file 100000\n")
    return tmp_path


def test_there_is_no_more_free_than_there_is() -> None:
    assert 0 < host.free_host_bytes() <= host.host_bytes() < 1 << 50


def test_files_that_are_only_kept_in_mind_count_as_free(
    tmp_path: Path, groups: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = tmp_path / "meminfo"
    told.write_text("MemTotal: 900 kB\nMemFree: 10 kB\nMemAvailable: 700 kB\n")
    monkeypatch.setattr(host, "_MEMINFO", told)

    assert host.free_host_bytes() == 700 * 1024


def test_a_containers_limit_is_all_there_is(groups: Path) -> None:
    (groups / "memory.max").write_text("1000000\n")

    assert host.host_bytes() == 1_000_000
    assert host.free_host_bytes() == 700_000


def test_the_older_hierarchy_has_other_names(groups: Path) -> None:
    for name, text in (
        ("limit_in_bytes", "2000000"),
        ("usage_in_bytes", "1500000"),
        ("stat", "cache 5\ntotal_inactive_file 500000"),
    ):
        (groups / "memory" / f"memory.{name}").write_text(text)

    assert (host.host_bytes(), host.free_host_bytes()) == (2_000_000, 1_000_000)


def test_no_limit_is_none(groups: Path) -> None:
    before = host.host_bytes()

    (groups / "memory.max").write_text("max\n")

    assert host.host_bytes() == before
