"""The architecture's picture of the imports is the one that import-linter holds."""

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CONTRACTS = {
    (one.get("containers") or ["the house"])[0]: one["layers"]
    for one in tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"][
        "importlinter"
    ]["contracts"]
    if one["type"] == "layers"
}


def drawn() -> dict[str, list[list[str]]]:
    """The layers of each package as the document draws them, each in a fixed order."""
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    block = text.split("## Imports", 1)[1].split("```")[1]
    block = re.sub(r"\n +", " ", block.split("client/")[0])
    lines = [line for line in block.splitlines() if line.strip()]
    parts = [re.fullmatch(r"(?:inside (\w+): *)?(.*)", line) for line in lines]
    return {one[1] or "the house": layers(one[2].split("›")) for one in parts if one}


def layers(said: list[str]) -> list[list[str]]:
    """Layers with their siblings sorted; optional ones are in brackets in the contract."""
    return [sorted(re.findall(r"\w+", one)) for one in said]


@pytest.mark.parametrize("package", CONTRACTS)
def test_the_import_rule_is_drawn_as_it_is_held(package: str) -> None:
    assert drawn()[package] == layers(CONTRACTS[package])
