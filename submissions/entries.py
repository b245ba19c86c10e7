"""Model entries as their builders make them."""

from dataclasses import dataclass, fields
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Value
from django.db.models.functions import Lower
from django.utils.text import slugify

from accounts.models import Organization, User
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
    # Whose members the model is entered for; None: for its owner alone.
    shared_with: Organization | None = None


def find_entry(
    owner: User | None, name: str, shared_with: Organization | None = None
) -> ModelEntry | None:
    """The owner's or the organization's model of that name, in whatever case it is written."""
    # As the constraint compares: __iexact folds some letters otherwise, such as the Kelvin sign.
    known = ModelEntry.objects.alias(lowered=Lower("name")).filter(lowered=Lower(Value(name)))
    if shared_with is not None:
        return known.filter(shared_with=shared_with).first()
    return known.filter(owner=owner, shared_with=None).first()


def enter_model(owner: User, facts: ModelFacts, *, now: datetime) -> ModelEntry:
    """Return the owner's or the organization's model of that name, entered if it is new.

    The facts of an existing entry stay as they are.
    """
    if facts.shared_with is not None:
        # Members enter their organization's models one after the other.
        Organization.objects.select_for_update().get(pk=facts.shared_with.pk)
    existing = find_entry(owner, facts.name, facts.shared_with)
    if existing is not None:
        return existing
    told = {one.name: getattr(facts, one.name) for one in fields(facts)}
    try:
        with transaction.atomic():
            return ModelEntry.objects.create(
                slug=_free_slug(facts.name), owner=owner, created_at=now, **told
            )
    except IntegrityError:
        # Somebody else took the address first; one person's uploads wait for each other.
        slug = _random_slug(facts.name)
        return ModelEntry.objects.create(slug=slug, owner=owner, created_at=now, **told)


def _free_slug(name: str) -> str:
    """An address for the model: its name where that is free, else with a random end."""
    slug = _slug(name)
    if slug and not ModelEntry.objects.filter(slug=slug).exists():
        return slug
    return _random_slug(name)


def _slug(name: str) -> str:
    return slugify(name)[:100]


def _random_slug(name: str) -> str:
    return f"{_slug(name)}-{new_public_id()}".lstrip("-")


def enter_published(slug: str, suite: Suite, *, now: datetime) -> ModelEntry:
    """The model that the authors' table names, entered on first need; it has no owner.

    A model that somebody else entered under that address stays theirs.
    """
    facts = suite.reported.models.get(slug) if suite.reported else None
    name = facts.name if facts else slug
    existing = find_entry(None, name)
    if existing is not None:
        return existing
    is_taken = ModelEntry.objects.filter(slug=slug).exists()
    entry = ModelEntry(
        slug=_random_slug(slug) if is_taken else slug,
        name=name,
        organization=facts.organization if facts else "",
        weights=facts.weights if facts else ModelEntry.Weights.CLOSED,
        parameters=facts.parameters if facts else None,
        context_tokens=facts.context_tokens if facts else None,
        created_at=now,
    )
    try:
        with transaction.atomic():
            entry.save()
    except IntegrityError:
        # Another process entered it first.
        return ModelEntry.objects.get(slug=slug, owner=None)
    return entry
