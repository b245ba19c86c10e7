"""Which prompt sets there are: the portal's from the code, the authors' as an operator loaded."""

from datetime import datetime

from django.db import transaction

from scoring import PROMPTING
from scoring.prompts import PromptSet
from submissions.models import StoredPromptSet


class UnknownPromptSet(LookupError):
    """No prompt set has that name."""


def prompt_sets(suite: str) -> list[PromptSet]:
    """All sets of a suite, the portal's own first."""
    own = list(PROMPTING[suite].sets) if suite in PROMPTING else []
    stored = StoredPromptSet.objects.filter(suite=suite).values_list("body", flat=True)
    return [*own, *(PromptSet.from_dict(body) for body in stored)]


def fitting_prompt_set(*, is_chat: bool) -> str:
    """The name of the portal's own set for how a model is asked."""
    return "portal-chat-1" if is_chat else "portal-base-1"


def find_prompt_set(suite: str, name: str) -> PromptSet:
    """The set of that name, or of that name and hash.  Raises: UnknownPromptSet."""
    for one in prompt_sets(suite):
        if name in (one.name, one.label):
            return one
    raise UnknownPromptSet(name)


def store_official_prompts(
    suite: str, source: str, *, now: datetime
) -> tuple[list[PromptSet], dict[str, str]]:
    """Store the families of an operator's copy of the authors' file; stored ones stay.

    Returns:
        The sets, and for each family that cannot be used, why.

    Raises:
        scoring.prompts.RefusedFile: if the file holds anything but texts.
    """
    found = PROMPTING[suite].read_official(source)
    with transaction.atomic():
        for one in found.sets:
            StoredPromptSet.objects.get_or_create(
                name=one.name,
                defaults={
                    "suite": suite,
                    "sha256": one.sha256,
                    "body": one.as_dict(),
                    "created_at": now,
                },
            )
    return list(found.sets), dict(found.unusable)
