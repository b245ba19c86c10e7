"""Scoring of long-context benchmarks: a pure library that knows nothing of the portal."""

from scoring.suites import SCORERS, SUITES
from scoring.types import BadAnswer, Judgement, Outcome, Suite, Task, TaskScore, UnknownTask

__all__ = [
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
