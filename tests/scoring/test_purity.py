"""Scoring stands alone: what it imports, and how soon its help is there."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
HEAVY = ("django", "celery", "rest_framework", "numpy", "absl", "rouge_score", "sqlite3", "socket")


def python(*arguments: str) -> str:
    done = subprocess.run([sys.executable, *arguments], cwd=ROOT, capture_output=True, check=True)
    return done.stdout.decode()


def test_scoring_imports_nothing_heavy() -> None:
    code = (
        "import sys, scoring, scoring.predictions_file; scoring.SCORERS['portal-1'].score("
        "'longbook_sum_eng', 'a', ['a']); print(*sys.modules)"
    )

    loaded = {name.partition(".")[0] for name in python("-c", code).split()}

    assert loaded.isdisjoint(HEAVY)


def test_help_needs_no_suite_and_nothing_heavy() -> None:
    code = (
        "import runpy, sys\n"
        "sys.argv = ['scoring', '--help']\n"
        "try: runpy.run_module('scoring', run_name='__main__')\n"
        "except SystemExit: print('LOADED', *sys.modules)"
    )

    loaded = set(python("-c", code).split("LOADED ")[1].split())

    assert loaded.isdisjoint({*HEAVY, "scoring.metrics", "rouge_score_rs"})


def test_no_task_is_named_outside_the_suites() -> None:
    from scoring import SUITES  # noqa: PLC0415  the tests above must not depend on it

    files = [path for path in (ROOT / "scoring").rglob("*.py") if "suites" not in path.parts]
    names = [task.slug for suite in SUITES.values() for task in suite.tasks]

    named = [
        (path.name, name)
        for path in files
        for name in names
        if f'"{name}"' in path.read_text(encoding="utf-8")
    ]

    assert not named
