"""Whoever runs the portal finds every setting, and none that nothing reads."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
READ = re.compile(r"""\benv(?:\.\w+)?\(\s*["']([A-Z_]+)["']""")
SETTINGS = {
    name
    for reader in (ROOT / "benchmark_site").glob("*.py")
    for name in READ.findall(reader.read_text(encoding="utf-8"))
}


def test_the_example_lists_every_setting_and_no_other() -> None:
    example = (ROOT / ".env.example").read_text(encoding="utf-8")

    assert set(re.findall(r"^#?([A-Z_]+)=", example, re.MULTILINE)) == SETTINGS


@pytest.mark.parametrize("name", sorted(SETTINGS))
def test_the_guide_says_what_a_setting_does(name: str) -> None:
    guide = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")

    assert re.search(rf"^\|[^|]*`{name}`", guide, re.MULTILINE)
