"""Hands out the files of generated releases: whole, or without what would tell an answer."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Final

import orjson
from django.core import signing
from django.db.models import QuerySet

from accounts.models import User
from submissions.models import ItemSet, Release
from submissions.sources import source_file

# How long a signed link to private contexts works.
LINK_LIFE: Final = timedelta(hours=24)
# All that a model needs of a row; `depth` and `details` would tell where the answer is.
_ASKED: Final = ("id", "context", "input", "options", "length")
_SALT: Final = "submissions.contexts"


class LinkRefused(Exception):
    """A signed link does not open what was asked for: forged, too old, or somebody's no longer."""


def generated_releases() -> QuerySet[Release]:
    """Releases whose files are ours to hand out."""
    return Release.objects.filter(source=Release.Source.SYNTHETIC).select_related("round")


def sign_link(release: Release, person: User) -> str:
    """A key with which a person, or a program of theirs, gets a release's contexts for a day."""
    return signing.dumps([release.name, person.pk], salt=_SALT)


def check_link(key: str, release: Release) -> None:
    """Do nothing if a key opens a release's contexts.

    Raises:
        LinkRefused: if it does not.
    """
    try:
        name, person = signing.loads(key, salt=_SALT, max_age=LINK_LIFE)
    except (signing.BadSignature, ValueError, TypeError) as error:
        raise LinkRefused from error
    if name != release.name or not User.objects.filter(pk=person, is_active=True).exists():
        raise LinkRefused


def read_rows(release: Release, task: str) -> Iterator[bytes]:
    """A task's file line by line: as generated, or without answers while these are secret.

    Raises:
        DamagedFile: if the file is not there.
    """
    item_set = ItemSet.objects.get(release_tasks__release=release, task=task)
    return _lines(source_file(item_set), is_whole=release.are_answers_public)


def _lines(path: Path, *, is_whole: bool) -> Iterator[bytes]:
    with path.open("rb") as stream:
        for line in stream:
            if is_whole:
                yield line
            else:
                row = orjson.loads(line)
                yield orjson.dumps({key: row[key] for key in _ASKED}) + b"\n"
