"""Enters a model by itself, and changes what is said of one."""

from dataclasses import fields
from datetime import datetime
from typing import Any, Final

from django.db import IntegrityError, transaction

from accounts.models import User
from submissions.entries import ModelFacts, enter_model, find_entry
from submissions.lines import refresh_lines
from submissions.models import BoardEvent, ModelEntry, Submission

FACTS: Final = tuple(one.name for one in fields(ModelFacts) if one.name != "shared_with")


class NameTaken(Exception):
    """Its owner, or its organization, has another model of that name."""


def enter_new_model(owner: User, facts: ModelFacts, *, now: datetime) -> ModelEntry:
    """Enter a model before anything is submitted for it.

    Raises:
        NameTaken: if there is one of that name already.
    """
    with transaction.atomic():
        # One person's models come one after the other, as with an upload.
        User.objects.select_for_update().get(pk=owner.pk)
        if find_entry(owner, facts.name, facts.shared_with):
            raise NameTaken
        return enter_model(owner, facts, now=now)


def change_model(
    model: ModelEntry,
    changes: dict[str, Any],
    *,
    now: datetime,
    submission: Submission | None = None,
) -> None:
    """Change facts of a model by their names in ModelFacts; its address stays.

    Another name is an event of `submission`, by default of the model's latest one that stands.

    Raises:
        NameTaken: if a new name is another model's; then the model is as it was.
    """
    changed = {name: changes[name] for name in FACTS if name in changes}
    before = {name: getattr(model, name) for name in changed}
    for name, value in changed.items():
        setattr(model, name, value)
    if not changed:
        return
    try:
        with transaction.atomic():
            model.save(update_fields=list(changed))
            refresh_lines(model)
            if "name" in changed and changed["name"] != before["name"]:
                _note_name(model, before["name"], submission, now=now)
    except IntegrityError as error:
        for name, value in before.items():
            setattr(model, name, value)
        raise NameTaken from error


def _note_name(
    model: ModelEntry, before: str, submission: Submission | None, *, now: datetime
) -> None:
    told = submission or model.submissions.filter(withdrawn_at=None).first()
    if told is not None:
        BoardEvent.objects.create(
            at=now, kind=BoardEvent.Kind.RENAMED, submission=told, detail={"from": before}
        )
