"""Model entries as their builders make them."""

from dataclasses import asdict, dataclass
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.text import slugify

from accounts.models import User
from scoring import Suite
from submissions.models import ModelEntry
from submissions.models.submission import new_public_id


@dataclass(frozen=True, slots=True)
class ModelFacts:
    """What a submitter says of a model; enters it where the submitter has none of that name."""

    name: str
    organization: str = ""
    link: str = ""
    licence: str = ""
    parameters: int | None = None
    context_tokens: int | None = None
    weights: str = ModelEntry.Weights.CLOSED


def find_entry(owner: User | None, name: str) -> ModelEntry | None:
    """The owner's model of that name, in whatever case it is written."""
    return ModelEntry.objects.filter(owner=owner, name__iexact=name).first()


def enter_model(owner: User, facts: ModelFacts, *, now: datetime) -> ModelEntry:
    """Return the owner's model of that name, entered with `facts` if it is new.

    The facts of an existing entry stay as they are.
    """
    existing = find_entry(owner, facts.name)
    if existing is not None:
        return existing
    try:
        with transaction.atomic():
            return ModelEntry.objects.create(
                slug=_free_slug(facts.name), owner=owner, created_at=now, **asdict(facts)
            )
    except IntegrityError:
        # Another request of the same person entered it first.
        return ModelEntry.objects.get(owner=owner, name__iexact=facts.name)


def _free_slug(name: str) -> str:
    """An address for the model: its name where that is free, else with a random end."""
    slug = slugify(name)[:100]
    if slug and not ModelEntry.objects.filter(slug=slug).exists():
        return slug
    return f"{slug}-{new_public_id()}".lstrip("-")


def enter_published(slug: str, suite: Suite, *, now: datetime) -> ModelEntry:
    """The model that the authors' table names, entered on first need."""
    facts = suite.reported.models.get(slug) if suite.reported else None
    with transaction.atomic():
        entry, _ = ModelEntry.objects.get_or_create(
            slug=slug,
            defaults={
                "name": facts.name if facts else slug,
                "organization": facts.organization if facts else "",
                "weights": facts.weights if facts else ModelEntry.Weights.CLOSED,
                "parameters": facts.parameters if facts else None,
                "context_tokens": facts.context_tokens if facts else None,
                "created_at": now,
            },
        )
    return entry
