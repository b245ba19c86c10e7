"""Reads the data set's own rows, context and question, from where a release's files lie."""

from collections.abc import Iterator, Sequence
from typing import Any

import orjson

from submissions.files import DamagedFile
from submissions.models import Example, ItemSet, Release, ReleaseTask
from submissions.sources import source_file


class NoContexts(Exception):
    """A release holds labels only, or its files are not where they were."""


def askable_tasks(release: Release) -> list[str]:
    """The tasks of a release whose contexts lie on disk."""
    rows = ReleaseTask.objects.filter(release=release).exclude(item_set__source_path="")
    return list(rows.values_list("task", flat=True))


def read_rows(
    release: Release, task: str, positions: Sequence[int] | None = None
) -> Iterator[tuple[Example, dict[str, Any]]]:
    """A task's examples with their rows, by position; all of them, or those of `positions`.

    Raises:
        NoContexts: if the rows cannot be read, or are not those that were stored.
    """
    item_set = ItemSet.objects.get(release_tasks__release=release, task=task)
    examples = Example.objects.filter(item_set=item_set).order_by("position")
    if positions is not None:
        examples = examples.filter(position__in=positions)
    try:
        with source_file(item_set).open("rb") as stream:
            for example in examples.defer("answer").iterator(chunk_size=200):
                if example.row_offset is None or example.row_bytes is None:
                    raise NoContexts(f"{release}: {task} has answers and no contexts")
                stream.seek(example.row_offset)
                row = orjson.loads(stream.read(example.row_bytes))
                if str(row.get("legacy_id", row["id"])) != example.source_id:
                    raise NoContexts(f"{item_set.source_path} has changed since it was imported")
                yield example, row
    except (DamagedFile, OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise NoContexts(f"{release}: {task}'s rows cannot be read: {error}") from error
