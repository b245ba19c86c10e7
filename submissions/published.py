"""Takes in the authors' published predictions: derives each generation's labels, then submits.

The published files carry their ground truths.  Models that were run on the same examples share a
release; a model that was run on others (gpt4's Retrieve.KV, kimi's 175 examples of Zh.QA) gets
one of its own, so that no two generations are ever mixed.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from scoring import BadAnswer, Suite
from submissions import queue
from submissions.entries import enter_published
from submissions.models import Evaluation, ModelEntry, Release, Submission
from submissions.receive import DuplicateUpload, UploadOptions, receive_upload
from submissions.releases import (
    NewExample,
    NewItemSet,
    NewRelease,
    item_set_sha256,
    release_sha256,
    store_release,
)

# The model for which the authors' scorer drops the first number of a Math.Calc answer.
ECHOING_MODEL = "gpt4"
HUB, LEGACY = "hub", "legacy"


class UnreadablePublished(Exception):
    """The folder is not the authors' results; says what was expected."""


@dataclass(slots=True)
class PublishedModel:
    """A model's published files, and the examples that they were made for."""

    slug: str
    files: dict[str, Path]
    item_sets: dict[str, NewItemSet] = field(default_factory=dict)
    generation: str = HUB


def read_published(folder: Path, suite: Suite) -> list[PublishedModel]:
    """Find `<model>/preds_<task>.jsonl` below `folder`, with the examples of every file.

    Raises:
        UnreadablePublished: if there is no such file, or one without ground truths.
    """
    models = []
    for model_folder in sorted(path for path in folder.iterdir() if path.is_dir()):
        files = {
            task: path
            for task in suite.slugs
            if (path := model_folder / f"preds_{task}.jsonl").is_file()
        }
        if files:
            model = PublishedModel(model_folder.name, files)
            model.item_sets = {task: _item_set(path, task, suite) for task, path in files.items()}
            model.generation = _generation(model.item_sets)
            models.append(model)
    if not models:
        raise UnreadablePublished(f"{folder}: no <model>/preds_<task>.jsonl in it")
    _fill_absent_tasks(models)
    return models


def _item_set(path: Path, task: str, suite: Suite) -> NewItemSet:
    rows = list(_rows(path))
    if not rows:
        raise UnreadablePublished(f"{path}: no row in it")
    key = "ground_truth" if "ground_truth" in rows[0] else "label"
    try:
        examples = tuple(
            NewExample(str(row.get("id", position)), suite.canonical_answer(task, row[key]))
            for position, row in enumerate(rows)
        )
    except (KeyError, BadAnswer) as error:
        raise UnreadablePublished(f"{path}: no usable ground truth: {error}") from error
    return NewItemSet(examples)


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    """The leading object of every line: one published line has stray text after it."""
    decoder = json.JSONDecoder()
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            if line.strip():
                row, _ = decoder.raw_decode(line.strip())
                yield row


def _generation(item_sets: Mapping[str, NewItemSet]) -> str:
    """The legacy generation is known by its gaps: ids that are not 0 to n-1."""
    for items in item_sets.values():
        ids = [example.source_id for example in items.examples]
        if ids != [str(position) for position in range(len(ids))]:
            return LEGACY
    return HUB


def _fill_absent_tasks(models: list[PublishedModel]) -> None:
    """Give a release its twelve tasks where a model was never run on one of them."""
    for model in models:
        for other in models:
            if other.generation == model.generation:
                for task, items in other.item_sets.items():
                    model.item_sets.setdefault(task, items)


def store_releases(
    models: list[PublishedModel], suite: Suite, *, now: datetime
) -> dict[str, Release]:
    """Store the release of each model, or find it; returns them by model slug."""
    releases: dict[str, Release] = {}
    for model in models:
        sha256 = release_sha256(
            {task: item_set_sha256(task, items.examples) for task, items in model.item_sets.items()}
        )
        known = Release.objects.filter(suite=suite.slug, sha256=sha256).first()
        if known is None:
            known, _ = store_release(_new_release(model, suite), model.item_sets, now=now)
        releases[model.slug] = known
    return releases


def _new_release(model: PublishedModel, suite: Suite) -> NewRelease:
    generation = "Hub generation" if model.generation == HUB else "Legacy generation"
    return NewRelease(
        name=f"{model.generation}-{model.slug}",
        title=f"{generation}, as {model.slug} was run",
        suite=suite.slug,
        board=suite.slug,
        source=Release.Source.PUBLISHED,
        notes=f"Labels derived from the ground truths in the authors' published {model.slug} "
        "predictions; without contexts.",
    )


def submit_published(
    model: PublishedModel, entry: ModelEntry, release: Release, *, now: datetime
) -> tuple[Submission, bool]:
    """Submit a model's published files as the authors'; again changes nothing.

    Returns:
        The submission, and whether it is new.
    """
    options = UploadOptions(
        suite=release.suite,
        release=release,
        provenance=Submission.Provenance.AUTHORS,
        drop_first_number=model.slug == ECHOING_MODEL,
        note="Published by the benchmark's authors in the results folder of their repository.",
    )
    with ExitStack() as stack:
        files = [(path.name, stack.enter_context(path.open("rb"))) for path in model.files.values()]
        try:
            return receive_upload(
                files, model=entry, submitter=None, options=options, now=now
            ), True
        except DuplicateUpload as duplicate:
            return duplicate.earlier, False


def import_published(
    folder: Path,
    suite: Suite,
    *,
    now: Callable[[], datetime],
    on_model: Callable[[str], object] = lambda _slug: None,
) -> list[tuple[Submission, bool]]:
    """Read, store, submit and score the authors' results folder; idempotent.

    Args:
        folder: holds `<model>/preds_<task>.jsonl`.
        suite: the benchmark.
        now: the clock.
        on_model: told of each model when its board row stands, for a progress bar.

    Returns:
        Each model's submission, and whether it is new.
    """
    models = read_published(folder, suite)
    releases = store_releases(models, suite, now=now())
    submitted = []
    for model in models:
        entry = enter_published(model.slug, suite, now=now())
        submission, is_new = submit_published(model, entry, releases[model.slug], now=now())
        for evaluation in submission.evaluations.filter(status=Evaluation.Status.QUEUED):
            queue.evaluate_here(evaluation.pk)
        submitted.append((submission, is_new))
        on_model(model.slug)
    return submitted
