"""The hidden answers of a release, for scoring only."""

from typing import Any

from submissions.models import Example, Release


def answers(release: Release, task: str) -> list[Any]:
    """The canonical answers of a task, by position."""
    return list(
        Example.objects.filter(item_set__release_tasks__release=release, item_set__task=task)
        .order_by("position")
        .values_list("answer", flat=True)
    )
