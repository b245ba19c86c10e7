"""Stores releases of a suite's data: what a run is scored on.  Frozen once stored."""

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

import orjson
from django.db import IntegrityError, transaction

from audit.log import COMMAND, append
from scoring import SUITES, Suite
from submissions.intake import ItemSetKey, ReleaseKey
from submissions.models import Example, ItemSet, Release, ReleaseTask, Round
from submissions.sources import keep_sources


class ReleaseConflict(Exception):
    """A release of that name holds other data; a release never changes."""


@dataclass(frozen=True, slots=True)
class NewExample:
    """An example as read from a file: its id there, canonical answer, and where its row lies."""

    source_id: str
    answer: Any
    context_sha256: str = ""
    row_offset: int | None = None
    row_bytes: int | None = None
    # Of generated examples; see the model.
    depth: float | None = None
    length_tokens: int | None = None


@dataclass(frozen=True, slots=True)
class NewItemSet:
    """The examples of a task in file order, and the file that they came from."""

    examples: tuple[NewExample, ...]
    source_path: str = ""
    source_sha256: str = ""
    # A secret that goes into its hashes: without one, whoever has the contexts could try answers
    # until the hash, which everybody sees, is right.
    salt: str = ""


@dataclass(frozen=True, slots=True)
class NewRelease:
    """What a release is called and what is said of it."""

    name: str
    title: str
    suite: str
    board: str
    source: Release.Source = Release.Source.DATASET
    notes: str = ""
    revision: str = ""
    are_answers_public: bool = True
    series: str = ""
    length_tokens: int | None = None
    generator: str = ""
    seed: str = ""
    round: Round | None = None


def _sha256(value: object) -> str:
    return hashlib.sha256(orjson.dumps(value)).hexdigest()


def example_keys(task: str, answers: Sequence[Any]) -> list[str]:
    """A content key for each example: task, canonical answer, its how-manieth occurrence."""
    seen: Counter[bytes] = Counter()
    keys = []
    for answer in answers:
        packed = orjson.dumps(answer)
        keys.append(_sha256([task, answer, seen[packed]]))
        seen[packed] += 1
    return keys


def item_set_sha256(task: str, examples: Sequence[NewExample], *, salt: str = "") -> str:
    """The identity of an item set: its keys, ids and contexts, in order, and its salt if any."""
    keys = example_keys(task, [example.answer for example in examples])
    contents = [
        [key, example.source_id, example.context_sha256]
        for key, example in zip(keys, examples, strict=True)
    ]
    return _salted([task, contents], salt)


def _salted(value: list[object], salt: str) -> str:
    return _sha256([*value, salt] if salt else value)


def release_sha256(item_sets: Mapping[str, str]) -> str:
    """The identity of a release: the hashes of its item sets by task."""
    return _sha256(sorted(item_sets.items()))


def store_release(
    new: NewRelease, tasks: Mapping[str, NewItemSet], *, now: datetime
) -> tuple[Release, bool]:
    """Store a release with its examples; storing the same one again changes nothing.

    Returns:
        The release, and whether it is new.

    Raises:
        ReleaseConflict: if the name is taken by other data.
    """
    hashes = {
        task: item_set_sha256(task, items.examples, salt=items.salt)
        for task, items in tasks.items()
    }
    sha256 = release_sha256(hashes)
    known = _known_release(new.name, sha256)
    if known is not None:
        return known, False
    # Before the rows that promise them.
    keep_sources(items.source_path for items in tasks.values())
    try:
        with transaction.atomic():
            return _create_release(new, tasks, hashes, now=now), True
    except IntegrityError:
        # Another process stored it, or one of its item sets, first.
        known = _known_release(new.name, sha256)
        if known is not None:
            return known, False
    with transaction.atomic():
        return _create_release(new, tasks, hashes, now=now), True


def _known_release(name: str, sha256: str) -> Release | None:
    existing = Release.objects.filter(name=name).first()
    if existing is not None and existing.sha256 != sha256:
        raise ReleaseConflict(f"release {name!r} exists and holds other data; choose another name")
    return existing


def _create_release(
    new: NewRelease, tasks: Mapping[str, NewItemSet], hashes: Mapping[str, str], *, now: datetime
) -> Release:
    release = Release.objects.create(
        name=new.name,
        title=new.title,
        suite=new.suite,
        board=new.board,
        source=new.source,
        notes=new.notes,
        revision=new.revision,
        are_answers_public=new.are_answers_public,
        series=new.series,
        length_tokens=new.length_tokens,
        generator=new.generator,
        seed=new.seed,
        round=new.round,
        sha256=release_sha256(hashes),
        created_at=now,
    )
    suite = SUITES[new.suite]
    for task, items in tasks.items():
        item_set = _store_item_set(suite, task, items, hashes[task])
        ReleaseTask.objects.create(release=release, task=task, item_set=item_set)
    detail = {"sha256": release.sha256, "board": release.board}
    append("release.stored", subject=f"release {release.name}", detail=detail, actor=COMMAND)
    return release


def _store_item_set(suite: Suite, task: str, items: NewItemSet, sha256: str) -> ItemSet:
    existing = ItemSet.objects.filter(sha256=sha256).first()
    if existing is not None:
        return existing
    keys = example_keys(task, [example.answer for example in items.examples])
    item_set = ItemSet.objects.create(
        suite=suite.slug,
        task=task,
        sha256=sha256,
        items_sha256=_salted([task, keys], items.salt),
        n=len(items.examples),
        source_path=items.source_path,
        source_sha256=items.source_sha256,
    )
    Example.objects.bulk_create(
        [
            Example(
                item_set=item_set,
                position=position,
                source_id=example.source_id,
                key=key,
                answer=example.answer,
                fingerprint=_fingerprint(suite, task, example.answer),
                context_sha256=example.context_sha256,
                row_offset=example.row_offset,
                row_bytes=example.row_bytes,
                depth=example.depth,
                length_tokens=example.length_tokens,
            )
            for position, (key, example) in enumerate(zip(keys, items.examples, strict=True))
        ],
        batch_size=200,
    )
    return item_set


def _fingerprint(suite: Suite, task: str, answer: Any) -> str:
    fingerprint = suite.answer_fingerprint(task, answer)
    if fingerprint is None:
        raise ValueError(f"{task}: {answer!r} is not a canonical answer")
    return fingerprint.hex()


def release_keys(suite: str) -> list[ReleaseKey]:
    """What intake needs to recognise a release: ids and fingerprints of all of a suite's."""
    releases = Release.objects.filter(suite=suite).order_by("source", "created_at", "pk")
    return [release_key(release) for release in releases]


def release_key(release: Release) -> ReleaseKey:
    """What intake needs to align an upload with one release."""
    item_sets = dict(
        ReleaseTask.objects.filter(release=release).values_list("task", "item_set__sha256")
    )
    keys = {task: _item_set_key(sha256) for task, sha256 in item_sets.items()}
    if not release.are_answers_public:
        # What agrees with an upload's own ground truths would tell the answers bit by bit.
        keys = {task: key.without_answers() for task, key in keys.items()}
    return ReleaseKey(name=release.name, item_sets=keys)


@lru_cache(maxsize=256)
def _item_set_key(sha256: str) -> ItemSetKey:
    """What has this hash never changes, so a process reads it once."""
    item_set = ItemSet.objects.get(sha256=sha256)
    rows = list(item_set.examples.order_by("position").values_list("source_id", "fingerprint"))
    return ItemSetKey(
        task=item_set.task,
        sha256=item_set.sha256,
        source_ids=tuple(source_id for source_id, _ in rows),
        fingerprints=tuple(bytes.fromhex(fingerprint) for _, fingerprint in rows),
    )
