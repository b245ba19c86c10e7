"""Whoever runs the portal finds every setting, and none that nothing reads."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
READ = re.compile(r"""\benv(?:\.\w+)?\(\s*["']([A-Z0-9_]+)["']""")
# Each of these may be a file's content too.
SECRET = re.compile(r"""\bsecret\(\s*["']([A-Z0-9_]+)["']""")
SOURCES = [path.read_text(encoding="utf-8") for path in (ROOT / "benchmark_site").glob("*.py")]
SECRETS = {name for source in SOURCES for name in SECRET.findall(source)}
SETTINGS = (
    {name for source in SOURCES for name in READ.findall(source)}
    | SECRETS
    | {f"{name}_FILE" for name in SECRETS}
    | set(re.findall(r"\$\{([A-Z0-9_]+)", (ROOT / "docker-compose.yml").read_text("utf-8")))
)


def test_the_example_lists_every_setting_and_no_other() -> None:
    example = (ROOT / ".env.example").read_text(encoding="utf-8")

    assert set(re.findall(r"^#?([A-Z0-9_]+)=", example, re.MULTILINE)) == SETTINGS


@pytest.mark.parametrize("name", sorted(SETTINGS))
def test_the_guide_says_what_a_setting_does(name: str) -> None:
    guide = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")

    assert re.search(rf"^\|[^|]*`{name}`", guide, re.MULTILINE)
