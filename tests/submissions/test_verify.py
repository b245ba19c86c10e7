"""What is broken is found and named, whoever broke it; what holds is said to hold."""

from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.models import F
from pytest_django import Settings

from audit import guard
from audit.chain import entry_hash
from audit.models import AuditEntry
from submissions.artefacts import pack_scores, unpack_scores
from submissions.draft_files import drop_files, keep_files
from submissions.files import _name as stored_name
from submissions.files import _storage, store_stream
from submissions.models import (
    BoardLine,
    Draft,
    DraftFile,
    Example,
    ModelEntry,
    Release,
    Standing,
    Submission,
    SubmissionFile,
    TaskArtefact,
    TaskPredictions,
    TaskResult,
)
from submissions.verify import find_breaks
from tests import make
from workers.tasks import evaluate

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _files_of_its_own(settings: Settings, tmp_path: Path) -> None:
    content = settings.STORAGES["content"] | {"OPTIONS": {"location": str(tmp_path)}}
    settings.STORAGES = settings.STORAGES | {"content": content}


@pytest.fixture
def scored() -> Submission:
    """One submission of two on the board, scored."""
    make.release()
    for number in range(2):
        submission = make.submission(model=f"Model {number}", right=number + 1)
        evaluate(evaluation_id=submission.evaluations.get().pk)
    submission.refresh_from_db()
    return submission


def path_of(sha256: str) -> Path:
    return Path(_storage().path(stored_name(sha256)))


def lose_a_file(_: Submission) -> None:
    path_of(SubmissionFile.objects.all()[0].sha256).unlink()


def change_a_file(_: Submission) -> None:
    path_of(SubmissionFile.objects.all()[0].sha256).write_bytes(b"{}")


def change_predictions(_: Submission) -> None:
    path_of(TaskPredictions.objects.all()[0].sha256).write_bytes(b"")


def miscount_predictions(submission: Submission) -> None:
    submission.tasks.filter(task="passkey").update(answered=2)


def change_an_answer(_: Submission) -> None:
    Example.objects.filter(item_set__task="passkey", position=0).update(answer="1")


def rename_a_release(_: Submission) -> None:
    Release.objects.update(sha256="0" * 64)


def change_a_score(submission: Submission) -> None:
    artefact = TaskArtefact.objects.filter(result__evaluation__submission=submission)[0]
    scores, outcomes = unpack_scores(bytes(artefact.data))
    artefact.data = pack_scores([1.0 - score for score in scores], outcomes)
    artefact.save()


def change_an_outcome(_: Submission) -> None:
    TaskResult.objects.filter(task="passkey").update(outcomes={"right": 3})


def lose_scores(submission: Submission) -> None:
    TaskArtefact.objects.filter(result__evaluation__submission=submission)[0].delete()


def show_anothers_evaluation(submission: Submission) -> None:
    other = Submission.objects.exclude(pk=submission.pk).get()
    evaluation = other.current_evaluation
    Submission.objects.filter(pk=other.pk).update(current_evaluation=None)
    Submission.objects.filter(pk=submission.pk).update(current_evaluation=evaluation)


def raise_a_mean(submission: Submission) -> None:
    standing = Standing.objects.filter(submission=submission)[0]
    standing.means = {**standing.means, "passkey": 1.0, "kv_retrieval": 0.0}
    standing.save()


def raise_a_line(_: Submission) -> None:
    BoardLine.objects.filter(pk=BoardLine.objects.all()[0].pk).update(score_3=0.125)


def raise_a_name(submission: Submission) -> None:
    ModelEntry.objects.filter(pk=submission.model_id).update(name="Best Model")


def unguard_the_log(_: Submission) -> None:
    guard.remove(connection)


def rewrite_the_log(_: Submission) -> None:
    """As somebody would who owns the database: the entry has its own hash again."""
    entry = AuditEntry.objects.filter(kind="board")[0]
    body = entry.body.replace('"weights":"closed"', '"weights":"open"')
    with guard.lifted(connection):
        AuditEntry.objects.filter(pk=entry.pk).update(body=body, hash=entry_hash(body))


def cut_the_log(_: Submission) -> None:
    with guard.lifted(connection):
        AuditEntry.objects.order_by("-pk")[0].delete()


def swap_a_rank(submission: Submission) -> None:
    Standing.objects.filter(submission=submission).update(rank=F("rank") + 1)


@pytest.fixture
def draft(release: Release) -> Draft:
    """A draft with its twelve files."""
    owner = make.user("drafts@example.org")
    draft = Draft.objects.create(
        owner=owner,
        kind="predictions",
        suite="infinitebench",
        created_at=make.NOW,
        updated_at=make.NOW,
    )
    DraftFile.objects.bulk_create(keep_files(draft, make.files()))
    return draft


@pytest.fixture
def release() -> Release:
    return make.release()


def test_the_files_of_a_draft_hold(draft: Draft, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("verify")

    assert "no row names" not in capsys.readouterr().out


def test_a_draft_that_was_sent_needs_its_files_no_more(draft: Draft) -> None:
    draft.submission = make.submission()
    draft.save()
    drop_files(draft, list(draft.files.values_list("sha256", flat=True)))

    assert not list(find_breaks())


@pytest.mark.parametrize("damage", ["missing", "changed"])
def test_a_break_in_a_drafts_files_is_found(draft: Draft, damage: str) -> None:
    path = Path(_storage().path(f"drafts/{draft.public_id}/{draft.files.all()[3].sha256}"))
    path.unlink()
    if damage == "changed":
        path.write_bytes(b"{}")

    (found,) = find_breaks()

    assert found.code == f"file-{damage}"
    assert draft.public_id in found.where


def test_what_nobody_touched_holds(scored: Submission, capsys: pytest.CaptureFixture[str]) -> None:
    store_stream(BytesIO(b"what a refused upload left"))

    call_command("verify")

    printed = capsys.readouterr().out
    assert "everything holds" in printed
    assert "1 stored files that no row names" in printed


def test_an_empty_portal_holds() -> None:
    call_command("verify", verbosity=0)


@pytest.mark.parametrize(
    ("damage", "codes"),
    [
        (lose_a_file, {"file-missing"}),
        (change_a_file, {"file-changed"}),
        (change_predictions, {"predictions-damaged"}),
        (miscount_predictions, {"predictions-count"}),
        (change_an_answer, {"item-set"}),
        (rename_a_release, {"release"}),
        (change_a_score, {"scores"}),
        (change_an_outcome, {"scores"}),
        (lose_scores, {"scores-missing"}),
        (show_anothers_evaluation, {"evaluation", "standing"}),
        (raise_a_mean, {"standing", "line"}),
        (raise_a_line, {"line", "audit-board"}),
        (raise_a_name, {"audit-board"}),
        (unguard_the_log, {"audit-guard"}),
        (rewrite_the_log, {"audit-chain"}),
        (cut_the_log, {"audit-chain"}),
        (swap_a_rank, {"rank"}),
    ],
)
def test_every_break_is_found(
    scored: Submission, damage: Callable[[Submission], None], codes: set[str]
) -> None:
    damage(scored)

    found = list(find_breaks())

    assert {each.code for each in found} == codes
    assert all(each.where and each.what for each in found)
    with pytest.raises(CommandError, match=f"{len(found)} breaks"):
        call_command("verify", verbosity=0)
