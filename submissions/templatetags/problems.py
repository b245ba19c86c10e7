"""An upload's problems, and refusals that workers stored, in the reader's language."""

from collections.abc import Sequence
from typing import Any

from django import template

from scoring import Suite
from submissions.problem_words import translated_part, translated_refusal

register = template.Library()


@register.filter
def expected(problem: Any) -> str:
    """What belongs where the problem is; `problem` is a Problem, or what was stored of one."""
    return translated_part(problem, "expected")


@register.filter
def task_name(slug: str, suite: Suite) -> str:
    """What a task that an upload names is called."""
    return suite.task(slug).name


@register.filter
def task_names(slugs: Sequence[str], suite: Suite) -> str:
    """What several tasks are called, in one line."""
    return ", ".join(task_name(slug, suite) for slug in slugs)


@register.filter
def fix(problem: Any) -> str:
    """What to do about it."""
    return translated_part(problem, "fix")


@register.filter
def refusal(english: str) -> str:
    """Why something could not be called."""
    return translated_refusal(english)
