"""A series of length tracks: curves and maps of what its boards hold, and of nothing else."""

import io
import json

import pytest
from django.core.management import call_command

from accounts.models import User
from submissions.entries import ModelFacts
from submissions.generated import release_folder
from submissions.models import Release, Submission
from submissions.queue import evaluate_here
from submissions.receive import UploadOptions, receive_upload
from submissions.series import needle_tasks, read_curves, read_map, series_releases
from tests import make

pytestmark = pytest.mark.django_db
KIT = make.SUITE.load_generators() if make.SUITE.load_generators else None
TASKS = ("passkey", "math_find")


@pytest.fixture
def releases() -> list[Release]:
    call_command("generate_release", name="long", tokens="256,1k", per_task=10, seed=3, verbosity=0)
    return series_releases("long")


def submit(release: Release, *, chars: int, name: str = "Reader", **options: str) -> Submission:
    """What a reader of that many characters of each context predicts, scored."""
    assert KIT is not None
    files = []
    for task in TASKS:
        path = release_folder(release.name) / f"{task}.jsonl"
        rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
        predicted = [
            {
                "id": row["id"],
                "prediction": KIT.readers[task](row["context"][:chars], row["input"], []),
            }
            for row in rows
        ]
        files.append((f"preds_{task}.jsonl", io.BytesIO(make.jsonl(predicted))))
    person = User.objects.first() or make.user()
    submission = receive_upload(
        files,
        model=ModelFacts(name=name),
        submitter=person,
        options=UploadOptions(suite="infinitebench", **options),  # type: ignore[arg-type]
        now=make.NOW,
    )
    evaluate_here(submission.evaluations.get().pk)
    return submission


def test_a_curve_has_a_point_for_each_length_with_a_row(releases: list[Release]) -> None:
    for release in releases:
        submit(release, chars=1300)
    submit(releases[0], chars=10**6, name="Short only")

    curves = read_curves(releases, scorer="portal-1", task="passkey")

    scores = {one.model.name: [(p.tokens, p.score) for p in one.points] for one in curves}
    # 1,300 characters are all of 256 tokens and a third of 1,024: depths 0, 1/9 and 2/9.
    assert scores == {"Reader": [(256, 1.0), (1024, 0.3)], "Short only": [(256, 1.0)]}


def test_without_all_tasks_there_is_no_average_to_draw(releases: list[Release]) -> None:
    submit(releases[0], chars=1300)

    assert read_curves(releases, scorer="portal-1") == []


def test_a_private_submission_is_on_no_curve_and_no_map(releases: list[Release]) -> None:
    submission = submit(releases[0], chars=1300, visibility="private")

    assert read_curves(releases, scorer="portal-1", task="passkey") == []
    task = needle_tasks(make.SUITE)[0]
    assert read_map(releases, submission.model, task=task, scorer="portal-1") is None


def test_a_map_tells_depths_apart_and_counts_every_example_once(releases: list[Release]) -> None:
    submissions = [submit(release, chars=1300) for release in releases]
    task = make.SUITE.task("passkey")

    found = read_map(releases, submissions[0].model, task=task, scorer="portal-1")

    assert found is not None
    assert found.lengths == (256, 1024)
    long = [row[1] for row in found.rows]
    assert [cell.score for cell in long if cell] == [1.0] * 3 + [0.0] * 7
    assert all(cell.low <= cell.score <= cell.high for cell in long if cell)
    for column in (0, 1):
        cells = [row[column] for row in found.rows]
        assert sum(cell.n for cell in cells if cell is not None) == 10


def test_the_maps_are_of_the_tasks_with_a_needle() -> None:
    assert [task.slug for task in needle_tasks(make.SUITE)] == [
        "passkey",
        "number_string",
        "kv_retrieval",
    ]
