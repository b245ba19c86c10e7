"""What the two commands that import a release share: read, store, say."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from tqdm import tqdm

from scoring import SUITES
from submissions.dataset import UnreadableDataset, read_dataset
from submissions.releases import NewRelease, ReleaseConflict, store_release


def import_folder(command: BaseCommand, options: dict[str, Any]) -> None:
    """Import `options["folder"]` as the release that the other options name.

    Raises:
        CommandError: with every problem, if the folder cannot be read or the name is taken.
    """
    suite = SUITES[options["suite"]]
    folder: Path = options["folder"]
    new = NewRelease(
        name=options["name"],
        title=options["title"] or options["name"],
        suite=suite.slug,
        board=options["board"] or suite.slug,
        revision=options.get("revision", ""),
    )
    try:
        with tqdm(total=len(suite.slugs), desc="tasks", unit="task") as bar:
            tasks = read_dataset(
                folder,
                suite,
                labels_only=options["labels_only"],
                on_task=lambda _task: bar.update(),
            )
        release, is_new = store_release(new, tasks, now=timezone.now())
    except (UnreadableDataset, ReleaseConflict) as error:
        raise CommandError(str(error)) from error
    state = "imported" if is_new else "was here already"
    counts = ", ".join(f"{task} {len(items.examples)}" for task, items in tasks.items())
    command.stdout.write(f"release {release.name} ({release.sha256[:12]}): {state}; {counts}")
