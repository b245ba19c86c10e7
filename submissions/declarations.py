"""What a submitter declares of a run: the questions, and the answers that may be chosen.

Declarations are shown beside the scores and never change them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Words = str | Promise


@dataclass(frozen=True, slots=True)
class Declaration:
    """One question: the answers to choose from, by slug, and what to write beside them."""

    slug: str
    title: Words
    choices: Mapping[str, Words]
    note: Words


@dataclass(frozen=True, slots=True)
class Declared:
    """An answer as pages show it."""

    title: Words
    answer: Words
    note: str


PROMPT: Final = Declaration(
    slug="prompt",
    title=_("Prompts"),
    choices={
        "official": _("The authors’ prompts, unchanged"),
        "own": _("Other prompts"),
    },
    note=_("What differs from the authors’ prompts"),
)
DECODING: Final = Declaration(
    slug="decoding",
    title=_("Decoding"),
    choices={
        "greedy": _("Greedy: the likeliest token each time"),
        "sampled": _("Sampled"),
        "other": _("Otherwise, or unknown"),
    },
    note=_("Temperature, top-p, number of new tokens"),
)
TRUNCATION: Final = Declaration(
    slug="truncation",
    title=_("Inputs that are too long"),
    choices={
        "none": _("Nothing was cut: every input fits"),
        "middle": _("The middle was cut out, as the authors do"),
        "other": _("Cut or retrieved otherwise"),
    },
    note=_("To how many tokens, and how"),
)
CONTAMINATION: Final = Declaration(
    slug="contamination",
    title=_("Training on this benchmark’s data"),
    choices={
        "no": _("Not trained on it, and looked for"),
        "unknown": _("Not known to be trained on it"),
        "yes": _("Trained on some of it"),
    },
    note=_("Which data, and how you looked"),
)
# What is written beside an answer.
DECLARATION_NOTE_CHARS: Final = 500
DECLARATIONS: Final = (PROMPT, DECODING, TRUNCATION, CONTAMINATION)


def declared(stored: Mapping[str, str]) -> list[Declared]:
    """The declarations of a submission in words, without what was left open."""
    return [
        Declared(one.title, one.choices[choice], stored.get(f"{one.slug}_note", ""))
        for one in DECLARATIONS
        if (choice := stored.get(one.slug, "")) in one.choices
    ]
