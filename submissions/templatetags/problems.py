"""An upload's problems in the reader's language.

Problems are stored and sent over the API in English, with what was found filled in.  Here the
catalogue's sentence is found again in the English text, and its translation filled with the same
words.
"""

import re
from functools import cache
from string import Formatter
from typing import Any

from django import template
from django.utils.translation import gettext

from submissions.intake.catalogue import CATALOGUE

register = template.Library()


@register.filter
def expected(problem: Any) -> str:
    """What belongs where the problem is; `problem` is a Problem, or what was stored of one."""
    return _translated(problem, "expected")


@register.filter
def fix(problem: Any) -> str:
    """What to do about it."""
    return _translated(problem, "fix")


def _translated(problem: Any, part: str) -> str:
    is_stored = isinstance(problem, dict)
    code = problem["code"] if is_stored else problem.code
    english = str(problem[part] if is_stored else getattr(problem, part))
    entry = CATALOGUE.get(code)
    if entry is None:
        return gettext(english) if english else ""
    sentence: str = getattr(entry, part)
    found = _pattern(sentence).fullmatch(english)
    # What a problem of an earlier version says stays as it was said.
    return gettext(sentence).format(**found.groupdict()) if found else english


@cache
def _pattern(sentence: str) -> re.Pattern[str]:
    """Finds what fills a `str.format` template in a text that it made."""
    pieces = (
        re.escape(text) + (f"(?P<{name}>.*?)" if name else "")
        for text, name, *_ in Formatter().parse(sentence)
    )
    return re.compile("".join(pieces), re.DOTALL)
