"""Scoring of long-context benchmarks: a pure library that knows nothing of the portal."""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scoring.suites import PROMPTING, SCORERS, SUITES
    from scoring.types import BadAnswer, Judgement, Outcome, Suite, Task, TaskScore, UnknownTask

__all__ = [
    "PROMPTING",
    "SCORERS",
    "SUITES",
    "BadAnswer",
    "Judgement",
    "Outcome",
    "Suite",
    "Task",
    "TaskScore",
    "UnknownTask",
]


def __getattr__(name: str) -> object:
    """Load a public name when it is first asked for: `python -m scoring --help` needs none."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    home = "scoring.suites" if name in ("PROMPTING", "SCORERS", "SUITES") else "scoring.types"
    return getattr(import_module(home), name)
