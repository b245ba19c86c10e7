"""Generated releases: public ones from a seed, private ones with a secret, and their end."""

import io
import json
import stat
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import orjson
import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from accounts.models import User
from submissions.dataset import read_dataset
from submissions.entries import ModelFacts
from submissions.generated import release_folder
from submissions.models import BoardEvent, Evaluation, Example, Release, Round, Standing, Submission
from submissions.queue import evaluate_here
from submissions.receive import UploadOptions, check_upload, receive_upload
from submissions.record import claim_evaluation, sweep
from submissions.releases import example_keys, item_set_sha256
from submissions.rounds import OutsideRound
from submissions.samples import SAMPLES, samples_folder
from tests import make
from tests.make import NOW

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def generate(name: str = "fresh", **options: Any) -> Release:
    """A small generated release; private unless a seed is given."""
    options = {"tokens": "256", "per_task": 4, "verbosity": 0} | options
    if "seed" not in options:
        options["private"] = True
    call_command("generate_release", name=name, **options)
    return Release.objects.filter(series=name).order_by("length_tokens")[0]


def rows(release: Release, task: str = "passkey") -> list[dict[str, Any]]:
    path = release_folder(release.name) / f"{task}.jsonl"
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def upload(release: Release, **keys: Any) -> list[tuple[str, io.BytesIO]]:
    """Right predictions on one task, with further keys in every row."""
    predictions = [
        {"id": row["id"], "prediction": row["answer"][0], **keys} for row in rows(release)
    ]
    return [("preds_passkey.jsonl", io.BytesIO(make.jsonl(predictions)))]


def round_(*, opens: timedelta = -HOUR, closes: timedelta = HOUR, is_blind: bool = True) -> Round:
    return Round.objects.create(
        slug="spring",
        title="Spring",
        opens_at=NOW + opens,
        closes_at=NOW + closes,
        is_blind=is_blind,
    )


def submit(release: Release, now: Any = NOW) -> Submission:
    return receive_upload(
        upload(release),
        model=ModelFacts(name="Fresh model"),
        submitter=make.user(),
        options=UploadOptions(suite="infinitebench"),
        now=now,
    )


def test_a_series_has_a_release_and_a_board_for_each_length() -> None:
    generate("lengths", tokens="256,512", seed=1)

    made = Release.objects.filter(series="lengths").order_by("length_tokens")
    assert [(one.name, one.board, one.length_tokens) for one in made] == [
        ("lengths-256", "lengths-256", 256),
        ("lengths-512", "lengths-512", 512),
    ]
    assert {one.source for one in made} == {Release.Source.SYNTHETIC}


def test_examples_know_their_depth_and_length() -> None:
    release = generate(seed=1, per_task=5)

    examples = Example.objects.filter(item_set__release_tasks__release=release)
    assert examples.count() == 12 * 5
    passkeys = examples.filter(item_set__task="passkey").order_by("position")
    depths = passkeys.values_list("depth", flat=True)
    assert list(depths) == pytest.approx([0, 0.25, 0.5, 0.75, 1], abs=0.06)
    assert set(examples.values_list("length_tokens", flat=True)) == {256}


def test_generating_again_changes_nothing() -> None:
    first = generate(seed=1)
    before = {path.name: path.read_bytes() for path in release_folder("fresh").glob("*.jsonl")}

    again = generate(seed=1)

    assert again.pk == first.pk
    assert before == {
        path.name: path.read_bytes() for path in release_folder("fresh").glob("*.jsonl")
    }


def test_a_name_is_never_given_to_other_data_nor_its_files_overwritten() -> None:
    release = generate(seed=1)
    before = rows(release)

    with pytest.raises(CommandError, match="holds other data"):
        generate(seed=2)

    assert rows(release) == before


def test_both_samples_are_scored_and_the_reader_is_better() -> None:
    release = generate(seed=1, samples=True)
    averages = {}
    for sample in SAMPLES:
        packed = (samples_folder(release_folder(release.name)) / sample.file).read_bytes()
        submission = receive_upload(
            [(sample.file, io.BytesIO(packed))],
            model=ModelFacts(name=sample.slug),
            submitter=User.objects.first() or make.user(),
            options=UploadOptions(suite="infinitebench"),
            now=NOW,
        )
        evaluate_here(submission.evaluations.get().pk)
        averages[sample.slug] = submission.standings.get(scorer="portal-1").average

    assert 0.0 < (averages["constant"] or 0.0) < 0.2
    assert (averages["reader"] or 0.0) > 0.6


def test_the_seed_of_a_private_series_lies_outside_the_database(capsys: Any) -> None:
    release = generate(verbosity=1)

    path: Path = settings.STATE_DIR / "seeds" / "fresh"
    seed = path.read_text()
    assert len(seed) == 64
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert (release.seed, release.are_answers_public) == ("", False)
    printed = capsys.readouterr()
    assert seed not in printed.out + printed.err
    assert seed not in json.dumps(list(Release.objects.values()), default=str)


def test_two_private_series_are_different_data() -> None:
    first, second = generate("first"), generate("second")

    assert [row["answer"] for row in rows(first)] != [row["answer"] for row in rows(second)]


def test_an_upload_learns_nothing_of_private_answers() -> None:
    release = generate()

    for label in ("00000", rows(release)[0]["answer"][0]):
        report = check_upload(
            upload(release, ground_truth=label), UploadOptions(suite="infinitebench"), now=NOW
        )

        assert report.release == release
        assert {problem.code for problem in report.warnings} == {"missing-tasks"}


def test_answers_cannot_be_tried_until_a_hash_that_everybody_sees_is_right() -> None:
    """With the contexts, which participants have, and the right answers, the hashes differ."""
    release = generate()
    items = read_dataset(release_folder("fresh"), make.SUITE, labels_only=False)
    seed = (settings.STATE_DIR / "seeds" / "fresh").read_text()

    for row in release.tasks.select_related("item_set"):
        examples = items[row.task].examples
        shown = row.item_set.sha256
        assert item_set_sha256(row.task, examples) != shown
        assert item_set_sha256(row.task, examples, salt=seed) == shown
        keys = example_keys(row.task, [example.answer for example in examples])
        assert sha256(orjson.dumps([row.task, keys])).hexdigest() != row.item_set.items_sha256


def test_retiring_publishes_the_seed_with_which_the_data_can_be_made_again(tmp_path: Path) -> None:
    release = generate()
    original = (release_folder("fresh") / "kv_retrieval.jsonl").read_bytes()

    call_command("retire_release", "fresh", verbosity=0)

    release.refresh_from_db()
    assert release.are_answers_public
    assert release.retired_at is not None
    from scoring.examples_file import Edition, write_task  # noqa: PLC0415

    edition = Edition(release.seed, 256, 4, "fresh")
    assert write_task(tmp_path, make.SUITE, "kv_retrieval", edition).path.read_bytes() == original


def test_nothing_is_retired_while_its_round_runs() -> None:
    round_(opens=timedelta(), closes=timedelta(days=36500))
    generate(round="spring")

    with pytest.raises(CommandError, match="has not closed yet"):
        call_command("retire_release", "fresh", verbosity=0)

    assert Release.objects.get(name="fresh").seed == ""


@pytest.mark.parametrize(
    ("opens", "closes", "code"),
    [
        (HOUR, 2 * HOUR, "round-not-open"),
        (-2 * HOUR, -HOUR, "round-closed"),
        (-HOUR, timedelta(), "round-closed"),
    ],
)
def test_outside_the_round_nothing_comes_in(opens: timedelta, closes: timedelta, code: str) -> None:
    round_(opens=opens, closes=closes)
    release = generate(round="spring")

    with pytest.raises(OutsideRound) as refused:
        submit(release)
    with pytest.raises(OutsideRound):
        check_upload(upload(release), UploadOptions(suite="infinitebench"), now=NOW)

    assert [problem.code for problem in refused.value.problems] == [code]
    assert not Submission.objects.exists()


def test_a_blind_round_is_scored_when_it_has_closed_and_not_before() -> None:
    round_()
    submission = submit(generate(round="spring"))
    evaluation = submission.evaluations.get()

    just_before = NOW + HOUR - timedelta(seconds=1)
    assert claim_evaluation(evaluation.pk, worker="early", now=just_before) is None
    assert sweep(now=NOW + HOUR / 2) == 0
    assert not Standing.objects.exists()
    assert [event.kind for event in BoardEvent.objects.all()] == ["submitted"]

    evaluation.refresh_from_db()
    assert evaluation.status == Evaluation.Status.QUEUED
    assert claim_evaluation(evaluation.pk, worker="due", now=NOW + HOUR) is not None


def test_a_round_with_open_results_is_scored_at_once() -> None:
    round_(is_blind=False)
    submission = submit(generate(round="spring"))

    assert claim_evaluation(submission.evaluations.get().pk, worker="now", now=NOW) is not None


def test_what_waits_for_a_blind_round_s_end_takes_no_place_of_what_is_scored(
    settings: Any,
) -> None:
    settings.SUBMISSIONS_AT_ONCE = 1
    round_()
    generate("blind", round="spring")
    make.release("open")
    submission = submit(Release.objects.get(name="blind"))

    make.submission(submitter=submission.submitter, model="Another", tasks=["passkey"])

    assert Submission.objects.count() == 2
