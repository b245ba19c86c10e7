"""An upload's problems, and refusals that workers stored, in the reader's language.

They are made and stored in English, with what was found filled in.  Here the catalogue's sentence
is found again in the English text, and its translation filled with the same words.
"""

import re
from collections.abc import Mapping
from functools import cache
from string import Formatter
from typing import Any, Literal

from django.utils.translation import gettext

from outbound.refusals import REFUSALS
from submissions.intake import Problem
from submissions.intake.catalogue import CATALOGUE


def translated_part(problem: Problem | Mapping[str, Any], part: Literal["expected", "fix"]) -> str:
    """What belongs there, or what to do; of a problem, or of what was stored of one."""
    said = problem.as_dict() if isinstance(problem, Problem) else problem
    english = str(said[part])
    entry = CATALOGUE.get(str(said["code"]))
    if entry is None:
        return gettext(english) if english else ""
    # What a problem of an earlier version says stays as it was said.
    return _filled(getattr(entry, part), english) or english


def translated_problem(problem: Problem) -> dict[str, str | int | None]:
    """A problem as JSON-friendly values, with its standing words in the reader's language."""
    words = {part: translated_part(problem, part) for part in ("expected", "fix")}
    return problem.as_dict() | words


def translated_refusal(english: str) -> str:
    """Why an address is not called, as a worker stored it; other texts stay as they are."""
    tries = (_filled(sentence, english) for sentence in REFUSALS.values())
    return next(filter(None, tries), english)


def _filled(sentence: str, english: str) -> str:
    """The sentence's translation with the words that made `english`; empty if others made it."""
    found = _pattern(sentence).fullmatch(english)
    return gettext(sentence).format(**found.groupdict()) if found else ""


@cache
def _pattern(sentence: str) -> re.Pattern[str]:
    """Finds what fills a `str.format` template in a text that it made."""
    pieces = (
        re.escape(text) + (f"(?P<{name}>.*?)" if name else "")
        for text, name, *_ in Formatter().parse(sentence)
    )
    return re.compile("".join(pieces), re.DOTALL)
