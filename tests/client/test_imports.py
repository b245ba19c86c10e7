"""The client imports nothing of the server but `scoring`, and few packages of others."""

import ast
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
# The name in an import, where it differs from the distribution's.
NAMES = {"rouge-score-rs": "rouge_score_rs"}


def imported(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0
            names.add(node.module or "")
    return {name.partition(".")[0] for name in names}


def test_it_imports_what_it_declares_and_scoring() -> None:
    project = tomllib.loads((ROOT / "client" / "pyproject.toml").read_text())["project"]
    declared = {one.partition(">")[0] for one in project["dependencies"]}
    allowed = {NAMES.get(name, name) for name in declared} | {"ibench", "scoring"}

    found = set().union(*(imported(path) for path in (ROOT / "client" / "ibench").rglob("*.py")))

    assert found - sys.stdlib_module_names <= allowed
    assert len(declared) <= 5


def test_it_declares_what_scoring_files_needs() -> None:
    """Statistics are not among it: `ibench score` counts, and only the portal compares."""
    project = tomllib.loads((ROOT / "client" / "pyproject.toml").read_text())["project"]
    declared = {
        NAMES.get(name, name) for name in (d.partition(">")[0] for d in project["dependencies"])
    }
    optional = {"rouge_score"}  # The reference beside rouge_score_rs, used where that is missing.
    files = [path for path in (ROOT / "scoring").rglob("*.py") if "statistics" not in path.parts]

    found = set().union(*(imported(path) for path in files))

    assert found - sys.stdlib_module_names - optional - {"scoring"} <= declared
