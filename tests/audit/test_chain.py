"""The log only grows, holds under many writers, and anyone can check an export of it."""

import json
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from pytest_django import Settings

from audit import views
from audit.chain import BrokenChain, Head, canonical, follow_lines
from audit.log import append
from audit.models import AuditEntry
from audit.read import export_lines, follow_entries, read_head
from submissions.actions import rename_model, unlist_submission
from submissions.board_audit import Rows, note_changes
from submissions.models import Submission
from submissions.withdraw import withdraw_submission
from tests import make
from workers.tasks import evaluate

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).parents[2]


@pytest.fixture
def _plain_static_files(settings: Settings, tmp_path: Path) -> None:
    static = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = settings.STORAGES | {"staticfiles": static}
    settings.STATIC_ROOT = tmp_path


def write(number: int = 3) -> list[str]:
    for at in range(number):
        with transaction.atomic():
            append("test", subject=f"thing {at}", detail={"text": '∞ \u0001 "\\ 中'})
    return list(export_lines(after=0, limit=100))


def scored() -> Submission:
    make.release()
    submission = make.submission()
    evaluate(evaluation_id=submission.evaluations.get().pk)
    submission.refresh_from_db()
    return submission


def test_an_export_holds() -> None:
    lines = write()

    assert follow_lines(lines) == read_head()
    assert read_head().number == 3
    assert follow_lines(lines[1:], start=follow_lines(lines[:1])) == read_head()


def change_text(lines: list[str]) -> None:
    lines[1] = lines[1].replace("thing 1", "thing 9")


def leave_one_out(lines: list[str]) -> None:
    del lines[1]


def swap_two(lines: list[str]) -> None:
    lines[0], lines[1] = lines[1], lines[0]


def repeat_one(lines: list[str]) -> None:
    lines.insert(1, lines[0])


def add_a_field(lines: list[str]) -> None:
    lines[0] = json.dumps({**json.loads(lines[0]), "more": 1})


def write_no_json(lines: list[str]) -> None:
    lines[2] = "no"


def write_a_fraction(lines: list[str]) -> None:
    lines[0] = lines[0].replace('"number":1', '"number":1.0')


@pytest.mark.parametrize(
    "damage",
    [
        change_text,
        leave_one_out,
        swap_two,
        repeat_one,
        add_a_field,
        write_no_json,
        write_a_fraction,
    ],
)
def test_a_changed_export_does_not_hold(damage: Callable[[list[str]], None]) -> None:
    lines = write()
    damage(lines)

    with pytest.raises(BrokenChain):
        follow_lines(lines)


def test_the_command_needs_no_django(tmp_path: Path) -> None:
    file = tmp_path / "audit.jsonl"
    file.write_text("".join(write()), encoding="utf-8")
    head = str(read_head())

    def check(*more: str) -> "subprocess.CompletedProcess[str]":
        # -S: without site-packages there is no Django to be found.
        command = [sys.executable, "-S", "-m", "audit", str(file), *more]
        return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

    right, wrong = check("--head", head), check("--head", f"4:{'0' * 64}")

    assert (right.returncode, right.stdout) == (0, f"3 entries hold; head {head}\n")
    assert wrong.returncode == 1


def test_the_guides_own_script_checks_an_export(tmp_path: Path) -> None:
    guide = (ROOT / "docs/audit.md").read_text(encoding="utf-8")
    script = guide.split("```python\n")[1].split("```")[0]
    file = tmp_path / "audit.jsonl"
    lines = write()

    def run() -> "subprocess.CompletedProcess[str]":
        file.write_text("".join(lines), encoding="utf-8")
        command = [sys.executable, "-c", script, str(file)]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    right = run()
    change_text(lines)

    assert right.stdout == f"{read_head().number} {read_head().hash}\n"
    assert run().returncode != 0


@pytest.mark.parametrize(
    "sql", ["UPDATE audit_auditentry SET kind = 'x'", "DELETE FROM audit_auditentry"]
)
def test_the_database_refuses_to_change_the_log(sql: str) -> None:
    write()

    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)

    assert AuditEntry.objects.count() == 3


def test_an_entry_holds_no_fraction() -> None:
    with pytest.raises(ValueError, match="fractions"), transaction.atomic():
        append("test", subject="", detail={"score": [0.5]})
    assert (
        canonical({"b": "ü\u007f\n", "a": [1, None, True]})
        == '{"a":[1,null,true],"b":"ü\u007f\\n"}'
    )


@pytest.mark.django_db(transaction=True)
def test_an_entry_belongs_to_a_transaction() -> None:
    with pytest.raises(transaction.TransactionManagementError):
        append("test", subject="", detail={})


@pytest.mark.django_db(transaction=True)
def test_what_is_rolled_back_leaves_no_entry() -> None:
    with transaction.atomic():
        append("test", subject="", detail={})
        transaction.set_rollback(True)

    assert read_head() == Head()


@pytest.mark.django_db(transaction=True)
def test_many_writers_make_one_chain() -> None:
    def write_some() -> None:
        try:
            write(10)
        finally:
            connection.close()

    threads = [threading.Thread(target=write_some) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(list(follow_entries())) == read_head().number == 60


def test_every_change_of_a_row_has_its_reason() -> None:
    submission = scored()
    rename_model(submission, "New Name", now=make.NOW)
    unlist_submission(submission, now=make.NOW)

    entries = [entry for entry in follow_entries() if entry["kind"] == "board"]

    assert [entry["detail"]["because"] for entry in entries] == ["scored", "facts", "unlisted"]
    assert all(len(entry["detail"]["rows"]) == 3 for entry in entries)
    (first, renamed, gone) = (entry["detail"]["rows"][0] for entry in entries)
    assert first["row"]["average"] == "1.0"
    assert renamed["row"]["name"] == "New Name"
    assert gone["row"] is None


def test_an_entry_of_several_models_names_each() -> None:
    row = {"model": "a", "average": "1.0"}
    rows: Rows = {("board", "scorer", name): {**row, "model": name} for name in ("b", "a")}
    with transaction.atomic():
        note_changes({}, rows, because="test")

    [entry] = follow_entries()

    assert entry["subject"] == "model a, model b"


def test_what_was_never_public_is_not_in_the_log() -> None:
    make.release()
    submission = make.submission(visibility=Submission.Visibility.PRIVATE)
    evaluate(evaluation_id=submission.evaluations.get().pk)
    withdraw_submission(submission, now=make.NOW, reason="mine")

    assert not [entry for entry in follow_entries() if entry["kind"] == "board"]


@pytest.mark.usefixtures("_plain_static_files")
def test_everybody_can_read_it(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "EXPORTED", 2)
    scored()
    write(3)
    head = client.get("/audit/head.json").json()

    first = client.get("/audit.jsonl")
    lines = first.getvalue().decode().splitlines()
    while link := first.headers.get("Link"):
        first = client.get(link.split(">")[0][1:])
        lines += first.getvalue().decode().splitlines()

    assert follow_lines(lines) == Head(head["number"], head["hash"])
    assert head["hash"] in client.get("/audit/").content.decode()
    assert client.get("/audit.jsonl?after=x").status_code == 400
