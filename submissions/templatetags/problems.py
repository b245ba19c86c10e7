"""An upload's problems, and refusals that workers stored, in the reader's language."""

from typing import Any

from django import template

from submissions.problem_words import translated_part, translated_refusal

register = template.Library()


@register.filter
def expected(problem: Any) -> str:
    """What belongs where the problem is; `problem` is a Problem, or what was stored of one."""
    return translated_part(problem, "expected")


@register.filter
def fix(problem: Any) -> str:
    """What to do about it."""
    return translated_part(problem, "fix")


@register.filter
def refusal(english: str) -> str:
    """Why something could not be called."""
    return translated_refusal(english)
